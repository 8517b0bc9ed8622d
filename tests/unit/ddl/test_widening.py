"""A column may be widened only where no value can be lost."""

import pytest

from etl.ddl.widening import is_wider


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        ("character varying(32)", "character varying(100)"),
        ("character varying(32)", "text"),
        ("character varying", "text"),
        ("smallint", "integer"),
        ("integer", "bigint"),
        ("bigint", "numeric(24,4)"),
        ("numeric(10,2)", "numeric(24,4)"),
        ("numeric(20,0)", "numeric(24,4)"),
    ],
)
def test_wider(live: str, wanted: str) -> None:
    assert is_wider(wanted, live)
    assert not is_wider(live, wanted)


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        ("text", "text"),
        ("numeric(24,4)", "numeric(24,4)"),
        ("text", "character varying(32)"),
        ("numeric", "numeric(24,4)"),
        ("numeric(24,6)", "numeric(24,4)"),
        ("numeric(22,1)", "numeric(24,4)"),
        ("date", "timestamp with time zone"),
        ("timestamp without time zone", "timestamp with time zone"),
        ("boolean", "text"),
        ("bytea", "text"),
        ("character(10)", "text"),
    ],
)
def test_not_wider(live: str, wanted: str) -> None:
    assert not is_wider(wanted, live)
