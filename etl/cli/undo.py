"""`etl undo`: reverts a run."""

import json
from dataclasses import asdict

import click

from etl.cli.log import follow_log
from etl.cli.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.engine import undo as undo_run


@click.command()
@click.argument("run", type=int)
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def undo(context: click.Context, run: int, company: str | None, as_json: bool) -> None:
    """Revert what RUN changed in the golden store, except data that a later run changed.

    Changed columns get their old values, created instances become REMOVED, links are removed or restored; what waited
    for its end or its file before RUN waits again. The out_ tables follow. Errors, receipts and in_ rows of the run
    stay. RUN is the number that `etl run` and `etl status` print.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        undone = undo_run(runtime, run)
    if as_json:
        click.echo(json.dumps(asdict(undone), ensure_ascii=False))
        return
    done = {what: rows for what, rows in undone.counters.items() if rows and what != "kept"}
    counts = ", ".join(f"{rows:,} {what}" for what, rows in done.items()) or "nothing to take back"
    click.echo(f"Run {run} reverted as run {undone.as_run}: {counts}.")
    if undone.counters["kept"]:
        click.echo(f"{undone.counters['kept']:,} instances keep what a later run has touched.")
