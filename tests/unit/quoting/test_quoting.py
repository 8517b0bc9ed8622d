import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import quoting
from etl.errors import ConfigurationError
from etl.quoting.keywords import QUOTED_KEYWORDS

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("Client", "Client"),
        ("User", '"user"'),
        ("order", '"order"'),
        ("LEFT", '"left"'),
        ("Index", "Index"),
        ("Values", "Values"),
        ("_id", "_id"),
    ],
)
def test_identifier(name: str, sql: str) -> None:
    assert quoting.identifier(name) == sql


def test_a_name_of_63_characters_is_the_longest() -> None:
    assert quoting.identifier("a" * 63) == "a" * 63
    with pytest.raises(ConfigurationError, match="longer than the 63 bytes"):
        quoting.identifier("a" * 64)


@given(st.text())
def test_no_text_becomes_anything_but_a_plain_or_quoted_name(text: str) -> None:
    try:
        sql = quoting.identifier(text)
    except ConfigurationError:
        assert not PLAIN.fullmatch(text)
        return
    assert PLAIN.fullmatch(text)
    assert sql == text or (sql == f'"{text.lower()}"' and text.lower() in QUOTED_KEYWORDS)


@given(st.from_regex(PLAIN, fullmatch=True))
def test_every_plain_name_is_accepted(text: str) -> None:
    assert quoting.identifier(text).strip('"').lower() == text.lower()


@pytest.mark.parametrize(
    ("text", "sql"),
    [("O'Neil", "'O''Neil'"), ("", "''"), ("a\\'b", "E'a\\\\''b'"), ("новый", "'новый'"), ("%s {{x}}", "'%s {{x}}'")],
)
def test_literal(text: str, sql: str) -> None:
    assert quoting.literal(text) == sql


def test_a_literal_cannot_hold_a_zero_byte() -> None:
    with pytest.raises(ConfigurationError, match="zero byte"):
        quoting.literal("a\0b")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_literal_ends_where_it_should(text: str) -> None:
    sql = quoting.literal(text)
    body = sql.removeprefix("E")[1:-1].replace("''", "")
    assert "'" not in body
    if sql.startswith("E"):
        assert body.replace("\\\\", "").count("\\") == 0
    else:
        assert "\\" not in body


def test_values_are_shown_harmlessly() -> None:
    assert quoting.shown("a\x1b[2Jb\n\u202e") == r"`a\x1b[2Jb\n\u202e`"
    assert len(quoting.shown("x" * 1000)) < 90
    assert quoting.shown("\ud800") == r"`\ud800`"
