"""Names and texts -> SQL text: the one place that quotes.

Receives a name made from codes, or a text. Returns SQL that can only be that name or that text, or refuses. Never
knows what the name is of.
"""

import re
from typing import Final

from etl.errors import ConfigurationError
from etl.quoting.keywords import QUOTED_KEYWORDS

MAX_NAME_BYTES: Final = 63
"""PostgreSQL cuts longer names silently (NAMEDATALEN - 1)."""

# Patterns of PostgreSQL: what a spreadsheet passes over, then a sign that begins a formula, of East Asian width too.
_FORMULA = "^[\x01-\x20\x7f\u00a0\u200b\u3000\ufeff]*[=+@\uff0b\uff0d\uff1d\uff20-]"
_SIGNED_NUMBER = "^[+-]?[0-9]+([.,][0-9]+)?$"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def fold(name: str) -> str:
    """The name as PostgreSQL's catalog holds it: names are ASCII and unquoted, so lower case."""
    return name.lower()


def identifier(name: str) -> str:
    """SQL text of a name: as it is, or in quotes when it is a keyword that cannot stand without them.

    Raises ConfigurationError for anything but `[A-Za-z_][A-Za-z0-9_]*` of at most 63 characters: nothing that needs
    escaping ever gets as far as SQL.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{shown(name)} cannot be a name in SQL: use Latin letters, digits and _, and begin with a letter"
        )
    if len(name) > MAX_NAME_BYTES:
        raise ConfigurationError(f"{shown(name)} is longer than the {MAX_NAME_BYTES} bytes that PostgreSQL keeps")
    return f'"{fold(name)}"' if fold(name) in QUOTED_KEYWORDS else name


def short_name(name: str, number: int) -> str:
    """The name, or its beginning and a number that makes it unique: short enough behind a prefix of 13 bytes."""
    longest = MAX_NAME_BYTES - 13
    return name if len(name) <= longest else f"{name[: longest - 5]}_{number}"


def spreadsheet_text(expression: str) -> str:
    """SQL of a text that no spreadsheet calculates: an apostrophe before what it would take for a formula.

    Numbers stay as they are; blanks and control characters before the formula do not hide it. `expression`: SQL text.
    """
    is_formula = f"{expression} ~ {literal(_FORMULA)} and {expression} !~ {literal(_SIGNED_NUMBER)}"
    return f"case when {is_formula} then '''' || {expression} else {expression} end"


def spreadsheet_cell(text: str) -> str:
    """The same text as a spreadsheet may read it: see `spreadsheet_text`."""
    is_formula = re.match(_FORMULA, text) and not re.match(_SIGNED_NUMBER, text)
    return f"'{text}" if is_formula else text


def literal(text: str) -> str:
    """SQL string literal of a text, right under either setting of standard_conforming_strings."""
    if "\0" in text:
        raise ConfigurationError(f"{shown(text)} holds a zero byte, which PostgreSQL cannot keep in a text")
    quoted = text.replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in quoted else f"'{quoted}'"


def printable(text: str) -> str:
    """A text with its control characters escaped, so that it moves no terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def shown(value: object) -> str:
    """A value as messages show it: control characters escaped, cut at 80 characters."""
    text = value if isinstance(value, str) else str(value)
    return f"`{printable(text if len(text) <= 80 else text[:80] + '…')}`"
