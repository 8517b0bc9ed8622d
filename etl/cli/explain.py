"""`etl explain`: why a row is where it is."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import Explanation, explain, open_runtime
from etl.metadata.instance_state import STATE
from etl.quoting import printable, shown
from etl.quoting.json_text import json_text

# in_status -> what it means for the one who asks.
_MEANINGS = {
    "": "ready: the next hand-over takes it",
    "ON_WORK": "a run has claimed it",
    "DONE": "merged",
    "ERROR": "rejected",
}


@click.command(name="explain")
@click.argument("table", metavar="TABLE")
@click.argument("in_id", metavar="IN_ID")
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def explain_command(context: click.Context, table: str, in_id: str, company: str | None, as_json: bool) -> None:
    """Explain what has become of one object: its row, errors, instance, waiting links, and what readers see.

    TABLE is an in_ table or the code of a business object, IN_ID the id in the partner's system; that of
    the instance, or the value of a unique field, are found too.
    """
    with open_runtime(config_url(context), company) as runtime:
        found = explain(runtime, table, in_id)
    if as_json:
        click.echo(json_text(asdict(found)))
    else:
        for line in _lines(found):
            click.echo(line)


def _lines(found: Explanation) -> list[str]:
    lines = [f"{found.bo} {shown(found.in_id)}"]
    lines += [_row(row) for row in found.rows] or ["row       none in the in_ table"]
    lines += [
        f"error     {one['code']} {one['column_name'] or ''}: {printable(one['message'])} (run {one['run']}, "
        f"`etl errors show {one['id']}`)"
        for one in found.errors
    ]
    lines.append(_instance(found))
    lines += [_waiting(one) for one in found.waiting]
    for one in found.pins:
        until = ", until a source brings another value than before" if one["until_changed"] else ""
        lines.append(
            f"pinned    {one['field']} to {shown(one['value']) if one['value'] is not None else 'null'} by "
            f"{printable(one['pinned_by'])} at {_time(one['pinned_at'])}{until}: {printable(one['reason'])}"
        )
    lines += [
        f"source    {'the state' if one['field'] == STATE else one['field']} was written last by "
        f"{printable(one['source'])} (unit {one['unit']}{', of ' + _time(one['time']) if one['time'] else ''})"
        for one in found.owners
    ]
    for schema, written in found.out.items():
        since = f"has it, written {_time(written)}" if isinstance(written, datetime) else "does not show it"
        lines.append(f"readers   {schema} {since}")
    return lines


def _row(row: dict[str, str]) -> str:
    meaning = _MEANINGS.get(row["in_status"], "no run takes a row with this status")
    run = f", run {row['run']}" if row["run"] else ""
    removed = ", it removes the instance" if row["removed"] == "true" else ""
    return f"row       {row['id']}: in_status {shown(row['in_status'] or '')}, {meaning}{run}{removed}"


def _waiting(one: dict[str, Any]) -> str:
    owner = f"{one['object']} {shown(one['owner_in_id'])}"
    target = " ".join(filter(None, (one["target"] or "any member", one["target_field"], shown(one["value"]))))
    missing = " and ".join(
        end for end, is_missing in ((owner, one["lacks_owner"]), (target, one["lacks_target"])) if is_missing
    )
    why = f"waits for {missing}" if missing else "both ends are there, the next run makes it; it waits"
    return f"waiting   {owner}, {one['field']} -> {target}: {why} since {_time(one['since'])}"


def _instance(found: Explanation) -> str:
    one = found.instance
    if one is None:
        return "instance  none: nothing of it has been merged"
    other = f", its own in_id is {shown(one['in_id'])}" if one["in_id"] not in (None, found.in_id) else ""
    return f"instance  {one['id']}, {one['state']}, changed last {_time(one['modified_at'])}{other}"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
