"""`etl hold`, `etl drain`, `etl release`: nothing new begins, what is under way ends, and all continues."""

from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.operations import begin_hold
from etl.operations import drain as drain_company
from etl.operations import release as release_hold
from etl.quoting import printable
from etl.quoting.json_text import json_text

_HOST = click.option("--host", default="", metavar="NAME", help="Only of this host, as `etl status` names it.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LONGEST_REASON = 300


@click.command()
@click.option("--reason", required=True, metavar="TEXT", help="Why, for all who see that nothing begins.")
@_HOST
@COMPANY
@_JSON
@click.pass_context
def hold(context: click.Context, reason: str, host: str, company: str | None, as_json: bool) -> None:
    """Let nothing new begin: no run, no batch of records, no fill.

    Hand-overs and records are seen and wait. What is under way ends, and versions and outputs follow the store; `etl
    drain` waits for that. With --host only that host begins nothing, and the others continue.
    """
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise click.UsageError(f"--reason has between 1 and {_LONGEST_REASON} characters")
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found, is_new = begin_hold(runtime, printable(reason.strip()), host=host)
    if as_json:
        click.echo(json_text({"is_new": is_new, "hold": asdict(found)}))
        return
    click.echo(f"{'Now' if is_new else 'As before'} {found}.")
    click.echo(f"Next: `etl drain{f' --host {host}' if host else ''}` waits until nothing is under way.")


@click.command()
@_HOST
@click.option("--timeout", type=click.FloatRange(min=0), default=60.0, show_default=True, metavar="SECONDS")
@click.option("--shut-out", "shuts_out", is_flag=True, help="What has not ended in time continues after the release.")
@COMPANY
@_JSON
@click.pass_context
def drain(
    context: click.Context, host: str, timeout: float, shuts_out: bool, company: str | None, as_json: bool
) -> None:
    """Wait until nothing is under way and nothing is behind, then let no program write.

    Says what is in the way: runs, fills, partitions of topics, outputs and out_ versions that are behind. Exits with
    status 75 when time is up; the hold stays. With --host the host may be stopped afterwards, and nothing is closed.
    """
    if shuts_out and host:
        raise click.UsageError("--shut-out is for all hosts: what a host has left, another one takes over")
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = drain_company(runtime, host=host, timeout=timeout, shuts_out=shuts_out, show=_show)
    if as_json:
        click.echo(json_text({"host": host, **asdict(done)}))
        return
    for one in done.shut_out:
        click.echo(f"shut out: {printable(one)}")
    if host:
        click.echo(f"Nothing is under way on {host}: it may be stopped. Then: `etl release --host {host}`.")
    else:
        click.echo("Nothing is under way, and no program writes before `etl release`.")


def _show(found: list[str]) -> None:
    for one in found:
        click.echo(f"waits: {printable(one)}", err=True)


@click.command()
@_HOST
@COMPANY
@_JSON
@click.pass_context
def release(context: click.Context, host: str, company: str | None, as_json: bool) -> None:
    """End a hold: what waits begins at once, and a run that was shut out continues."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found = release_hold(runtime, host=host)
    if as_json:
        click.echo(json_text({"hold": asdict(found) if found else None}))
        return
    click.echo(f"Released: {printable(found.reason)}." if found else "Nothing was on hold.")
