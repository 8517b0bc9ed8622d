"""The second look at a rendered statement."""

import pytest

from etl.ddl.render import _LEFT_OVER

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
