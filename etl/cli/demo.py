"""`etl demo`: a self-contained demo: generated rows are imported and published, twice."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from etl.cli.demo_screen import Screen
from etl.demo import Load, Shown, Stage, loads, open_stage, show_tables


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--stay", is_flag=True, help="Keep the server running until Ctrl-C, so that psql can look around.")
def demo(as_json: bool, stay: bool) -> None:
    """Run a self-contained demo with generated data, from in_ tables to out_ tables.

    On the embedded PostgreSQL, with a configuration and a database of its own, both created again at each call; your
    configuration and your data stay as they are. A simulated partner fills in_ tables and hands over, twice; each time
    a run merges what is ready and brings the out_ tables up to date.
    """
    screen = Screen(quiet=as_json)
    with screen.waiting("Starting PostgreSQL; the first time takes a little longer"), open_stage(os.environ) as stage:
        screen.stage(stage)
        played: list[Load] = []
        for act in loads(stage):
            screen.act(len(played) + 1, act)
            played.append(act)
        queries = tuple(show_tables(stage))
        screen.queries(stage, queries)
        screen.end(stage, stays=stay)
        if as_json:
            click.echo(_json(stage, played, queries))
        if stay:
            screen.done()
            _wait()


def _json(stage: Stage, played: list[Load], queries: tuple[Shown, ...]) -> str:
    found = {
        "config": f"file:{stage.config}",
        "psql": stage.psql,
        "schemas": stage.schemas,
        "runs": [asdict(act) | {"exit_code": act.outcome.exit_code} for act in played],
        "queries": [asdict(one) for one in queries],
    }
    return json.dumps(found, ensure_ascii=False, default=str)


def _wait() -> None:
    with _until_signal():
        while True:
            signal.pause()


@contextmanager
def _until_signal() -> Iterator[None]:
    """Waits for a signal, which ends the demo regularly."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo()
