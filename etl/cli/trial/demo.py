"""`etl demo`: a self-contained demo: generated rows are imported and published, twice."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click

from etl.cli.screen.demo import Screen
from etl.cli.trial.demo_kafka import play_by_kafka
from etl.cli.web import serve_console
from etl.demo import Load, Shown, Stage, loads, open_stage, show_tables
from etl.quoting.json_text import json_text
from etl.settings.kafka_keys import SERVERS_VARIABLE


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--stay", is_flag=True, help="Keep the server running until Ctrl-C, so that psql can look around.")
@click.option("--web", "with_console", is_flag=True, help="Then serve the console on the demo's data until Ctrl-C.")
@click.option(
    "--listen", default="127.0.0.1:8080", show_default=True, metavar="HOST:PORT", help="Where --web serves it."
)
@click.option("--kafka", "by_kafka", is_flag=True, help="By records of Kafka instead of in_ tables.")
@click.option(
    "--servers", metavar="HOST:PORT", envvar=SERVERS_VARIABLE, show_envvar=True, help="Broker for --kafka: a test one."
)
def demo(as_json: bool, stay: bool, with_console: bool, listen: str, by_kafka: bool, servers: str | None) -> None:
    """Run a self-contained demo with generated data, from in_ tables to out_ tables.

    On the embedded PostgreSQL, with a configuration and a database of its own, both created again at each call; your
    configuration and your data stay as they are. A simulated partner fills in_ tables and hands over, twice; each time
    a run merges what is ready and brings the out_ tables up to date. With --web the console shows what has happened.

    With --kafka the partner sends records instead; they are read from a topic, and what they change is written into
    another one. The topics have names of their own, etl-demo-…, and are deleted at the end. In a checkout
    `make demo-kafka` starts a broker for it.
    """
    if with_console and by_kafka:
        raise click.UsageError("--web goes with the demo of in_ tables: not with --kafka")
    if by_kafka:
        play_by_kafka(servers, as_json=as_json, wait=_wait if stay else None)
        return
    screen = Screen(quiet=as_json)
    with screen.waiting("Starting PostgreSQL; the first time takes a little longer"), open_stage(os.environ) as stage:
        screen.stage(stage)
        played: list[Load] = []
        for act in loads(stage):
            screen.act(len(played) + 1, act)
            played.append(act)
        queries = tuple(show_tables(stage))
        screen.queries(stage, queries)
        screen.end(stage, stays=stay or with_console, has_console=with_console)
        if as_json:
            click.echo(_json(stage, played, queries))
        if with_console:
            screen.done()
            serve_console(f"file:{stage.config}", (listen,), environ=stage.environ)
        elif stay:
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
    return json_text(found)


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
