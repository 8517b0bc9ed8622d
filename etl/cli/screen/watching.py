"""`etl status --watch`: refreshes until q, Ctrl-C, or its pipe is closed."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from etl.cli.screen.interrupt import ended_by_ctrl_c
from etl.cli.screen.live import line, live_view
from etl.cli.screen.printing import console
from etl.cli.screen.topics import topics_json, topics_line, topics_view
from etl.engine import Runtime
from etl.monitoring import TopicsWatch, read_again, rest
from etl.quoting import printable
from etl.quoting.json_text import json_text

_QUIT = b"qQ"

Wait = Callable[[float], bool]


def watch(runtime: Runtime, seconds: float, *, as_json: bool) -> None:
    with ended_by_ctrl_c(), _keys() as wait:
        if sys.stdout.isatty() and not as_json:
            _live(runtime, seconds, wait)
        else:
            _lines(runtime, seconds, wait, as_json=as_json)


def _live(runtime: Runtime, seconds: float, wait: Wait) -> None:
    topics = TopicsWatch(runtime)
    with Live(console=console(), auto_refresh=False) as live:
        while True:
            begun = time.monotonic()
            seen = read_again(runtime)
            view: RenderableType = Text(printable(seen), "red") if isinstance(seen, str) else live_view(seen)
            if found := topics.read():
                view = Group(view, topics_view(found))
            live.update(view, refresh=True)
            if wait(rest(seconds, begun)):
                return


def _lines(runtime: Runtime, seconds: float, wait: Wait, *, as_json: bool) -> None:
    reported, topics = "", TopicsWatch(runtime)
    while True:
        begun = time.monotonic()
        seen, found = read_again(runtime), topics.read()
        now = printable(seen) if isinstance(seen, str) else line(seen)
        if found:
            now = f"{now} · {printable(topics_line(found))}"
        if now != reported:
            reported = now
            if as_json:
                whole = {"error": seen} if isinstance(seen, str) else asdict(seen) | {"kafka": topics_json(found)}
                click.echo(json_text(whole))
            else:
                click.echo(f"{time.strftime('%F %T')} {now}")
            sys.stdout.flush()
        if wait(rest(seconds, begun)):
            return


@contextmanager
def _keys() -> Iterator[Wait]:
    """A wait that returns whether q was pressed; without a keyboard it only waits."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield _sleep
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        # Keys come one by one and unseen; Ctrl-C still sends its signal.
        tty.setcbreak(keyboard)
        yield lambda seconds: _quits(keyboard, seconds)
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _quits(keyboard: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([keyboard], [], [], left)
        if readable:
            pressed = os.read(keyboard, 64)
            if not pressed or any(key in _QUIT for key in pressed):
                return True
    return False
