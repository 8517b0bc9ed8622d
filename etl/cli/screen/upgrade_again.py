"""Options of `etl upgrade` about a fill that is under way, and its state shown again and again."""

import time
from collections.abc import Callable, Iterable

import click

from etl.cli.screen.interrupt import ended_by_ctrl_c
from etl.operations.upgrade import FULL_SPEED

SPEED = click.option(
    "--speed",
    type=click.IntRange(1, FULL_SPEED),
    default=None,
    metavar="PERCENT",
    help="Which share of the time the fill may work, also later on; beside runs it is never more than a third.",
)
WATCH = click.option(
    "--watch",
    "seconds",
    type=click.FloatRange(min=0.1),
    is_flag=False,
    flag_value=2.0,
    metavar="[SECONDS]",
    help="Show it again and again, a line when it has changed, until Ctrl-C.",
)


def show_again(read: Callable[[], Iterable[str]], seconds: float, *, as_json: bool) -> None:
    """Prints what is read whenever it has changed, for people with the time."""
    shown: list[str] = []
    with ended_by_ctrl_c():
        while True:
            if (lines := list(read())) != shown:
                shown = lines
                for line in lines:
                    click.echo(line if as_json else f"{time.strftime('%F %T')} {line}")
            time.sleep(seconds)
