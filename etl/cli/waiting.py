"""`etl waiting`: the links and fields that wait, and why."""

from collections.abc import Sequence
from datetime import datetime

import click

from etl.cli.screen.numbers import COUNT
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import plain_table
from etl.engine import open_runtime
from etl.merge.references import MissingInstance, WaitingLinks
from etl.metadata import names
from etl.monitoring.waiting import read_waiting
from etl.quoting import printable, shown
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option("--explain", is_flag=True, help="Also show the missing instances, and whether they were rejected.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="Maximum number of lines.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def waiting(context: click.Context, company: str | None, explain: bool, limit: int, as_json: bool) -> None:
    """Show waiting links by their missing end, and fields that wait for files.

    A link whose end has not arrived waits until the run in which it does, and becomes an error when that takes longer
    than referenceExpiryMinutes; so does a field whose file is not in in_fileStorage. With --explain: the missing
    instances, how many links each blocks, since when, and what its own row says.
    """
    with open_runtime(config_url(context), company) as runtime:
        found = read_waiting(runtime, explain=explain, limit=limit)
    if as_json:
        listed = {"waiting": [vars(one) for one in found.links[:limit]]}
        click.echo(json_text(listed | ({"missing": [vars(one) for one in found.missing]} if explain else {})))
        return
    _show_links(found.links, limit)
    if found.missing:
        _show_missing(found.missing)


def _show_links(links: Sequence[WaitingLinks], limit: int) -> None:
    if not links:
        click.echo("Nothing waits.")
        return
    click.echo(f"{sum(one.links for one in links):,} links and files wait:")
    rows = [[one.bo, one.field, one.target_bo, f"{one.links:,}", *_times(one)] for one in links[:limit]]
    columns = ["object", "field", "target", "links", "oldest since", "expires"]
    console().print(plain_table(columns, rows, numbers={"links"}))


def _times(links: WaitingLinks) -> list[str]:
    return [_time(links.since), _time(links.expires_at) if links.expires_at else "never: not in the metadata"]


def _show_missing(missing: Sequence[MissingInstance]) -> None:
    click.echo("They wait for these instances:")
    rows = [[one.object, shown(one.in_id), f"{one.links:,}", _time(one.since), _known(one)] for one in missing]
    console().print(plain_table(["object", "in_id", "links", "since", "what is known"], rows, numbers={"links"}))


def _known(one: MissingInstance) -> str:
    """What the row of a missing instance, or the error of a deleted row, tells."""
    gone = "; its row is gone" if one.in_status is None else ""
    if one.error is not None:
        return f"rejected, error {one.error}: {printable(one.message or '')}{gone}"
    match one.in_status:
        case None:
            return "has not come"
        case "" if one.object == names.FILE_STORAGE:
            return "is there: taken with the next hand-over, unless it is empty or over maxValueBytes"
        case "":
            return "its row waits for the next hand-over"
        case status:
            return f"its row has in_status {shown(status)}"


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
