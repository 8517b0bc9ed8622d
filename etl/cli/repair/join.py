"""`etl join` and `etl split`: two instances become one, or one external id becomes an instance of its own."""

from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import Repaired, join, open_runtime, split
from etl.quoting.json_text import json_text

_APPLY = click.option("--apply", "is_applied", is_flag=True, help="Do it; without this option nothing is written.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(name="join")
@click.argument("table", metavar="OBJECT")
@click.argument("kept", metavar="KEPT")
@click.argument("absorbed", metavar="ABSORBED")
@COMPANY
@_APPLY
@_JSON
@click.pass_context
def join_command(
    context: click.Context,
    table: str,
    kept: str,
    absorbed: str,
    company: str | None,
    is_applied: bool,
    as_json: bool,
) -> None:
    """Make one instance of two, which a partner or several call by different ids.

    KEPT stays with its values; its empty fields get those of ABSORBED. Rows with any external id of both find it from
    now on, links and waiting links are its own. ABSORBED becomes REMOVED. `etl split` and `etl undo` revert it. Other
    work on the store waits meanwhile, without --apply too.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = join(runtime, table, kept, absorbed, is_dry=not is_applied)
    _show(done, "joined with", as_json=as_json)


@click.command(name="split")
@click.argument("table", metavar="OBJECT")
@click.argument("in_id", metavar="ID")
@COMPANY
@_APPLY
@_JSON
@click.pass_context
def split_command(
    context: click.Context, table: str, in_id: str, company: str | None, is_applied: bool, as_json: bool
) -> None:
    """Make an instance of its own of ID, an external id that was merged into the instance of another one.

    What `etl join` has done is reverted. Else a new instance gets the id, the values that the unit of work brought
    which had merged it, and the links of its rows; the instance that had it gets back what it had before, where nothing
    has changed it since. `etl undo` reverts it. Other work on the store waits meanwhile, without --apply too.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = split(runtime, table, in_id, is_dry=not is_applied)
    _show(done, "split from", as_json=as_json)


def _show(done: Repaired, what: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(asdict(done)))
        return
    counts = ", ".join(f"{rows:,} {name}" for name, rows in done.counters.items() if rows)
    if done.number is None:
        click.echo(f"{done.bo} {done.other} would be {what} {done.instance}: {counts}. --apply does it.")
    else:
        click.echo(f"{done.bo} {done.other} is {what} {done.instance} as unit {done.number}: {counts}.")
