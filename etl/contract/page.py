"""The guide as one HTML page: its Markdown, with a contents list, a picture of the flow and a style."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from etl.contract.guide import Guide
from etl.contract.markdown import guide_markdown
from etl.contract.wording import Wording, wording

_FLOW: Final = "flow"
_TINT, _BRAND = "#ffffff", "#17598c"


@dataclass(frozen=True)
class Heading:
    level: int
    anchor: str
    text: str


def guide_page(guide: Guide, language: str) -> str:
    """The page in one language. Nothing of the metadata becomes HTML: Markdown is read without it."""
    t = wording(language)
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(guide_markdown(guide, language))
    headings = _anchored(tokens)
    for token in tokens:
        if token.type == "fence" and token.info == _FLOW:
            token.type, token.content = "html_block", _flow(t, guide)
        elif token.type == "table_open":
            token.type, token.content, token.tag = "html_block", '<div class="wide"><table>\n', ""
        elif token.type == "table_close":
            token.type, token.content, token.tag = "html_block", "</table></div>\n", ""
    body = reader.renderer.render(tokens, reader.options, {})
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            t=t,
            language=language,
            title=headings[0].text,
            headings=headings[1:],
            style=Markup(_environment().get_template("page.css").render()),  # noqa: S704 - a file of ours
            body=Markup(body),  # noqa: S704 - of Markdown without HTML
        )
    )


def _anchored(tokens: list[Token]) -> list[Heading]:
    headings: list[Heading] = []
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inside.children or () if child.type in ("text", "code_inline"))
            anchor = f"s{len(headings)}-{re.sub(r'[^a-z0-9_]+', '-', text.lower()).strip('-')}".strip("-")
            opening.attrSet("id", anchor)
            headings.append(Heading(int(opening.tag[1]), anchor, text.partition(" — ")[0]))
    return headings


def _flow(t: Wording, guide: Guide) -> str:
    boxes = [
        (10, 50, 138, t("flow_you"), _TINT),
        (252, 50, 200, "in_*", _TINT),
        (252, 120, 200, "process_tracking", _TINT),
        (252, 185, 200, "err · receipts · why_not", _TINT),
        (570, 50, 94, "etl", _BRAND),
        (710, 50, 144, t("flow_store"), _TINT),
        (900, 50, 90, "out_*", _TINT),
    ]
    return _environment().get_template("flow.svg.j2").render(t=t, boxes=boxes, schema=guide.terms.in_schema)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
