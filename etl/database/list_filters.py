"""Lists inside SQL templates: what a loop with commas, `or` and `and` would write."""

from collections.abc import Iterable

from etl.quoting import identifier


def idents(columns: Iterable[str], alias: str = "") -> list[str]:
    """The names as SQL text, each behind the alias of a table if one is given."""
    return [f"{alias}.{identifier(column)}" if alias else identifier(column) for column in columns]


def each(items: Iterable[object], pattern: str) -> list[str]:
    """SQL text for each item, by a pattern of `str.format`: `{0}` is the item, `{0.column}` one of its attributes."""
    return [pattern.format(item) for item in items]


def comma_list(texts: Iterable[str]) -> str:
    """`a, b`."""
    return ", ".join(texts)


def any_of(conditions: Iterable[str]) -> str:
    """`(a or b)`; `false` when there is none."""
    found = " or ".join(conditions)
    return f"({found})" if found else "false"


def all_of(conditions: Iterable[str]) -> str:
    """`(a and b)`; `true` when there is none."""
    found = " and ".join(conditions)
    return f"({found})" if found else "true"


FILTERS = {"idents": idents, "each": each, "comma_list": comma_list, "any_of": any_of, "all_of": all_of}
