"""`etl out`: the versions of a company's out_ tables."""

from dataclasses import asdict
from datetime import date, datetime

import click
from rich.progress import Progress

from etl.cli.out_reader import reader
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import versions_table
from etl.database import transaction
from etl.engine import (
    ListedVersion,
    Runtime,
    build_version,
    list_versions,
    open_runtime,
    retire_version,
    roll_back_version,
    switch_version,
)
from etl.outputs.versions import Switched
from etl.quoting.json_text import json_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_FORCE = click.option("--force", is_flag=True, help="Keep views of others for which a column or table is missing.")
_WAIT = click.option(
    "--wait",
    "patience",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to try while readers hold a view.",
)


@click.group()
def out() -> None:
    """List, build, switch, roll back and retire versions of the out_ tables.

    A version is a schema, out_<company>_<code version>_<environment version>, with the tables that the metadata asked
    for when it was made. All versions follow the golden store at each run. Readers use the schema out_<company>, whose
    views show the current version.
    """


@out.command("list")
@COMPANY
@_JSON
@click.pass_context
def list_(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show all versions: state, lag, last read, day of retirement."""
    with open_runtime(config_url(context), company) as runtime:
        found = _versions(runtime)
    if as_json:
        click.echo(json_text([asdict(one) for one in found]))
    elif found:
        console().print(versions_table(found))
    else:
        click.echo("There is no version yet: a run makes the first one, if hasOutMigration is true.")


@out.command()
@COMPANY
@_JSON
@click.pass_context
def status(context: click.Context, company: str | None, as_json: bool) -> None:
    """Say which version readers see, which ones wait, and what to do next."""
    with open_runtime(config_url(context), company) as runtime:
        found = _versions(runtime)
        views, named = runtime.versions.views_schema, runtime.versions.newest.schema
    current = next((one for one in found if one.state == "current"), None)
    if as_json:
        shown = {"views": views, "current": current.schema_name if current else None, "environment": named}
        click.echo(json_text(shown | {"versions": [asdict(one) for one in found]}))
        return
    click.echo(f"{views} shows {current.schema_name if current else 'no version yet'}; the environment names {named}.")
    for one in found:
        click.echo(f"{one.schema_name}: {_sentence(one)}.")


@out.command()
@COMPANY
@click.option("--version", "name", metavar="V", help="Environment version; without it MYBPM_OUT_MIGRATION_VERSION.")
@_JSON
@click.pass_context
def build(context: click.Context, company: str | None, name: str | None, as_json: bool) -> None:
    """Make a version for the current metadata, and fill it completely.

    The other versions stay live meanwhile. If the command is stopped, its next call continues there. The first
    version of a company becomes the current one by itself; `etl out switch` switches to another one.
    """
    if name == "":
        raise click.BadParameter("is empty: name a version, or leave the option out", param_hint="--version")
    screen = console()
    is_quiet = as_json or not screen.is_terminal
    with open_runtime(config_url(context), company) as runtime, Progress(console=screen, disable=is_quiet) as progress:
        task = progress.add_task("filling", total=100)
        built = build_version(runtime, name, lambda percent: progress.update(task, completed=percent))
    if as_json:
        click.echo(json_text(asdict(built)))
    else:
        made = "made and " if built.is_new else ""
        click.echo(f"{built.schema} is {made}whole: {sum(built.rows.values()):,} rows written.")


@out.command()
@click.argument("version")
@COMPANY
@_FORCE
@_WAIT
@_JSON
@click.pass_context
def switch(
    context: click.Context, version: str, company: str | None, force: bool, patience: float, as_json: bool
) -> None:
    """Make the views of out_<company> show VERSION, in one transaction.

    Grants stay, and so do views that depend on ours. If VERSION lacks a column or a table that a view of another role
    needs, the switch is refused; with --force the view stays, and what is missing is empty.
    """
    with open_runtime(config_url(context), company) as runtime:
        _show(switch_version(runtime, version, force=force, patience=patience), as_json=as_json)


@out.command()
@COMPANY
@_FORCE
@_WAIT
@_JSON
@click.pass_context
def rollback(context: click.Context, company: str | None, force: bool, patience: float, as_json: bool) -> None:
    """Make the views show the version that was current before; it has followed all the time."""
    with open_runtime(config_url(context), company) as runtime:
        _show(roll_back_version(runtime, force=force, patience=patience), as_json=as_json)


@out.command()
@click.argument("version")
@COMPANY
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Announce this day; do not drop yet.")
@click.option("--keep", is_flag=True, help="Withdraw an announced day.")
@click.option("--force", is_flag=True, help="Drop it anyway, with what depends on its tables.")
@_JSON
@click.pass_context
def retire(
    context: click.Context,
    version: str,
    company: str | None,
    on: datetime | None,
    keep: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Drop VERSION with its schema, or with --on announce the day of it.

    An announced day shows in `etl out list` and as a comment on the schema; `etl clean` drops the version when it has
    come. A version stays without --force when it is the current one, when the environment names it, when its day is
    still to come, when it was read within 7 days, when something depends on its tables, and when its schema holds
    other things.
    """
    day: date | None = on.date() if on else None
    if sum(map(bool, (day, keep, force))) > 1:
        raise click.UsageError("--on, --keep and --force exclude each other")
    with open_runtime(config_url(context), company) as runtime:
        done = retire_version(runtime, version, on=day, keep=keep, force=force)
    if as_json:
        click.echo(json_text(asdict(done)))
    elif done.is_dropped:
        click.echo(f"{done.schema} is dropped.")
    else:
        click.echo(f"{done.schema} retires on {done.retire_on}." if done.retire_on else f"{done.schema} stays.")


out.add_command(reader)


def _versions(runtime: Runtime) -> list[ListedVersion]:
    with transaction(runtime.engine) as connection:
        return list_versions(connection, runtime)


def _show(done: Switched, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(asdict(done)))
        return
    before = f" instead of {done.previous}" if done.previous not in (None, done.current) else ""
    click.echo(f"The views show {done.current}{before}.")


def _sentence(one: ListedVersion) -> str:
    name = one.environment_version
    parts = [
        one.state if one.percent == 100 else f"{one.state}, {one.percent} % done: `etl out build --version {name}`"
    ]
    parts.append(f"{one.behind:,} changes behind, {one.lag_seconds:,.0f} s" if one.behind else "up to date")
    unread = "never read" if one.are_reads_counted else "reads are not counted"
    parts.append(f"last read {one.last_read_at:%Y-%m-%d %H:%M}" if one.last_read_at else unread)
    if one.retire_on:
        parts.append(f"retires on {one.retire_on}")
    return ", ".join(parts)
