"""`etl run`: checks the marker and, if rows are ready, performs a run, for cron and timers; or a service that waits."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from etl.cli.screen.log import follow_log, open_log
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.engine import Outcome, Runtime, open_runtime, run_once, send_alerts, watch_feed
from etl.errors import EtlError
from etl.notifications.telemetry import exporting, is_asked_for
from etl.quoting import printable
from etl.quoting.json_text import json_text

if TYPE_CHECKING:
    from etl.engine import DryRun
    from etl.monitoring import Seen

# A run that is over sooner needs no bars.
_BARS_SECONDS = 0.5


@click.command()
@COMPANY
@click.option("--dry-run", "is_dry", is_flag=True, help="Run in a transaction that is rolled back, and report.")
@click.option(
    "--accept",
    is_flag=True,
    help="Import rows although a limit on mass changes (maxRemovedShare etc.) has stopped their run.",
)
@click.option("--loop", "is_loop", is_flag=True, help="Run as a service, at each scheduled time and each hand-over.")
@click.option(
    "--join", "joins", is_flag=True, help="If another runner has the marker, help it until its run has ended."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --loop a line for each run.")
@click.pass_context
def run(
    context: click.Context,
    company: str | None,
    is_dry: bool,
    accept: bool,
    is_loop: bool,
    joins: bool,
    as_json: bool,
) -> None:
    """Import the rows that are ready, if the marker says so.

    Looks at the row of process_tracking with the highest id. When the partner handed over, claims what is ready, merges
    it into the golden store and brings the out_ schema up to date. A run that another runner left is taken over.

    With --loop it is a service: SIGTERM ends it within five seconds, a second one at once, SIGHUP reads the
    configuration again; changes of the configuration take effect by themselves. Services share a run: one owns
    it, the others help.
    """
    url = config_url(context)
    if is_loop:
        if is_dry or accept:
            raise click.UsageError("--loop goes with neither --dry-run nor --accept: these are for one run")
        from etl.engine import run_loop

        run_loop(
            url, company, os.environ, open_log(is_service=True), _print_line if as_json else _keep_quiet, _telemetry
        )
    if joins and is_dry:
        raise click.UsageError("--join does not go with --dry-run: that one writes nothing, so it has nothing to share")
    if is_dry:
        sys.exit(_try_out(url, company, accept=accept, as_json=as_json))
    with (
        open_runtime(url, company, follow=follow_log()) as runtime,
        _telemetry(runtime),
        _bars(runtime, is_shown=not as_json),
    ):
        outcome = _run(runtime, _run_or_help() if joins else run_once, accept=accept)
    if as_json:
        _print_line(outcome)
    else:
        show_outcome(outcome)
    sys.exit(outcome.exit_code)


def _try_out(url: str, company: str | None, *, accept: bool, as_json: bool) -> int:
    # Here and below, since few runs need it.
    from etl.engine import dry_run

    with open_runtime(url, company, follow=follow_log()) as runtime:
        found = dry_run(runtime, accept=accept)
    if as_json:
        click.echo(json_text(asdict(found) | {"exit_code": found.exit_code}))
    else:
        _show_dry_run(found)
    return found.exit_code


def _run_or_help() -> Callable[..., Outcome]:
    from etl.engine import run_or_help

    return run_or_help


def _print_line(outcome: Outcome) -> None:
    click.echo(json_text(asdict(outcome) | {"exit_code": outcome.exit_code}))
    sys.stdout.flush()


def _keep_quiet(outcome: Outcome) -> None:
    """Prints nothing: the log has it."""


def _run(runtime: Runtime, once: Callable[..., Outcome], *, accept: bool) -> Outcome:
    """One call of `once`, followed in any case by a check whether the feed is late or stalled, and by what no process
    has sent of topics."""
    try:
        outcome = once(runtime, accept=accept)
    except EtlError:
        _notify(runtime)
        raise
    _notify(runtime)
    return outcome


def _notify(runtime: Runtime) -> None:
    watch_feed(runtime)
    send_alerts(runtime)


def _telemetry(runtime: Runtime) -> AbstractContextManager[None]:
    if not is_asked_for(os.environ):
        return nullcontext()
    from etl.monitoring import MEASURES, AgeSampler, measure

    book = AgeSampler()
    return exporting(MEASURES, lambda: measure(runtime, book), os.environ)


@contextmanager
def _bars(runtime: Runtime, *, is_shown: bool) -> Iterator[None]:
    if not (is_shown and sys.stdout.isatty() and sys.stderr.isatty()):
        yield
        return
    from rich.live import Live

    from etl.cli.screen.live import run_view
    from etl.monitoring import Watcher

    with Live(console=console(), auto_refresh=False, transient=True) as live:

        def show(seen: "Seen") -> None:
            if not isinstance(seen, str):
                live.update(run_view(seen), refresh=True)

        with Watcher(runtime, show, _BARS_SECONDS):
            yield


def show_outcome(outcome: Outcome) -> None:
    if outcome.helped:
        click.echo(f"Helped another runner: {outcome.helped:,} tasks.")
    if outcome.run is None:
        click.echo(f"Nothing {'more ' if outcome.helped else ''}to do: {outcome.reason}.")
        return
    from etl.cli.screen.tables import receipts_table

    click.echo(f"Run {outcome.run} done in {outcome.seconds:.1f} s: {outcome.reason}.")
    console().print(receipts_table(outcome.receipts))
    if outcome.resolved:
        click.echo(f"{outcome.resolved:,} waiting links found their ends.")
    if outcome.out_schema:
        moves = ", ".join(f"{rows:,} rows {what}" for what, rows in outcome.out.items() if rows) or "nothing to change"
        click.echo(f"{outcome.out_schema}: {moves}.")
    for sentence in outcome.unread:
        click.echo(f"{printable(sentence)}.")
    if outcome.errors:
        click.echo(f"{outcome.errors:,} error rows: `etl errors` lists them.")


def _show_dry_run(found: "DryRun") -> None:
    from etl.cli.screen.tables import plain_table, receipts_table

    out = console()
    click.echo("Dry run: nothing was written. A run would do this with the rows that are ready now:")
    out.print(receipts_table(found.receipts))
    if found.resolved:
        click.echo(f"{found.resolved:,} waiting links would find their ends.")
    for title, rows, columns, number in (
        ("Changed instances by column:", found.changed, ["bo", "column_name", "instances"], "instances"),
        ("Errors:", found.errors, ["in_table", "code", "column_name", "severity", "rows"], "rows"),
        ("Some of them:", found.examples, ["in_table", "row_id", "in_id", "message"], "row_id"),
    ):
        if rows:
            click.echo(title)
            out.print(plain_table(columns, [[row[name] for name in columns] for row in rows], numbers={number}))
