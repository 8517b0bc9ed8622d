"""A newcomer finds every command, and every command explains itself."""

import pytest
from click.testing import CliRunner

from etl.cli import _COMMANDS, _ROLES, etl


def test_the_first_page_names_commands_and_exit_codes() -> None:
    result = CliRunner().invoke(etl, ["--help"])
    assert result.exit_code == 0
    for command in _COMMANDS:
        assert f"\n  {command} " in result.output
    for code in ("0 done", "1 done with rejected rows", "2 usage", "3 stopped", "4 fatal", "75 another", "130, 143"):
        assert code in " ".join(result.output.split())


def test_each_command_stands_once_under_a_role() -> None:
    assert sorted(name for names in _ROLES.values() for name in names) == sorted(_COMMANDS)
    page = CliRunner().invoke(etl, ["--help"]).output
    for title, names in _ROLES.items():
        section = page.partition(f"\n{title}:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in section.split("\n") if line[2:3].strip()] == list(names)


@pytest.mark.parametrize("command", list(_COMMANDS))
def test_every_command_has_a_page(command: str) -> None:
    result = CliRunner().invoke(etl, [command, "--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"Usage: etl {command}")


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(etl, ["fly"])
    assert result.exit_code == 2
    assert "No such command 'fly'" in result.output
