"""`etl upgrade`: bring the engine's own tables to the versions of this program."""

from collections.abc import Iterable
from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.upgrade import finding_lines, progress_line, statement_lines, window_line
from etl.cli.upgrade_server import server
from etl.engine import AppliedMigration, Runtime, open_runtime, program_versions, read_holds
from etl.engine import upgrade as upgrade_tables
from etl.operations import check_upgrade, fill_table, finish_upgrade, read_upgrade, roll_back_upgrade, switch_table
from etl.operations.upgrade import JOURNAL_PARTITIONS, WINDOW_PAGES, RecordedChange, SwitchLimits
from etl.quoting.json_text import json_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_MAX_STOP = click.option(
    "--max-stop",
    type=click.FloatRange(min=0.1, max=600),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long at most others may have to wait for the table.",
)
_PATIENCE = click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long to try, where the table's lock is not free.",
)


@click.group()
def upgrade() -> None:
    """Bring the engine's own tables to the versions of this program.

    Small additions are made by every command that writes. What must not happen beside runs is a step of this command;
    until then other commands end with 2, or with 4 where a newer program has been. Large tables get another form beside
    runs: start, switch, finish.
    """


upgrade.add_command(server)


@upgrade.command()
@COMPANY
@_JSON
@click.pass_context
def check(context: click.Context, company: str | None, as_json: bool) -> None:
    """Say what an upgrade needs and meets; nothing is written.

    Pending migrations; of a large table size, time, room and locks, by a sample that is copied and rolled back. Exits
    with 0 if all is ready, with 1 if there are warnings, with 4 if something is in the way.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found = check_upgrade(runtime, JOURNAL_PARTITIONS)
    if as_json:
        click.echo(json_text(asdict(found)))
    else:
        _say(finding_lines(found))
    if found.obstacles:
        context.exit(4)
    if found.warnings and found.needs:
        context.exit(1)


@upgrade.command()
@COMPANY
@click.option(
    "--window",
    "window_pages",
    type=click.IntRange(1, 1_000_000),
    default=WINDOW_PAGES,
    show_default=True,
    metavar="PAGES",
    help="How much of a large table one transaction copies.",
)
@_JSON
@click.pass_context
def start(context: click.Context, company: str | None, window_pages: int, as_json: bool) -> None:
    """Apply all pending migrations, each in one transaction; where none is pending, fill large tables in a new form.

    For migrations stop the runners first: during a run the command exits with status 75, and no run begins until it
    ends. An unfinished run without a runner continues afterwards. When none is pending any more, runs are not in the
    way: large tables are filled beside them, and used from `etl upgrade switch` on. If the command is interrupted, call
    it again: it continues where it stopped.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        steps = upgrade_tables(runtime)
        is_held = any(not one.host for one in read_holds(runtime))
        recorded = None if is_held or steps else _fill(runtime, window_pages, is_shown=not as_json)
        found = read_upgrade(runtime, JOURNAL_PARTITIONS)
    if as_json:
        click.echo(json_text({"steps": [asdict(step) for step in steps], "online": asdict(found) if found else None}))
        return
    _say_migrations(steps)
    if recorded is not None and found is not None:
        click.echo(progress_line(found))
    elif is_held and not steps and found is not None and found.next_command == "etl upgrade start":
        click.echo(f"{found.name} waits for the end of the hold: call `etl upgrade start` again after `etl release`.")
    elif not steps:
        click.echo(f"Nothing to do: this program has {program_versions()}.")


def _fill(runtime: Runtime, window_pages: int, *, is_shown: bool) -> RecordedChange | None:
    def show(recorded: RecordedChange) -> None:
        if is_shown:
            click.echo(window_line(recorded), err=True)

    return fill_table(runtime, JOURNAL_PARTITIONS, show=show, window_pages=window_pages)


def _say_migrations(steps: Iterable[AppliedMigration]) -> None:
    for step in steps:
        click.echo(f"{step.schema}: {step.part} has version {step.version} now ({step.name}).")


@upgrade.command()
@COMPANY
@_JSON
@click.pass_context
def status(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show how far the change of a large table is, and index builds and other long statements on our tables."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found = read_upgrade(runtime, JOURNAL_PARTITIONS)
    if as_json:
        click.echo(json_text({"online": asdict(found) if found else None}))
        return
    if found is None:
        click.echo("There is no golden store of this version yet: nothing to show.")
        return
    click.echo(progress_line(found))
    _say(statement_lines(found))


@upgrade.command()
@COMPANY
@_MAX_STOP
@_PATIENCE
@_JSON
@click.pass_context
def switch(context: click.Context, company: str | None, max_stop: float, patience: float, as_json: bool) -> None:
    """Use the new table instead of the old one, which is kept until `etl upgrade finish`.

    Both are compared first. Then the table is locked for less than --max-stop. From then on programs before this
    version do not write to the store; with `etl upgrade rollback` they may again.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = switch_table(runtime, JOURNAL_PARTITIONS, SwitchLimits(max_stop, patience), show=_show)
    if as_json:
        click.echo(json_text(asdict(done)))
        return
    click.echo(
        f"{JOURNAL_PARTITIONS.name} is switched: {done.rows} rows are equal in both tables; the stop took "
        f"{done.seconds:.2f} s, in try {done.tries}. Next: `etl upgrade finish`, or `etl upgrade rollback`."
    )


@upgrade.command()
@COMPANY
@_MAX_STOP
@_PATIENCE
@_JSON
@click.pass_context
def rollback(context: click.Context, company: str | None, max_stop: float, patience: float, as_json: bool) -> None:
    """Use the former table again, with all that was written since, and drop the new one."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = roll_back_upgrade(runtime, JOURNAL_PARTITIONS, SwitchLimits(max_stop, patience), show=_show)
    if as_json:
        click.echo(json_text({"switched": asdict(done) if done else None}))
    elif done is None:
        click.echo(f"{JOURNAL_PARTITIONS.name}: the new table is dropped; it was not used yet.")
    else:
        click.echo(
            f"{JOURNAL_PARTITIONS.name} is rolled back with {done.rows} rows; the stop took {done.seconds:.2f} s, in "
            f"try {done.tries}. The new table is dropped."
        )


@upgrade.command()
@COMPANY
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@_JSON
@click.pass_context
def finish(context: click.Context, company: str | None, is_sure: bool, as_json: bool) -> None:
    """Drop the former table. Then there is no rollback, and older programs never write to this store again.

    Asks for the name of the change to be typed, which `etl upgrade status` shows; with --yes it does not.
    """
    if not is_sure:
        typed = click.prompt(
            "There is no rollback afterwards: a backup from before is all that is left of the former table. Type the "
            "name of the change",
            err=True,
        )
        if typed.strip() != JOURNAL_PARTITIONS.name:
            raise click.UsageError(f"this is not {JOURNAL_PARTITIONS.name}: nothing was dropped")
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        finish_upgrade(runtime, JOURNAL_PARTITIONS)
    if as_json:
        click.echo(json_text({"finished": JOURNAL_PARTITIONS.name}))
        return
    click.echo(f"{JOURNAL_PARTITIONS.name} is finished: the former table is dropped.")


def _show(line: str) -> None:
    click.echo(line, err=True)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
