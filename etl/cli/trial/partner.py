"""`etl partner`: simulates a partner against a test database or a test topic."""

import os
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import click
from rich.table import Table

from etl.cli.screen.numbers import COUNT
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.trial.partner_database import partner_engine, refuse_another
from etl.cli.trial.partner_reader import ReadingOptions, read_changes
from etl.cli.trial.partner_records import Sending, send_records
from etl.engine import read_configuration
from etl.errors import RunStopped
from etl.quoting.json_text import json_text
from etl.simulator import (
    SCENARIOS,
    Play,
    Played,
    SqlClient,
    play,
)
from etl.simulator.kafka import RECORD_SCENARIOS
from etl.simulator.reading import READER_SCENARIOS, ReadingPlay

PASSWORD_VARIABLE = "ETL_PARTNER_PASSWORD"  # noqa: S105 - the name of a variable
_SHOWN = ("claimed", "created", "changed", "unchanged", "removed", "rejected", "waiting")


@click.group()
def partner() -> None:
    """Simulate a partner, for tests and evaluation: one who uses only SQL, one who sends records, or a reader."""


@partner.command(name="play")
@COMPANY
@click.option(
    "--test-database",
    metavar="NAME",
    help="Name of the database to use; it must be the one that the URL leads to. Never a production database.",
)
@click.option(
    "--test-topic",
    metavar="NAME",
    help="Send records into this topic instead. Never a topic that production reads.",
)
@click.option(
    "--reader",
    "readers",
    metavar="NAME",
    multiple=True,
    help="Act for this reader of the out_ tables instead; may be given again, for several readers.",
)
@click.option("--servers", metavar="HOST:PORT", help="Brokers of the topic; without it those of the configuration.")
@click.option(
    "--url", metavar="URL", help="postgresql://role@host:5432/database; without it the import (or out) database."
)
@click.option(
    "--password-env",
    metavar="VARIABLE",
    default=PASSWORD_VARIABLE,
    show_default=True,
    help="Environment variable with the role's password.",
)
@click.option(
    "--scenario",
    default="good",
    show_default=True,
    metavar="NAMES",
    help=f"Scenarios, in turn: {', '.join(SCENARIOS)}; of records {', '.join(RECORD_SCENARIOS)}; "
    f"of readers {', '.join(READER_SCENARIOS)}.",
)
@click.option("--batches", type=COUNT, default=1, show_default=True, help="Number of batches.")
@click.option(
    "--rows",
    type=click.IntRange(1, 500_000),
    default=100,
    show_default=True,
    help="New rows per table, or new instances per object, and batch.",
)
@click.option("--rate", type=click.FloatRange(0), default=0, help="Rows or records a second; 0: without a limit.")
@click.option(
    "--seed", type=click.IntRange(0, 9999), default=1, show_default=True, help="The same seed, the same rows."
)
@click.option(
    "--way", type=click.Choice(["1", "2", "both"]), default="both", show_default=True, help="How to hand over."
)
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    help="Seconds to wait until what was given is read (0: give it and do not compare), or for changes to read.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def play_(context: click.Context, /, **given: Any) -> None:
    """Fill in_ tables, send records, or read out_ tables, well or badly; then compare with what became of it.

    \b
    good          new, changed and removed rows, links, files
    duplicate     the same rows again and again
    late          rows are still written after the hand-over
    out-of-order  links are handed over before their ends
    bad-types     values that the engine rejects, and some that PostgreSQL refuses
    crash         the program is killed in the middle of a load, and starts again
    full-set      all rows again but some, which the run removes
    compare       all rows again, then their hashes: three differences, which the run names

    With --test-topic records are sent instead:

    \b
    good          new, changed and removed instances, links in both forms, files
    duplicate     records again, with the same content, with another one, and without a recordId
    late          what links lead to comes after them, and says to be older
    out-of-order  a change comes before the record that makes its instance
    broken        records that must be rejected, and messages without a value
    huge          trees of hundreds of objects, trees that are too deep, long texts
    aborted       transactions that are aborted, and the same records in others
    crash         the program is killed with a transaction open, and starts again

    With --reader it keeps a copy of the out_ tables, in memory, and compares it with them at the end:

    \b
    good          asks, reads, confirms
    crash         the program is killed before it confirms, and starts again
    duplicate     confirms twice
    away          does not ask

    It writes nothing by itself into the store: `etl run`, or `etl kafka in`, has to run beside it. Exit code 3: the
    counts do not agree, or a copy is not equal to the out_ tables.
    """
    options = _Options(**given)
    if options.test_topic is not None:
        send_records(config_url(context), options.company, options.sending(options.test_topic), as_json=options.as_json)
    elif options.readers:
        read_changes(config_url(context), options.company, options.reading(), as_json=options.as_json)
    else:
        _play_rows(config_url(context), options)


