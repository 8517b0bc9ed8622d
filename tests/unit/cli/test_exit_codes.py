"""Every error of the tree ends with its documented exit code and one message on stderr."""

import signal
from typing import Never

import click
import pytest

from etl.cli import _exit_code
from etl.errors import (
    ConfigurationError,
    EnvironmentFault,
    EtlError,
    FencedOut,
    MarkerHeld,
    MetadataError,
    Problem,
    RunStopped,
    Stopped,
    TransientFault,
)


def ends_with(error: BaseException) -> int:
    def call() -> Never:
        raise error

    return _exit_code(call)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ConfigurationError, 2),
        (MetadataError, 2),
        (RunStopped, 3),
        (EnvironmentFault, 4),
        (TransientFault, 4),
        (MarkerHeld, 75),
        (FencedOut, 75),
    ],
)
def test_an_error_of_the_tree(kind: type[EtlError], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(kind("what, where and what to do")) == code
    assert capsys.readouterr() == ("", "etl: what, where and what to do\n")


def test_several_problems_stand_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    problems = Problem("is not a number", "/etc/a.txt", 3, "port"), Problem("is missing", "/etc/b.txt")
    assert ends_with(ConfigurationError(*problems)) == 2
    assert capsys.readouterr().err == "etl: /etc/a.txt:3: port: is not a number\n/etc/b.txt: is missing\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals(number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(Stopped(number)) == code
    assert "stopped by a signal" in capsys.readouterr().err


def test_what_click_ends_with() -> None:
    assert ends_with(click.Abort()) == 130
    assert ends_with(click.exceptions.Exit(1)) == 1


def test_usage_is_2() -> None:
    assert ends_with(click.UsageError("no such option")) == 2


def test_a_command_that_returns_has_done_its_work() -> None:
    assert _exit_code(lambda: None) == 0
