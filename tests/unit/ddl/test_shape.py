import pytest

from etl.ddl.render import _LEFT_OVER
from etl.ddl.shape import Column, columns
from etl.errors import ConfigurationError


def test_columns_are_read_back_from_the_text() -> None:
    sql = (
        'create table s.t (\n    _id varchar(16) collate "C" primary key,\n    "user" bool,\n    primary key (_id)\n);'
    )
    assert columns(sql) == (
        Column("_id", "character varying(16)", '_id varchar(16) collate "C" primary key'),
        Column("user", "boolean", '"user" bool'),
    )


@pytest.mark.parametrize("line", ["two words here", "a money, b text", "check (a > 0)", "'x' text"])
def test_a_line_that_is_no_column_is_an_error(line: str) -> None:
    with pytest.raises(ConfigurationError, match="one column a line"):
        columns(f"create table s.t (\n{line}\n);")


LEFT_OVER = [
    "{{ x",
    "{% if",
    "{# x",
    "create table s. (",
    "table s.;",
    "on .t (a);",
    'select ""',
    "( , a)",
    "(a, )",
    "a,, b",
]
SOUND = ["clock_timestamp()", "default ''", "numeric(24,4)", 'out."user" (', 'collate "C"', "(a, b)"]


@pytest.mark.parametrize("text", LEFT_OVER)
def test_the_second_look_finds_what_a_template_left(text: str) -> None:
    assert _LEFT_OVER.search(text)


@pytest.mark.parametrize("text", SOUND)
def test_the_second_look_lets_sound_sql_pass(text: str) -> None:
    assert not _LEFT_OVER.search(text)
