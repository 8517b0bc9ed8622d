"""`etl undo`: reverts a run."""

from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.numbers import ID
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import dry_undo, open_runtime
from etl.engine import undo as undo_run
from etl.quoting.json_text import json_text


@click.command()
@click.argument("run", type=ID)
@COMPANY
@click.option("--dry-run", is_flag=True, help="Only say what would be reverted; other work on the store waits for it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def undo(context: click.Context, run: int, company: str | None, dry_run: bool, as_json: bool) -> None:
    """Revert what RUN changed in the golden store, except data that a later run changed.

    Changed columns get their old values, created instances become REMOVED, links are removed or restored; what waited
    for its end or its file before RUN waits again. The out_ tables follow. Errors, receipts and in_ rows of the run
    stay. RUN is the number that `etl run` and `etl runs list` print.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        undone = (dry_undo if dry_run else undo_run)(runtime, run)
    if as_json:
        found = asdict(undone) | ({"as_run": None} if dry_run else {})
        click.echo(json_text(found))
        return
    done = {what: rows for what, rows in undone.counters.items() if rows and what != "kept"}
    counts = ", ".join(f"{rows:,} {what}" for what, rows in done.items()) or "nothing to revert"
    did = (
        f"would be reverted: {counts}. Nothing is written" if dry_run else f"reverted as run {undone.as_run}: {counts}"
    )
    click.echo(f"Run {run} {did}.")
    if undone.counters["kept"]:
        click.echo(f"{undone.counters['kept']:,} instances keep what a later run changed.")
