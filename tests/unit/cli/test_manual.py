"""Man pages and completion in share/ are those of the commands."""

import subprocess

import click
import pytest

from etl.cli import _COMMANDS
from scripts.manual import COMPLETIONS, MAN, SHARE, _options, manual


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return manual()


def test_the_files_are_current(made: dict[str, str]) -> None:
    written = [path for path in SHARE.rglob("*") if path.is_file() and SHARE / "etl" not in path.parents]
    files = {str(path.relative_to(SHARE)): path.read_text("utf-8") for path in written}
    assert files == made, "run: python -m scripts.manual"


def test_each_command_has_a_page(made: dict[str, str]) -> None:
    pages = {f"{MAN}/etl-{name}.1" for name in _COMMANDS}
    assert set(made) == pages | {f"{MAN}/etl.1"} | set(COMPLETIONS.values())


def test_the_page_of_a_group_has_its_commands_with_their_options(made: dict[str, str]) -> None:
    page = made[f"{MAN}/etl-out.1"]
    assert '.SS "etl out ' in page
    assert page.index(".SH COMMANDS") < page.index(r"\fB\-\-json\fR") < page.index(".SH SEE ALSO")


def test_a_text_cannot_become_a_request() -> None:
    command = click.Command("x", params=[click.Option(["--path"], help=r".so /etc/passwd \n")])
    assert _options(click.Context(command, info_name="x"))[1:3] == [
        r"\fB\-\-path TEXT\fR",
        r"\&.so /etc/passwd \en",
    ]


def test_bash_reads_its_completion() -> None:
    script = SHARE / COMPLETIONS["bash"]
    result = subprocess.run(["bash", "-c", 'source "$0"; complete -p etl', script], capture_output=True, text=True)
    assert "_etl_completion etl" in result.stdout, result.stderr
