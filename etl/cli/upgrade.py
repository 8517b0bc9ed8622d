"""`etl upgrade`: bring the engine's own tables to the versions of this program."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.upgrade import finding_lines, progress_line, statement_lines, window_line
from etl.cli.upgrade_server import server
from etl.engine import AppliedMigration, Runtime, open_runtime, program_versions, read_holds
from etl.engine import upgrade as upgrade_tables
from etl.operations import (
    ChangeProgress,
    check_upgrade,
    fill_table,
    finish_upgrade,
    read_upgrade,
    roll_back_upgrade,
    switch_table,
)
from etl.operations.upgrade import (
    CHANGES,
    WINDOW_PAGES,
    ChangeState,
    OnlineChange,
    RecordedChange,
    SwitchLimits,
    TableSwitch,
)
from etl.operations.upgrade import changes_in as upgrades_in
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


_CHANGE = click.option(
    "--change",
    "names",
    type=click.Choice([change.name for change in CHANGES]),
    multiple=True,
    metavar="NAME",
    help=f"One of {' and '.join(change.name for change in CHANGES)}; without it all that are so far.",
)


def _chosen(names: Sequence[str]) -> list[OnlineChange]:
    return [change for change in CHANGES if not names or change.name in names]


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
        found = check_upgrade(runtime, CHANGES)
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
@_CHANGE
@_JSON
@click.pass_context
def start(
    context: click.Context, company: str | None, window_pages: int, names: tuple[str, ...], as_json: bool
) -> None:
    """Apply all pending migrations, each in one transaction; where none is pending, fill large tables in a new form.

    For migrations stop the runners first: during a run the command exits with status 75, and no run begins until it
    ends. An unfinished run without a runner continues afterwards. When none is pending any more, runs are not in the
    way: large tables are filled beside them, and used from `etl upgrade switch` on. If the command is interrupted, call
    it again: it continues where it stopped.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        steps = upgrade_tables(runtime)
        is_held = any(not one.host for one in read_holds(runtime))
        filled = [] if is_held or steps else _fill(runtime, _chosen(names), window_pages, is_shown=not as_json)
        found = _progress(runtime)
    if as_json:
        click.echo(json_text({"steps": [asdict(step) for step in steps], "online": [asdict(one) for one in found]}))
        return
    _say_migrations(steps)
    lines = [progress_line(one) for one in found if one.name in filled]
    if is_held and not steps:
        lines += [
            f"{one.name} waits for the end of the hold: call `etl upgrade start` again after `etl release`."
            for one in found
            if one.next_command == "etl upgrade start"
        ]
    _say(lines or ([] if steps else [f"Nothing to do: this program has {program_versions()}."]))


def _fill(runtime: Runtime, changes: Iterable[OnlineChange], window_pages: int, *, is_shown: bool) -> list[str]:
    """The names of the changes that have begun, each filled."""

    def show(recorded: RecordedChange) -> None:
        if is_shown:
            click.echo(window_line(recorded), err=True)

    return [
        change.name
        for change in changes
        if fill_table(runtime, change, show=show, window_pages=window_pages) is not None
    ]


def _progress(runtime: Runtime) -> list[ChangeProgress]:
    return [found for change in CHANGES if (found := read_upgrade(runtime, change)) is not None]


def _say_migrations(steps: Iterable[AppliedMigration]) -> None:
    for step in steps:
        click.echo(f"{step.schema}: {step.part} has version {step.version} now ({step.name}).")


@upgrade.command()
@COMPANY
@_JSON
@click.pass_context
def status(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show how far the changes of large tables are, and index builds and other long statements on our tables."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        found = _progress(runtime)
    if as_json:
        click.echo(json_text({"online": [asdict(one) for one in found]}))
        return
    if not found:
        click.echo("There are no tables of this version yet: nothing to show.")
        return
    _say(progress_line(one) for one in found)
    _say(dict.fromkeys(line for one in found for line in statement_lines(one)))


@upgrade.command()
@COMPANY
@_MAX_STOP
@_PATIENCE
@_CHANGE
@_JSON
@click.pass_context
def switch(
    context: click.Context,
    company: str | None,
    max_stop: float,
    patience: float,
    names: tuple[str, ...],
    as_json: bool,
) -> None:
    """Use the new tables instead of the old ones, which are kept until `etl upgrade finish`.

    Both are compared first. Then the table is locked for less than --max-stop. From then on programs before this
    version do not write there; with `etl upgrade rollback` they may again. Of several tables one comes after the other.
    """
    done: list[dict[str, object]] = []
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        for change in upgrades_in(runtime, _chosen(names), [ChangeState.READY]):
            switched = switch_table(runtime, change, SwitchLimits(max_stop, patience), show=_show)
            done.append({"change": change.name, **asdict(switched)})
            if not as_json:
                click.echo(
                    f"{change.name} is switched: {switched.rows} rows are equal in both tables; the stop took "
                    f"{switched.seconds:.2f} s, in try {switched.tries}. Next: `etl upgrade finish`, or `etl upgrade "
                    "rollback`."
                )
    if as_json:
        click.echo(json_text({"switched": done}))


@upgrade.command()
@COMPANY
@_MAX_STOP
@_PATIENCE
@_CHANGE
@_JSON
@click.pass_context
def rollback(
    context: click.Context,
    company: str | None,
    max_stop: float,
    patience: float,
    names: tuple[str, ...],
    as_json: bool,
) -> None:
    """Use the former tables again, with all that was written since, and drop the new ones."""
    done: list[dict[str, object]] = []
    states = [ChangeState.FILLING, ChangeState.READY, ChangeState.SWITCHED]
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        for change in upgrades_in(runtime, _chosen(names), states):
            switched = roll_back_upgrade(runtime, change, SwitchLimits(max_stop, patience), show=_show)
            done.append({"change": change.name, "switched": asdict(switched) if switched else None})
            if not as_json:
                click.echo(_rolled_back(change, switched))
    if as_json:
        click.echo(json_text({"rolled_back": done}))


def _rolled_back(change: OnlineChange, switched: TableSwitch | None) -> str:
    if switched is None:
        return f"{change.name}: the new table is dropped; it was not used yet."
    return (
        f"{change.name} is rolled back with {switched.rows} rows; the stop took {switched.seconds:.2f} s, in try "
        f"{switched.tries}. The new table is dropped."
    )


@upgrade.command()
@COMPANY
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@_CHANGE
@_JSON
@click.pass_context
def finish(context: click.Context, company: str | None, is_sure: bool, names: tuple[str, ...], as_json: bool) -> None:
    """Drop the former tables. Then there is no rollback, and older programs never write there again.

    Asks for the name of each change to be typed, which `etl upgrade status` shows; with --yes it does not.
    """
    finished: list[str] = []
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        for change in upgrades_in(runtime, _chosen(names), [ChangeState.SWITCHED]):
            if not is_sure:
                _ask_for_name(change)
            finish_upgrade(runtime, change)
            finished.append(change.name)
            if not as_json:
                click.echo(f"{change.name} is finished: the former table is dropped.")
    if as_json:
        click.echo(json_text({"finished": finished}))


def _ask_for_name(change: OnlineChange) -> None:
    typed = click.prompt(
        f"There is no rollback of {change.name} afterwards: a backup from before is all that is left of the former "
        "table. Type the name of the change",
        err=True,
    )
    if typed.strip() != change.name:
        raise click.UsageError(f"this is not {change.name}: its former table was not dropped")


def _show(line: str) -> None:
    click.echo(line, err=True)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
