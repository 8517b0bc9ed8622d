"""`etl backup`: dumps of all databases of a company at one moment, with its configuration; and the backups in a
folder."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from etl.cli.screen.backups import PROGRAMS, say_not_noted, shown_size
from etl.cli.screen.log import follow_log
from etl.cli.screen.numbers import LARGEST
from etl.cli.screen.printing import COMPANY, config_url
from etl.operations import (
    Backup,
    KeptBackup,
    Pruned,
    back_up,
    back_up_by,
    kept_backups,
    note_in_store,
    open_installation,
    prune,
)
from etl.quoting import printable
from etl.quoting.json_text import json_text


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder to write; it must not exist.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder of backups; the new one is named by company and time.",
)
@click.option(
    "--keep", type=click.IntRange(1, LARGEST), metavar="N", help="With --into: delete all but the newest N after it."
)
@click.option("--list", "is_list", is_flag=True, help="With --into: show the backups that are there.")
@click.option("--prune", "is_prune", is_flag=True, help="With --into and --keep: delete, and make no backup.")
@click.option("--by", metavar="COMMAND", default="", help="Program that backs the servers up: pgBackRest, Barman.")
@COMPANY
@PROGRAMS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def backup(
    context: click.Context,
    output: Path | None,
    into: Path | None,
    keep: int | None,
    is_list: bool,
    is_prune: bool,
    by: str,
    company: str | None,
    programs: str,
    as_json: bool,
) -> None:
    """Write a backup of import, store, out_ tables, the console's users, and the configuration.

    Runs, batches and partners work meanwhile and wait for nothing; the backup shows one moment of all databases. A
    backup that is interrupted leaves nothing. Secrets of the configuration are left out, references to them stay.

    With --keep the newest N backups of each company in the folder stay, and in any case the newest one whose files are
    whole and the newest one that a drill has restored.

    With --by the rows are kept by another program, which is started; a restore point is noted in each server after it.
    """
    _refuse_unfit(output, into, keep, is_list=is_list, is_prune=is_prune)
    if into and is_list:
        _show_list(kept_backups(into), as_json=as_json)
    elif into and keep and is_prune:
        _show_pruned(prune(into, keep), as_json=as_json)
    else:
        _back_up(context, output, into, keep, by=by, company=company, programs=programs, as_json=as_json)


def _refuse_unfit(output: Path | None, into: Path | None, keep: int | None, *, is_list: bool, is_prune: bool) -> None:
    if (output is None) == (into is None):
        raise click.UsageError("name the folder to write by -o, or a folder of backups by --into")
    if into is None and (keep or is_list or is_prune):
        raise click.UsageError("--keep, --list and --prune are for a folder of backups: name it by --into")
    if is_prune and not keep:
        raise click.UsageError("say by --keep how many backups stay")
    if is_list and (keep or is_prune):
        raise click.UsageError("--list changes nothing: leave out --keep and --prune")


def _back_up(
    context: click.Context,
    output: Path | None,
    into: Path | None,
    keep: int | None,
    *,
    by: str,
    company: str | None,
    programs: str,
    as_json: bool,
) -> None:
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        code = installation.runtime.company.code
        target = output or (into or Path()) / f"{code}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}"
        made = (
            back_up_by(installation, target, by, os.environ) if by else back_up(installation, target, programs=programs)
        )
        say_not_noted(note_in_store(installation.runtime, made.manifest, made.folder))
    pruned = prune(into, keep) if into and keep else Pruned((), ())
    if as_json:
        seen = {"folder": str(made.folder), "seconds": made.seconds, **made.manifest.model_dump(mode="json")}
        click.echo(json_text(seen | _as_json(pruned)))
        return
    _show_made(made)
    if into and keep:
        _show_pruned(pruned, as_json=False)


def _show_made(made: Backup) -> None:
    manifest = made.manifest
    for one in manifest.dumps:
        click.echo(f"{one.name}: {len(one.tables)} tables, {one.rows:,} rows, {shown_size(one.file.size)}")
    for left_out in manifest.left_out:
        click.echo(f"left out: {left_out}")
    if manifest.restore_point:
        click.echo(f"restore point: {manifest.restore_point}")
    click.echo(f"{made.folder} is the backup of {manifest.taken_at:%F %T %Z}, made in {made.seconds:.0f} s.")


def _show_list(backups: tuple[KeptBackup, ...], *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text({"backups": [_listed(one) for one in backups]}))
        return
    for one in backups:
        drilled = f"drilled {one.drilled_at:%F %T %Z}" if one.drilled_at else "not drilled"
        of = (
            f"{one.manifest.taken_at:%F %T %Z}  {one.manifest.company}  {shown_size(one.manifest.size)}  {drilled}  "
            if one.manifest
            else ""
        )
        click.echo(f"{one.state}  {of}{printable(str(one.folder))}")
    if not backups:
        click.echo("There is no backup.")


def _listed(one: KeptBackup) -> dict[str, object]:
    manifest = one.manifest
    return {
        "folder": str(one.folder),
        "state": one.state,
        "company": manifest.company if manifest else None,
        "taken_at": manifest.taken_at.isoformat() if manifest else None,
        "size": manifest.size if manifest else None,
        "drilled_at": one.drilled_at.isoformat() if one.drilled_at else None,
    }


def _show_pruned(pruned: Pruned, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(_as_json(pruned)))
        return
    for folder in pruned.deleted:
        click.echo(f"deleted: {printable(str(folder))}")
    for folder in pruned.in_use:
        click.echo(f"not deleted, as a process reads or writes it: {printable(str(folder))}")
    if not (pruned.deleted or pruned.in_use):
        click.echo("Nothing was deleted.")


def _as_json(pruned: Pruned) -> dict[str, list[str]]:
    return {"deleted": [str(one) for one in pruned.deleted], "in_use": [str(one) for one in pruned.in_use]}
