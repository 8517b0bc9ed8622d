"""`etl runs`: units of work on the golden store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from etl.cli.screen.numbers import COUNT, ID
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import plain_table
from etl.engine import open_runtime, read_hours, read_unit, read_units
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.runs import RECORD_COUNTERS, RESULTS

if TYPE_CHECKING:
    from etl.engine import UnitDetails
    from etl.store import ListedHour, ListedUnit

# What a receipt says of rows of tables; counters that are zero are left out.
_OF_ROWS = (*RESULTS, "resolved", "restored", "unlinked")


@click.group()
def runs() -> None:
    """List and show the units of work on the golden store: runs of in_ tables, batches of records, undos of them."""


@runs.command(name="list")
@COMPANY
@click.option("--source", type=click.Choice(["in_tables", "kafka", "pin"]), help="Only those of this source.")
@click.option("--by-hour", is_flag=True, help="Sum batches of records up by the hour, also those that are deleted.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="Maximum number of lines.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(
    context: click.Context, company: str | None, source: str | None, by_hour: bool, limit: int, as_json: bool
) -> None:
    """List units of work, the newest first: what each did, and whether it was reverted.

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


@runs.command()
@click.argument("number", type=ID)
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(context: click.Context, number: int, company: str | None, as_json: bool) -> None:
    """Show one unit of work: its counters by table, its tasks as long as they are kept, and its errors by code."""
    with open_runtime(config_url(context), company) as runtime:
        found = read_unit(runtime, number)
    if as_json:
        click.echo(json_text(asdict(found.unit) | {"tasks": found.tasks, "errors": found.errors}))
    else:
        _show_details(found)


def _show_details(found: "UnitDetails") -> None:
    one = found.unit
    ended = f", took {_took(one)}" if one.finished_at else ""
    click.echo(f"{one.kind} {one.number} of {printable(one.source)}, began {_time(one.started_at)}{ended}")
    if state := _state(one):
        click.echo(state)
    counted = {name: part for name, part in (one.receipt or {}).items() if isinstance(part, Mapping)}
    of_undo = {name: part for name, part in (one.receipt or {}).items() if isinstance(part, int) and part}
    known = dict.fromkeys((*_OF_ROWS, *RECORD_COUNTERS))
    columns = [name for name in known if any(part.get(name) for part in counted.values())]
    rows = [
        [table, *(f"{part[name]:,}" if part.get(name) else "" for name in columns)]
        for table, part in counted.items()
        if any(part.get(name) for name in columns)
    ]
    if rows:
        console().print(plain_table(["table", *columns], rows, numbers=set(columns)))
    if of_undo:
        click.echo(", ".join(f"{number:,} {name}" for name, number in of_undo.items()))
    _show_tasks(found.tasks)
    _show_errors(one.number, found.errors)


def _show_tasks(tasks: "Sequence[Mapping[str, Any]]") -> None:
    if not tasks:
        return
    columns = ["task", "kind", "table", "rows", "state", "attempts", "crashes", "seconds", "error"]
    rows = [
        [
            str(one["seq"]),
            one["kind"],
            one["in_table"],
            f"{one['claimed_rows']:,}" if one["claimed_rows"] else "",
            one["state"],
            str(one["attempts"]),
            # The attempt that is under way counts until it has ended well.
            str(max(one["crash_count"] - (one["state"] in ("running", "done")), 0) or ""),
            f"{(one['finished_at'] - one['started_at']).total_seconds():,.1f}" if one["finished_at"] else "",
            printable(one["error"] or ""),
        ]
        for one in tasks
    ]
    console().print(plain_table(columns, rows, numbers={"task", "rows", "attempts", "crashes", "seconds"}))


def _show_errors(number: int, errors: "Sequence[Mapping[str, Any]]") -> None:
    if not errors:
        return
    columns = ["table", "column", "code", "severity", "rows"]
    rows = [
        [one["in_table"], one["column_name"] or "", one["code"], one["severity"], f"{one['rows']:,}"] for one in errors
    ]
    console().print(plain_table(columns, rows, numbers={"rows"}))
    click.echo(f"`etl errors list --all --run {number}` lists them, `etl errors codes` explains the codes.")


def _show_units(units: "Sequence[ListedUnit]") -> None:
    if not units:
        click.echo("Nothing has run yet.")
        return
    columns = ["number", "source", "kind", "started", "took", "state", "what it did"]
    rows = [
        [
            str(one.number),
            one.source,
            one.kind,
            _time(one.started_at),
            _took(one),
            _state(one),
            _counts(one.receipt),
        ]
        for one in units
    ]
    console().print(plain_table(columns, rows, numbers={"number", "took"}))


def _show_hours(hours: "Sequence[ListedHour]") -> None:
    if not hours:
        click.echo("No batch has been merged yet.")
        return
    rows = [[_time(one.hour), one.source, f"{one.batches:,}", _counts(one.receipt)] for one in hours]
    console().print(plain_table(["hour", "source", "batches", "what they did"], rows, numbers={"batches"}))


def _counts(receipt: Mapping[str, int | Mapping[str, int]] | None) -> str:
    """The counters of records, and those of all tables together."""
    records: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for name, counters in (receipt or {}).items():
        # The receipt of an undo has no tables.
        given: Mapping[str, int] = {name: counters} if isinstance(counters, int) else counters
        (records if name == "records" else counted).update(given)
    of_records = [f"{records[name]:,} {name}" for name in RECORD_COUNTERS if records[name]]
    of_rows = [f"{counted[name]:,} {name}" for name in _OF_ROWS if counted[name]]
    return "; ".join(", ".join(part) for part in (of_records, of_rows) if part)


def _state(one: "ListedUnit") -> str:
    if one.undone_by is not None:
        return f"reverted by {one.undone_by}"
    return "" if one.finished_at is not None else "not finished"


def _took(one: "ListedUnit") -> str:
    return "" if one.finished_at is None else f"{(one.finished_at - one.started_at).total_seconds():,.1f} s"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
