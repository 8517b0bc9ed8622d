"""Commands at a keyboard, in a shell that completes words, and with a configuration whose log is faulty."""

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from rich.console import Console

from etl.cli.screen import errors as error_screen
from etl.cli.screen.demo import Screen
from etl.cli.screen.findings import report
from etl.cli.screen.recovery import RecoveryOptions
from etl.cli.screen.watching import _quits
from etl.cli.web_users import _password
from etl.errors import ConfigurationError
from etl.monitoring.finding import error, ok, warning
from etl.sources.in_tables.errors import CodeCount
from tests.terminal import terminal


@pytest.mark.parametrize(("pressed", "quits"), [(b"x", False), (b"xyQ", True), (b"q", True), (None, True)])
def test_a_watch_ends_by_q_or_with_its_terminal(pressed: bytes | None, quits: bool) -> None:
    keyboard, person = os.pipe()
    if pressed:
        os.write(person, pressed)
    else:
        os.close(person)
    assert _quits(keyboard, 0.05) is quits
    os.close(keyboard)
    if pressed:
        os.close(person)


def test_a_shell_that_completes_gets_the_words() -> None:
    environ = {**os.environ, "_ETL_COMPLETE": "bash_complete", "COMP_WORDS": "etl gr", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-m", "etl"], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "plain,grants\n"


def test_a_password_is_the_first_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("of the file\nsecond\n")
    assert _password(tmp_path / "password") == "of the file"
    monkeypatch.setattr(sys, "stdin", io.StringIO("of a pipe\n"))
    assert _password(None) == "of a pipe"
    with pytest.raises(ConfigurationError, match="there is no password: write it into the first line"):
        _password(None)


def test_a_password_is_asked_for_at_a_terminal_and_not_shown(tmp_path: Path) -> None:
    with terminal("web", "user", "add", "ann", "--role", "viewer", environ={}, cwd=tmp_path) as screen:
        screen.until("Password")
        screen.press(b"not to be seen\n")
        screen.until("Repeat for confirmation")
        screen.press(b"\x03")
        assert screen.ended() == 130
    assert "not to be seen" not in screen.text


def test_counts_of_errors_and_none(capsys: pytest.CaptureFixture[str]) -> None:
    error_screen.show_counts([])
    assert capsys.readouterr().out == "No errors.\n"
    error_screen.show_counts([CodeCount("in_Client", "NO_ID", 1_200, is_exact=False)])
    assert capsys.readouterr().out.split()[-3:] == ["in_Client", "NO_ID", "1,200+"]


def test_a_screen_that_does_not_wait_has_nothing_to_stop() -> None:
    file = io.StringIO()
    screen = Screen(console=Console(file=file))
    screen.done()
    with screen.waiting("Starting"):
        screen.done()
    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("continues", "drops", "done", "said"),
    [
        (False, False, ["begin", "proceed"], ""),
        (True, False, ["proceed"], ""),
        (False, True, ["drop"], "3 tasks were dropped.\n"),
    ],
)
def test_what_a_recovery_does(
    continues: bool, drops: bool, done: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[str] = []

    def act(name: str, found: int) -> int:
        called.append(name)
        return found

    options = RecoveryOptions((), (), continues, drops, as_json=False)
    options.refuse_others("")
    found = options.perform(lambda: act("begin", 1), lambda: act("proceed", 2), lambda: act("drop", 3))
    assert (called, found) == (done, None if drops else 2)
    assert capsys.readouterr().out == said
    if drops:
        replace(options, as_json=True).perform(lambda: 1, lambda: 2, lambda: 3)
        assert json.loads(capsys.readouterr().out) == {"dropped": 3}
    with pytest.raises(click.UsageError, match="stand alone"):
        replace(options, is_continued=True, give_up=True).refuse_others("")


def test_findings_end_a_command_by_their_worst(capsys: pytest.CaptureFixture[str]) -> None:
    fine, bad = ok("server", "PostgreSQL 18"), error("clock", "wrong \x1b[2J\nby hours", "set it")
    for found, code in (([fine], 0), ([fine, warning("vacuum", "held back", "end it")], 0), ([fine, bad], 1)):
        for as_json in (False, True):
            with pytest.raises(SystemExit) as ended:
                report(iter(found), as_json=as_json)
            assert ended.value.code == code
            text = capsys.readouterr().out
            if as_json:
                assert (json.loads(text)["ok"], len(json.loads(text)["findings"])) == (code == 0, len(found))
            elif code:
                assert text.endswith("error   clock: wrong \\x1b[2J\nby hours\n        do: set it\n")
