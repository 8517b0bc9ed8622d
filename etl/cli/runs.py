"""`etl runs`: units of work on the golden store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from etl.cli.printing import COMPANY, config_url, console, json_text
from etl.cli.tables import plain_table
from etl.engine import open_runtime, read_hours, read_units

if TYPE_CHECKING:
    from etl.store import ListedHour, ListedUnit

# What a receipt says of records, and of rows of tables; counters that are zero are left out.
_OF_RECORDS = ("messages", "merged", "known", "reused", "rejected", "tombstones", "skipped", "lost")
_OF_ROWS = ("created", "changed", "unchanged", "removed", "rejected", "waiting", "resolved", "restored", "unlinked")


@click.group()
def runs() -> None:
    """List the units of work on the golden store: runs of in_ tables, batches of records, and undos of them."""


@runs.command(name="list")
@COMPANY
@click.option("--source", type=click.Choice(["in_tables", "kafka"]), help="Only those of this source.")
@click.option("--by-hour", is_flag=True, help="Sum batches of records up by the hour, also those that are deleted.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Maximum number of lines.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(
    context: click.Context, company: str | None, source: str | None, by_hour: bool, limit: int, as_json: bool
) -> None:
    """List units of work, the newest first: what each did, and whether it was taken back.

    The number is what `etl undo` takes. `etl clean` deletes old units once the journal has nothing of them; what
    batches did stays in the sums of --by-hour.
    """
    if by_hour and source == "in_tables":
        raise click.UsageError("--by-hour sums up batches of records: --source kafka")
    with open_runtime(config_url(context), company) as runtime:
        if by_hour:
            hours = read_hours(runtime, source=source, limit=limit)
        else:
            units = read_units(runtime, source=source, limit=limit)
    if as_json:
        found = {"hours": [asdict(one) for one in hours]} if by_hour else {"runs": [asdict(one) for one in units]}
        click.echo(json_text(found))
    elif by_hour:
        _show_hours(hours)
    else:
        _show_units(units)


def _show_units(units: "Sequence[ListedUnit]") -> None:
    if not units:
        click.echo("Nothing has run yet.")
        return
    columns = ["number", "source", "kind", "started", "took", "state", "what it did"]
    rows = [
        [str(one.number), one.source, one.kind, _time(one.started_at), _took(one), _state(one), _said(one.receipt)]
        for one in units
    ]
    console().print(plain_table(columns, rows, numbers={"number", "took"}))


def _show_hours(hours: "Sequence[ListedHour]") -> None:
    if not hours:
        click.echo("No batch has been merged yet.")
        return
    rows = [[_time(one.hour), one.source, f"{one.batches:,}", _said(one.receipt)] for one in hours]
    console().print(plain_table(["hour", "source", "batches", "what they did"], rows, numbers={"batches"}))


def _said(receipt: Mapping[str, int | Mapping[str, int]] | None) -> str:
    """The counters of records, and those of all tables together."""
    records: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for name, counters in (receipt or {}).items():
        # The receipt of an undo has no tables.
        given: Mapping[str, int] = {name: counters} if isinstance(counters, int) else counters
        (records if name == "records" else counted).update(given)
    of_records = [f"{records[name]:,} {name}" for name in _OF_RECORDS if records[name]]
    of_rows = [f"{counted[name]:,} {name}" for name in _OF_ROWS if counted[name]]
    return "; ".join(", ".join(part) for part in (of_records, of_rows) if part)


def _state(one: "ListedUnit") -> str:
    if one.undone_by is not None:
        return f"taken back by {one.undone_by}"
    return "" if one.finished_at is not None else "not finished"


def _took(one: "ListedUnit") -> str:
    return "" if one.finished_at is None else f"{(one.finished_at - one.started_at).total_seconds():,.1f} s"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
