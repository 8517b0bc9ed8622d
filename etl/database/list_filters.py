"""Lists inside SQL templates: what a loop with commas, `or` and `and` would write."""

from collections.abc import Iterable

from etl.quoting import identifier

# Wherever a list stands, a line of it leaves room for what is before it.
_LINE = 80
_BREAK = "\n" + 8 * " "


def idents(columns: Iterable[str], alias: str = "") -> list[str]:
    """The names as SQL text, each behind the alias of a table if one is given."""
    return [f"{alias}.{identifier(column)}" if alias else identifier(column) for column in columns]


def each(items: Iterable[object], pattern: str) -> list[str]:
    """SQL text for each item, by a pattern of `str.format`: `{0}` is the item, `{0.column}` one of its attributes."""
    return [pattern.format(item) for item in items]


def comma_list(texts: Iterable[str]) -> str:
    """`a, b`, in lines that can be read where it is long."""
    return _filled(texts, ", ")


def sum_of(terms: Iterable[str]) -> str:
    """`a + b`, in such lines; `0` when there is none."""
    return _filled(terms, " + ") or "0"


def any_of(conditions: Iterable[str]) -> str:
    """`(a or b)`, in such lines; `false` when there is none."""
    found = _filled(conditions, " or ")
    return f"({found})" if found else "false"


def all_of(conditions: Iterable[str]) -> str:
    """`(a and b)`, in such lines; `true` when there is none."""
    found = _filled(conditions, " and ")
    return f"({found})" if found else "true"


def _filled(texts: Iterable[str], separator: str) -> str:
    lines: list[str] = []
    for text in texts:
        if not lines:
            lines.append(text)
        elif len(lines[-1]) + len(separator) + len(text) <= _LINE:
            lines[-1] += separator + text
        elif separator == ", ":
            lines[-1] += ","
            lines.append(text)
        else:
            lines.append(separator.lstrip() + text)
    return _BREAK.join(lines)


FILTERS = {
    "idents": idents,
    "each": each,
    "comma_list": comma_list,
    "sum_of": sum_of,
    "any_of": any_of,
    "all_of": all_of,
}
