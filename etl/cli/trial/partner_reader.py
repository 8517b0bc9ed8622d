"""`etl partner play --reader`: readers that keep a copy of the out_ tables."""

import sys
from dataclasses import asdict, dataclass

import click
from rich.table import Table

from etl.cli.screen.printing import console
from etl.cli.trial.partner_database import partner_engine, refuse_another
from etl.engine import read_configuration
from etl.engine.in_ddl import schema_names
from etl.errors import RunStopped
from etl.quoting.json_text import json_text
from etl.simulator.reading import ReaderClient, Reading, ReadingPlay, play_readers


@dataclass(frozen=True)
class ReadingOptions:
    """What to play, and in which database."""

    play: ReadingPlay
    test_database: str
    url: str | None
    password: str


def read_changes(config_url: str, company: str | None, options: ReadingOptions, *, as_json: bool) -> None:
    """Acts for readers of the version that the environment names, and prints. Raises RunStopped when a copy is not
    equal to the out_ tables in the end."""
    settings, found = read_configuration(config_url, company)
    schema = schema_names(settings, found)["out_schema"]
    with partner_engine(settings.out_database, options.url, options.password) as engine:
        clients = [ReaderClient(engine, schema, one) for one in options.play.readers]
        refuse_another(clients[0].database(), options.test_database, "confirm deliveries in")
        readings = play_readers(engine, clients, options.play, lambda line: click.echo(line, err=True))
    if as_json:
        reported = {name: asdict(one) | {"agrees": one.agrees} for name, one in readings.items()}
        click.echo(json_text({"schema": schema, "readers": reported}))
    else:
        _show(schema, readings)
    sys.stdout.flush()
    if not all(one.agrees for one in readings.values()):
        raise RunStopped(f"what was read and the tables of {schema} do not agree")


def _show(schema: str, readings: dict[str, Reading]) -> None:
    table = Table(
        "reader", "deliveries", "changed", "removed", "killed", "given again", "rows of its copy", "different"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for name, one in readings.items():
        counts = (one.deliveries, one.changed, one.removed, one.kills, one.repeated, one.rows, one.different)
        table.add_row(name, *(f"{count:,}" for count in counts))
    console().print(table)
    for name, one in readings.items():
        for fault in one.faults:
            click.echo(f"{name}: {fault}")
        if one.agrees:
            click.echo(f"the copy of {name} is equal to the tables of {schema}")
