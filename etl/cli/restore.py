"""`etl restore`: a backup into databases, held until it is activated; or a drill of that."""

from dataclasses import asdict
from pathlib import Path

import click

from etl.cli.screen.backups import PROGRAMS, say_not_noted
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.config import open_source
from etl.engine import open_runtime
from etl.errors import EnvironmentFault, EtlError
from etl.monitoring import Level
from etl.operations import DUMPS, Depth, Drill, activate, drill, hold, note_in_store, open_installation, verify
from etl.operations import restore as restore_backup
from etl.quoting.json_text import json_text
from etl.web.identity.store import WEB


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@COMPANY
@click.option("--only", multiple=True, type=click.Choice(DUMPS), help="Restore this dump; may be repeated.")
@click.option("--no-privileges", is_flag=True, help="Restore no grants, so that their roles need not exist.")
@click.option("--drill", "is_drill", is_flag=True, help="Try it on a server of its own, which is then removed.")
@click.option("--hold", "is_holding", is_flag=True, help="Hold databases that other programs have restored.")
@click.option("--activate", "is_activation", is_flag=True, help="Let programs write in what was restored.")
@PROGRAMS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def restore(
    context: click.Context,
    folder: Path | None,
    company: str | None,
    only: tuple[str, ...],
    no_privileges: bool,
    is_drill: bool,
    is_holding: bool,
    is_activation: bool,
    programs: str,
    as_json: bool,
) -> None:
    """Restore the backup in FOLDER into the databases that the configuration names.

    Every file is checked first, and the schemas must not exist yet. All rows are compared with the backup. What was
    restored is held: no run, batch or output writes there before `etl restore --activate`, which refuses while `etl
    verify` finds an error. It first repeats the erasures (`etl erase`) that the backup is older than. Sign-ins at the
    console have ended.

    With --hold the databases are held as they are, after a restore by other means: pgBackRest, Barman, a copy of disks.

    With --drill the backup is restored on an embedded server, compared, and a run is tried there. In these databases
    only the time of the drill is noted, for `etl check`.
    """
    if sum((folder is not None, is_holding, is_activation)) != 1 or (is_drill and folder is None):
        raise click.UsageError("name the folder of a backup, or one of --hold and --activate")
    if (only or no_privileges) and (folder is None or is_drill):
        raise click.UsageError("--only and --no-privileges are for a restore into the configured databases")
    if folder is None:
        (_hold if is_holding else _activate)(context, company, as_json=as_json)
    elif is_drill:
        _drill(context, company, folder, programs, as_json=as_json)
    else:
        _restore(context, folder, company, only=only, programs=programs, privileges=not no_privileges, as_json=as_json)


def _restore(
    context: click.Context,
    folder: Path,
    company: str | None,
    *,
    only: tuple[str, ...],
    programs: str,
    privileges: bool,
    as_json: bool,
) -> None:
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        done = restore_backup(installation, folder, only=only, programs=programs, privileges=privileges, web=WEB)
    if as_json:
        click.echo(json_text({"rows": done.rows, "seconds": done.seconds}))
        return
    _show_rows(done.rows)
    for left_out in done.manifest.left_out:
        click.echo(f"was left out of the backup: {left_out}")
    click.echo(
        f"Restored as of {done.manifest.taken_at:%F %T %Z} in {done.seconds:.0f} s, and held: nothing is written."
    )
    click.echo("Next: `etl verify`, then `etl restore --activate`.")


def _hold(context: click.Context, company: str | None, *, as_json: bool) -> None:
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        schemas = hold(installation)
    if as_json:
        click.echo(json_text({"schemas": schemas}))
    elif schemas:
        click.echo(f"Held: nothing is written in {', '.join(schemas)}.")
        click.echo("Next: `etl verify`, then `etl restore --activate`.")
    else:
        click.echo("There is nothing to hold.")


def _activate(context: click.Context, company: str | None, *, as_json: bool) -> None:
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        errors = [one for one in verify(installation, Depth.ROWS) if one.level is Level.ERROR]
        if errors:
            lines = "\n".join(f"  {one.what}: {one.found}" for one in errors)
            raise EnvironmentFault(f"nothing is activated while `etl verify` finds errors:\n{lines}")
        schemas, erased = activate(installation)
    if as_json:
        click.echo(json_text({"schemas": schemas, "erased": [asdict(one) for one in erased]}))
        return
    if erased:
        click.echo(f"Repeated {len(erased):,} erasures that the backup is older than.")
    click.echo(f"Programs may write in {', '.join(schemas)} again." if schemas else "Nothing was held.")


def _drill(context: click.Context, company: str | None, folder: Path, programs: str, *, as_json: bool) -> None:
    done = drill(folder, programs=programs, web=WEB)
    say_not_noted(_note(config_url(context), company, done, folder))
    if as_json:
        click.echo(json_text({"rows": done.rows, "seconds": done.seconds, "run": done.run}))
        return
    _show_rows(done.rows)
    click.echo(
        f"Every table is equal to the backup of {done.manifest.taken_at:%F %T %Z}; restored in {done.seconds:.0f} s."
    )
    click.echo(f"Then {done.run}.")


def _note(url: str, company: str | None, done: Drill, folder: Path) -> str:
    """Why the company's store could not note the drill; a drill needs neither a configuration nor its databases."""
    try:
        with open_source(url) as source:
            if not source.snapshot().contents:
                return f"there is no configuration in {url}"
        with open_runtime(url, company or done.manifest.company) as runtime:
            return note_in_store(runtime, done.manifest, folder, is_drill=True)
    except EtlError as fault:
        return str(fault)


def _show_rows(rows: dict[str, int]) -> None:
    for name, number in rows.items():
        click.echo(f"{name}: {number:,} rows")
