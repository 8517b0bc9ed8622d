"""`etl ad sync`, `sync-user`, `login`, `adopt` and `status`."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

import click

from etl.cli.screen.directory import counted
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import Runtime, open_runtime
from etl.engine.directory import (
    SyncOutcome,
    adopt_person,
    directory_source,
    read_refused_account,
    read_syncs,
    sync,
    sync_one,
)
from etl.engine.directory import login as sign_in
from etl.errors import EnvironmentFault
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.sources.directory.people.changes import AnyChange
from etl.sources.directory.stored.sign_ins import advice

_SHOWN: Final = 50
_AWAY: Final = 75
_DRY = click.option("--dry-run", "is_dry", is_flag=True, help="Show what would change, and change nothing.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(name="sync")
@COMPANY
@_DRY
@click.option(
    "--accept", is_flag=True, help="Pass the guards adMaxVanishedShare, adMaxLeaveShare, maxBlankedShare and roles."
)
@_JSON
@click.pass_context
def sync_command(context: click.Context, company: str | None, is_dry: bool, accept: bool, as_json: bool) -> None:
    """Bring all users of the directory, and their groups.

    Exits with 1 when entries were left out, 3 when a guard has stopped it, 4 when the directory cannot be read, 75 when
    another sync is under way. Only a sync that ends with 0 or 1 changes anything.
    """
    _perform(
        context, company, lambda one: sync(one, directory_source(one), is_dry=is_dry, accept=accept), as_json=as_json
    )


@click.command(name="sync-user")
@click.argument("login")
@COMPANY
@_DRY
@_JSON
@click.pass_context
def sync_user_command(context: click.Context, login: str, company: str | None, is_dry: bool, as_json: bool) -> None:
    """Bring one user of the directory, and touch no other.

    Waits adLoginWaitSeconds for a sync of all users. Exits as `etl ad sync` does.
    """

    def perform(runtime: Runtime) -> SyncOutcome:
        seconds = runtime.settings.directory.login_wait_seconds
        return sync_one(runtime, directory_source(runtime), login, is_dry=is_dry, wait_seconds=seconds)

    _perform(context, company, perform, as_json=as_json)


@click.command(name="login")
@click.argument("login")
@COMPANY
@_JSON
@click.pass_context
def login_command(context: click.Context, login: str, company: str | None, as_json: bool) -> None:
    """Let a user in by the directory, with the password on standard input, and bring what the directory has of them.

    Exits with 0 when the user is let in, 1 when not, and 75 when that cannot be said now: the directory or the store is
    away, the store is on hold, all users are being brought, or this login had adLoginTries wrong passwords.
    """
    password = sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        try:
            found = sign_in(runtime, login, password)
        except EnvironmentFault as fault:
            click.echo(f"etl: {fault}", err=True)
            sys.exit(_AWAY)
    if as_json:
        click.echo(json_text({"ok": found.is_let_in, "login": found.login if found.is_let_in else None}))
    else:
        click.echo(f"{printable(found.login)} is let in" if found.is_let_in else "login or password is wrong")
    sys.exit(0 if found.is_let_in else 1)


@click.command(name="adopt")
@click.argument("login")
@click.argument("guid")
@COMPANY
@_DRY
@_JSON
@click.pass_context
def adopt_command(
    context: click.Context, login: str, guid: str, company: str | None, is_dry: bool, as_json: bool
) -> None:
    """Give the person of a login the account with an objectGUID.

    For an account that was made again for the same human being. Another person who had the account keeps the instance,
    inactive and under another login. The next sync brings the values of the account.
    """
    _perform(
        context,
        company,
        lambda one: adopt_person(one, directory_source(one), login, guid, is_dry=is_dry),
        as_json=as_json,
    )


@click.command(name="status")
@COMPANY
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="Number of syncs.")
@_JSON
@click.pass_context
def status_command(context: click.Context, company: str | None, limit: int, as_json: bool) -> None:
    """Show the newest syncs with the directory, and whether it has refused the account that reads it."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found, refused = read_syncs(runtime, limit=limit), read_refused_account(runtime)
        do = advice(runtime.settings.directory)
    if as_json:
        fields = ("account", "controller", "reason", "refused_at")
        shown = {name: getattr(refused, name) for name in fields} | {"do": do} if refused else None
        click.echo(json_text({"refused_account": shown, "syncs": [asdict(one) for one in found]}))
        return
    if refused:
        click.echo(f"{printable(str(refused))}; {printable(do)}")
    if not found:
        click.echo("There was no sync yet: start one with etl ad sync.")
    for one in found:
        state = one.result or ("is under way" if one.is_running else "was ended by force")
        of = f" of {printable(one.login)}" if one.login else ""
        click.echo(f"{one.run} {one.started_at:%Y-%m-%d %H:%M:%S}{of}: {state}, {counted(one.counts)}")
        if one.message:
            click.echo(f"  {printable(one.message)}")


def _perform(
    context: click.Context, company: str | None, act: Callable[[Runtime], SyncOutcome], *, as_json: bool
) -> None:
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        outcome = act(runtime)
    click.echo(json_text(_as_json(outcome))) if as_json else _show(outcome)
    sys.exit(outcome.exit_code)


def _as_json(outcome: SyncOutcome) -> dict[str, object]:
    return {
        "ok": outcome.exit_code == 0,
        "is_dry_run": outcome.is_dry,
        "unit": outcome.unit,
        "controller": outcome.controller,
        "users": outcome.users,
        "counts": dict(outcome.counts),
        "changes": [_change(one) for one in outcome.changes],
        "left_out": [_change(one) for one in outcome.left_out],
        "stops": [asdict(one) for one in outcome.stops],
        "warnings": list(outcome.warnings),
    }


def _change(change: AnyChange) -> dict[str, object]:
    return {"change": type(change).__name__, "text": str(change), **asdict(change)}


def _show(outcome: SyncOutcome) -> None:
    for warning in outcome.warnings:
        click.echo(f"warning: {printable(warning)}")
    for change in outcome.changes[:_SHOWN]:
        click.echo(f"{'would ' if outcome.is_dry or outcome.stops else ''}{printable(str(change))}")
    if len(outcome.changes) > _SHOWN:
        click.echo(f"… and {len(outcome.changes) - _SHOWN:,} more: --json shows all")
    for one in outcome.left_out:
        click.echo(f"left out: {printable(one.login or one.guid)}: {printable(one.reason)}")
    for stop in outcome.stops:
        click.echo(f"stopped by {printable(str(stop))}")
    click.echo(f"{outcome.users:,} users read from {printable(outcome.controller)}: {counted(outcome.counts)}")
    if outcome.is_dry:
        click.echo("Nothing is written: --dry-run.")