@dataclass(frozen=True)
class _Options:
    """What the command was given, by the names of its options."""

    company: str | None
    test_database: str | None
    test_topic: str | None
    readers: tuple[str, ...]
    servers: str | None
    url: str | None
    password_env: str
    scenario: str
    batches: int
    rows: int
    rate: float
    seed: int
    way: str
    wait: float
    as_json: bool

    def sending(self, topic: str) -> Sending:
        """What is sent into a topic. Raises UsageError for options that are for rows alone."""
        if self.test_database is not None or self.url is not None or self.readers:
            raise click.UsageError("--test-topic is for records alone: leave out --test-database, --url and --reader")
        scenarios = _names(self.scenario, RECORD_SCENARIOS)
        return Sending(topic, self.servers, scenarios, self.batches, self.rows, self.rate, self.seed, self.wait)

    def reading(self) -> ReadingOptions:
        """What is read as readers."""
        if self.test_database is None:
            raise click.UsageError("say where confirmations may be made up: --test-database NAME")
        scenarios = _names(self.scenario, READER_SCENARIOS)
        play = ReadingPlay(tuple(dict.fromkeys(self.readers)), scenarios, self.batches, self.wait)
        return ReadingOptions(play, self.test_database, self.url, os.environ.get(self.password_env, ""))

    def playing(self) -> Play:
        """What is written into in_ tables."""
        ways = (1, 2) if self.way == "both" else (int(self.way),)
        return Play(_names(self.scenario, SCENARIOS), self.batches, self.rows, self.seed, ways, self.wait)


def _play_rows(url_of_configuration: str, options: _Options) -> None:
    if options.test_database is None:
        raise click.UsageError("say where made-up rows may go: --test-database NAME, or --test-topic NAME")
    settings, found = read_configuration(url_of_configuration, options.company)
    wanted = options.playing()
    password = os.environ.get(options.password_env, "")
    with partner_engine(settings.import_database, options.url, password) as engine:
        client = SqlClient(engine, settings.in_migration.schema_name, options.rate)
        refuse_another(client.database(), options.test_database, "write made-up rows into")
        played = play(engine, client, found, wanted, lambda line: click.echo(line, err=True))
    _report(played, compared=bool(options.wait), as_json=options.as_json)


def _report(played: Played, *, compared: bool, as_json: bool) -> None:
    """Raises RunStopped when the counts do not agree."""
    if as_json:
        reported = {table: asdict(one) | {"agrees": one.agrees} for table, one in played.tables.items()}
        counts = {"hand_overs": played.hand_overs, "kills": played.kills}
        click.echo(json_text(counts | {"agrees": played.agrees if compared else None, "tables": reported}))
    else:
        _show(played, compared=compared)
    sys.stdout.flush()
    if compared and not played.agrees:
        raise RunStopped("what was given and what the receipts say do not agree")


def _names(scenario: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in scenario.split(","))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(known)}", param_hint="--scenario")
    return names


def _show(played: Played, *, compared: bool) -> None:
    table = Table("in_ table", *(("handed over", "bad", "refused") + (_SHOWN if compared else ())))
    for column in table.columns:
        column.overflow = "fold"
    for column in table.columns[1:]:
        column.justify = "right"
    for name, reported in played.tables.items():
        counts = [reported.receipts.get(count, 0) for count in _SHOWN] if compared else []
        table.add_row(name, *(f"{count:,}" for count in (reported.handed, reported.bad, reported.refused, *counts)))
    out = console()
    out.print(table)
    kills = f", killed {played.kills} times" if played.kills else ""
    click.echo(f"{played.hand_overs} hand-overs{kills}")
    if compared:
        click.echo("given and received agree" if played.agrees else f"they do not agree: {', '.join(_faults(played))}")


def _faults(played: Played) -> list[str]:
    return [name for name, reported in played.tables.items() if not reported.agrees]
