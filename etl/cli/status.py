"""`etl status`: the state of a company's migration."""

from dataclasses import asdict

import click

from etl.cli.screen.advice import Advice
from etl.cli.screen.directory import directory_json, directory_lines
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import plain_table, readers_table, receipts_table, runners_table, versions_table
from etl.cli.screen.topics import topics_json, topics_view
from etl.engine import Status, open_runtime, read_status
from etl.monitoring import read_topics_status, situation_of
from etl.monitoring.backup_checks import last_backup
from etl.quoting import printable
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option("--watch", "is_watched", is_flag=True, help="Refresh until q or Ctrl-C.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Seconds between refreshes of --watch.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --watch an object per line and change.")
@click.pass_context
def status(context: click.Context, company: str | None, is_watched: bool, interval: float, as_json: bool) -> None:
    """Show what an operator has to know first, then marker, run, errors, waiting links, out_ versions and topics.

    Writes nothing. The first line is the sentence of the console's page Now, with the commands that fit below it.
    With --watch a live view on a terminal, the same sentence first, and into a pipe a line for each change.
    """
    with open_runtime(config_url(context), company) as runtime:
        if is_watched:
            # Imported here: only a watcher needs a keyboard.
            from etl.cli.screen.watching import watch

            watch(runtime, interval, company, as_json=as_json)
            return
        found = read_status(runtime)
        topics = None if found.is_unreadable else read_topics_status(runtime)
        situation = situation_of(runtime, found, topics=topics)
    advice, directory = Advice(situation, company), situation.syncs
    if as_json:
        whole = advice.as_json | asdict(found) | {"kafka": topics_json(topics), "directory": directory_json(directory)}
        click.echo(json_text(whole))
        return
    for line in advice.lines:
        click.echo(line)
    _show(found)
    for line in directory_lines(directory):
        click.echo(line)
    if topics:
        console().print(topics_view(topics))


def _show(found: Status) -> None:
    out = console()
    click.echo(f"Company {found.company}, schema {found.in_schema}: {found.reason}.")
    for hold in found.holds:
        click.echo(f"On hold: {printable(str(hold))}.")
    for warning in found.warnings:
        click.echo(f"Warning: {printable(warning)}.")
    if found.run:
        ended = f", ended {found.run['finished_at']:%Y-%m-%d %H:%M:%S}" if found.run["finished_at"] else ""
        click.echo(
            f"Newest run {found.run['run']}: {found.run['state']}, started {found.run['started_at']:%F %T}{ended}."
        )
        if found.run["message"]:
            click.echo(f"  {found.run['message']}")
    aside = [task for task in found.tasks if task["state"] == "quarantined"]
    if found.run and (aside or (found.tasks and found.run["state"] != "done")):
        columns = ["kind", "state", "tasks", "claimed_rows", "error"]
        out.print(plain_table(columns, [[row[name] for name in columns] for row in found.tasks], numbers={"tasks"}))
    if aside:
        click.echo("Tasks were set aside, their rows rejected unread: fix what broke their runners, then")
        click.echo("`etl errors retry --code CHUNK_QUARANTINED`, and hand over.")
    if found.runners and (len(found.runners) > 1 or found.runners[0]["beat_age"] is not None):
        out.print(runners_table(found.runners))
    if found.receipts:
        out.print(receipts_table(found.receipts))
    _show_rows("Errors of this run", found.errors, ["in_table", "code", "column_name", "severity", "rows"])
    _show_rows("Waiting links", found.waiting, ["bo", "field", "target_bo", "links", "since"])
    if found.out_versions:
        click.echo("Out versions:")
        out.print(versions_table(found.out_versions))
    if found.readers:
        click.echo("Readers that confirm:")
        out.print(readers_table(found.readers))
    if found.backups:
        click.echo(f"Backups: {printable(last_backup(found.backups))}.")


def _show_rows(title: str, rows: tuple[dict[str, object], ...], columns: list[str]) -> None:
    if rows:
        click.echo(f"{title}:")
        shown = [[_short(row[name]) for name in columns] for row in rows]
        console().print(plain_table(columns, shown, numbers={"rows", "links"}))


def _short(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M:%S}" if hasattr(value, "strftime") else value
