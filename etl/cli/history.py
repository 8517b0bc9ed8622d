"""`etl history`: all that was changed in an instance."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

from etl.cli.screen.numbers import COUNT, ID
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import Change, History, history, open_runtime
from etl.quoting import printable, shown
from etl.quoting.json_text import json_text

# Kind of unit -> what the origin of a change is.
_ORIGINS = {"batch": "record", "pin": "by"}


@click.command(name="history")
@click.argument("table", metavar="OBJECT")
@click.argument("named", metavar="ID")
@COMPANY
@click.option("--field", metavar="FIELD", help="Only changes of this field.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="Maximum number of changes.")
@click.option("--after", type=ID, metavar="N", help="The page after the change N, with which the last one ended.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def history_command(
    context: click.Context,
    table: str,
    named: str,
    company: str | None,
    field: str | None,
    limit: int,
    after: int | None,
    as_json: bool,
) -> None:
    """Show what was changed in an instance, its links among it, the last change first.

    OBJECT is the code of a business object or an in_ table, ID the id in the partner's system, that of the
    instance, or the value of a unique field.
    Each change has its time, the unit of work and the row or record that made it, and the values before and after.
    It reaches back as far as the journal is kept (historyDays, cleanDays).
    """
    with open_runtime(config_url(context), company) as runtime:
        found = history(runtime, table, named, field=field, limit=limit, after=after)
    if as_json:
        click.echo(json_text(asdict(found)))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: History) -> Iterator[str]:
    one = found.instance
    yield f"{found.bo} {shown(one['in_id'] or '')}, instance {one['id']}, {one['state']}"
    for change in found.changes:
        yield f"{_time(change.at)}  {_change(change)}"
        yield f"    by {_unit(change)}"
        for value in change.values:
            yield f"    {value.field}: {_value(value.before)} -> {_value(value.after)}"
    for name in found.left_out:
        yield f"Many instances lead here by {name}: their links are in their own histories."
    if found.next_n is not None:
        yield f"There are older changes: --after {found.next_n} shows them."
        return
    since = f" since {_time(found.kept_since)}" if found.kept_since else ""
    whole = "" if found.is_complete else ", and the instance is older"
    yield f"Changes are kept{since}, for {found.kept_days} days at least (historyDays, cleanDays){whole}."


def _change(one: Change) -> str:
    if one.end is None:
        return "adopted" if one.unit_kind == "adoption" and one.change == "created" else one.change
    end = f"{one.end.bo or ''} {shown(one.end.in_id) if one.end.in_id is not None else one.end.id}".strip()
    return f"{one.change} {one.field} {'<-' if one.is_incoming else '->'} {end}"


def _unit(one: Change) -> str:
    made = f"{one.unit_kind or 'unit'} {one.unit}"
    if one.unit_kind not in ("adoption", "pin"):  # these are kinds and sources
        made += f" of {printable(one.source or 'a source that is no longer known')}"
    if one.undoes is not None:
        made += f", which reverted {one.undoes}"
    if one.origin is not None:
        made += f", {_ORIGINS.get(one.unit_kind or '', 'row')} {shown(one.origin)}"
    return made + (f"; reverted by {one.undone_by}" if one.undone_by is not None else "")


def _value(value: str | None) -> str:
    return "null" if value is None else shown(value)


def _time(time: datetime | None) -> str:
    return "at an unknown time" if time is None else f"{time:%Y-%m-%d %H:%M:%S}"
