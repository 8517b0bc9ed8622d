"""No number that a command is given is larger than what PostgreSQL and Kafka know: else it would be a traceback."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from etl.cli import etl
from etl.cli.screen.numbers import LARGEST


def parameters(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Parameter]]:
    """All of the command and those below it, with their names."""
    for one in command.params:
        yield " ".join((*words, one.opts[0])), one
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from parameters(below, (*words, name))


def test_whole_numbers_have_a_range() -> None:
    found = {name: one.type for name, one in parameters(etl) if isinstance(one.type, click.IntRange | type(click.INT))}
    assert {"kafka seek --offset", "errors list --limit", "undo run", "runs show number"} <= set(found)
    unlimited = [
        name
        for name, kind in found.items()
        if not isinstance(kind, click.IntRange) or kind.min is None or kind.max is None or kind.max > LARGEST
    ]
    assert unlimited == []


@pytest.mark.parametrize(
    "words",
    [
        "kafka make-topics --partitions 1000000000000",
        "kafka make-topics --replicas 100000",
        f"kafka errors --limit 1{'0' * 30}",
        f"kafka dead-letters list --limit {LARGEST + 1}",
        f"errors list --limit {LARGEST + 1}",
        f"undo {LARGEST + 1}",
    ],
)
def test_a_larger_one_is_a_usage_error(words: str) -> None:
    result = CliRunner().invoke(etl, words.split())
    assert result.exit_code == 2
    assert "is not in the range" in result.output
