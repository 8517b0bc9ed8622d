"""`etl upgrade`: bring the engine's own tables to the versions of this program."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import partial

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.upgrade import finding_lines, progress_line, statement_lines, window_line
from etl.cli.screen.upgrade_again import SPEED, WATCH, show_again
from etl.cli.upgrade_server import server
from etl.engine import AppliedMigration, Runtime, open_runtime, program_versions, read_holds
from etl.engine import upgrade as upgrade_tables
from etl.operations import (
    ChangeProgress,
    check_upgrade,
    fill_table,
    finish_upgrade,
    open_installation,
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
    set_pace,
    waits_for,
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

    Pending migrations; of a large table size, time, room and locks, by a sample that is copied and rolled back; keys of
    the configuration with new names, other processes of etl and their versions, the last backup. Exits with 0 if all
    is ready, with 1 if there are warnings, with 4 if something is in the way.
    """
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        found = check_upgrade(installation.runtime, CHANGES, installation.tree.contents)
    if as_json:
        click.echo(json_text(asdict(found)))
    else:
        _say(finding_lines(found))
    if found.obstacles:
        context.exit(4)
    if found.warnings and found.is_needed:
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
@SPEED
@_CHANGE
@_JSON
@click.pass_context
def start(
    context: click.Context,
    company: str | None,
    window_pages: int,
    speed: int | None,
    names: tuple[str, ...],
    as_json: bool,
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
        if speed:
            set_pace(runtime, speed=speed)
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
        if fill_table(runtime, change, show=show, show_wait=partial(_show_wait, change), window_pages=window_pages)
        is not None
    ]


def _show_wait(change: OnlineChange, reason: str) -> None:
    _show(f"{change.name}: {reason}")


def _progress(runtime: Runtime) -> list[ChangeProgress]:
    return [found for change in CHANGES if (found := read_upgrade(runtime, change)) is not None]


def _say_migrations(steps: Iterable[AppliedMigration]) -> None:
    for step in steps:
        click.echo(f"{step.schema}: {step.part} has version {step.version} now ({step.name}).")


@upgrade.command()
@COMPANY
@_JSON
@click.pass_context
def pause(context: click.Context, company: str | None, as_json: bool) -> None:
    """Let the fill of large tables wait after its window, until `etl upgrade resume`.

    Runs, readers and partners are not concerned. `etl upgrade start` that is under way stays there and waits, and so
    does one that is called later.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        pace = set_pace(runtime, is_paused=True)
    click.echo(json_text(asdict(pace)) if as_json else f"The fill is {pace}.")


@upgrade.command()
@COMPANY
@SPEED
@_JSON
@click.pass_context
def resume(context: click.Context, company: str | None, speed: int | None, as_json: bool) -> None:
    """Let the fill of large tables continue, or say how fast it may be."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        pace = set_pace(runtime, is_paused=False, speed=speed)
    line = f"The fill is {pace}; it works where `etl upgrade start` is under way."
    click.echo(json_text(asdict(pace)) if as_json else line)


@upgrade.command()
@COMPANY
@WATCH
@_JSON
@click.pass_context
def status(context: click.Context, company: str | None, seconds: float | None, as_json: bool) -> None:
    """Show how far the changes of large tables are, and index builds and other long statements on our tables."""
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        if seconds is None:
            _say(_status_lines(runtime, as_json=as_json))
        else:
            show_again(lambda: _status_lines(runtime, as_json=as_json), seconds, as_json=as_json)


def _status_lines(runtime: Runtime, *, as_json: bool) -> list[str]:
    found = _progress(runtime)
    waits = waits_for(runtime)
    if as_json:
        return [json_text({"online": [asdict(one) for one in found], "waits": waits})]
    if not found:
        return ["There are no tables of this version yet: nothing to show."]
    statements = dict.fromkeys(line for one in found for line in statement_lines(one))
    return [*map(progress_line, found), *(f"The fill waits: {one}" for one in waits), *statements]


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
