"""The guide as Markdown: one template, filled with the texts of a language."""

import re
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from etl.contract.guide import Guide, has_known_codes
from etl.contract.wording import Wording, wording
from etl.quoting import identifier, literal, printable

# Characters with a meaning in Markdown or HTML.
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~$:\"'=^])")


def guide_markdown(guide: Guide, language: str) -> str:
    t = wording(language)
    template = _environment().get_template("guide.md.j2")
    text = template.render(
        g=guide,
        t=t,
        s=identifier(guide.terms.in_schema),
        o=identifier(guide.terms.views_schema),
        label=partial(_label, t),
        faults=[(fault, *_reported(fault, language)) for fault in guide.faults],
        knows_codes=partial(has_known_codes, guide.company),
    )
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def escaped(text: str) -> str:
    """A text of the metadata as Markdown that shows just this text, on one line."""
    return _MARKS.sub(r"\\\1", printable(" ".join(text.split())))


def code_span(text: object) -> str:
    """A code span of any text; in a table a bar must be escaped even there."""
    shown = printable(str(text))
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}".replace("|", "\\|")


def _label(t: Wording, thing: object) -> str:
    label = getattr(thing, "label", None) or getattr(thing, "name", None)
    return escaped(t.label(label)) if label is not None and not isinstance(label, str) else ""


def _reported(fault: object, language: str) -> tuple[str, str]:
    suffix = "" if language == "en" else "_russian"
    return escaped(getattr(fault, f"cause{suffix}")), escaped(getattr(fault, f"cure{suffix}"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown; `md` and `code` escape, and the page takes no HTML of it
    )
    environment.filters.update(md=escaped, code=code_span, ident=identifier, literal=literal)
    return environment
