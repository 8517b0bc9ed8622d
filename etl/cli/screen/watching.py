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

from etl.cli.screen.advice import Advice
from etl.cli.screen.interrupt import ended_by_ctrl_c
from etl.cli.screen.live import line, live_view
from etl.cli.screen.printing import console
from etl.cli.screen.topics import topics_json, topics_line, topics_view
from etl.engine import Runtime
from etl.errors import EtlError
from etl.monitoring import Grade, TopicsStatus, TopicsWatch, read_again, rest, situation_of
from etl.monitoring.running import Seen
from etl.quoting import printable
from etl.quoting.json_text import json_text

_QUIT = b"qQ"
_STYLES = {Grade.GOOD: "bold green", Grade.BUSY: "bold cyan", Grade.WARNING: "bold yellow", Grade.BAD: "bold red"}

Wait = Callable[[float], bool]


def watch(runtime: Runtime, seconds: float, company: str | None, *, as_json: bool) -> None:
    """`company`: as the command was given it."""
    with ended_by_ctrl_c(), _keys() as wait:
        if sys.stdout.isatty() and not as_json:
            _live(runtime, seconds, company, wait)
        else:
            _lines(runtime, seconds, company, wait, as_json=as_json)


def _live(runtime: Runtime, seconds: float, company: str | None, wait: Wait) -> None:
    topics = TopicsWatch(runtime)
    with Live(console=console(), auto_refresh=False) as live:
        while True:
            begun = time.monotonic()
            seen, found = read_again(runtime), topics.read()
            view: RenderableType = Text(printable(seen), "red") if isinstance(seen, str) else live_view(seen)
            if advice := _advice(runtime, seen, found, company):
                first, *others = advice.lines
                view = Group(Text(first, _STYLES[advice.grade]), *map(Text, others), view)
            if found:
                view = Group(view, topics_view(found))
            live.update(view, refresh=True)
            if wait(rest(seconds, begun)):
                return


def _lines(runtime: Runtime, seconds: float, company: str | None, wait: Wait, *, as_json: bool) -> None:
    reported, topics = "", TopicsWatch(runtime)
    # State -> its sentence as it was first: durations in it are no change.
    sentences: dict[str, str] = {}
    while True:
        begun = time.monotonic()
        seen, found = read_again(runtime), topics.read()
        now = printable(seen) if isinstance(seen, str) else line(seen)
        if found:
            now = f"{now} · {printable(topics_line(found))}"
        advice = _advice(runtime, seen, found, company)
        sentences = {advice.state: sentences.get(advice.state, advice.sentence)} if advice else {}
        if advice and advice.grade in (Grade.WARNING, Grade.BAD):
            now = f"{now} · {printable(sentences[advice.state])}"
        if now != reported:
            reported = now
            if as_json:
                whole = {"error": seen} if isinstance(seen, str) else asdict(seen) | {"kafka": topics_json(found)}
                click.echo(json_text((advice.as_json if advice else {}) | whole))
            else:
                click.echo(f"{time.strftime('%F %T')} {now}")
            sys.stdout.flush()
        if wait(rest(seconds, begun)):
            return


def _advice(runtime: Runtime, seen: Seen, topics: TopicsStatus | None, company: str | None) -> Advice | None:
    """None while nothing can be asked, which the look at the run says."""
    if isinstance(seen, str):
        return None
    try:
        return Advice(situation_of(runtime, seen, topics=topics), company)
    except EtlError:
        return None


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
