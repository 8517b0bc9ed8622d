"""`etl recover`: out_ tables, or the mirror beside them, from the golden store."""

from dataclasses import asdict

import click

from etl.cli.kafka_out import listed_codes
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.operations.recover import Target, begin_recovery, continue_recovery, give_up_recovery
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option("--to", "target", type=click.Choice([one.value for one in Target]), help="What is written.")
@click.option("--version", "version", default="", metavar="V", help="Of the out_ tables; without it the environment's.")
@click.option("--bo-codes", "codes", callback=listed_codes, metavar="A,B", help="Only these business objects.")
@click.option(
    "--exclude-bo-codes", "excluded", callback=listed_codes, metavar="C", help="Not these; wins over --bo-codes."
)
@click.option("--continue", "is_continued", is_flag=True, help="Perform the tasks that are unfinished.")
@click.option("--give-up", is_flag=True, help="Drop the tasks that are unfinished.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def recover(
    context: click.Context,
    company: str | None,
    target: str | None,
    version: str,
    codes: list[str],
    excluded: list[str],
    is_continued: bool,
    give_up: bool,
    as_json: bool,
) -> None:
    """Make tables of business objects and their links equal to the golden store again.

    Every row is compared; what differs is written, and what the store does not have is deleted. Readers and runs
    continue. Refused while tasks of a run or of a recovery are unfinished. One that was killed continues with
    --continue where it was; the view last_migration_state shows its tasks. Topics: `etl kafka recover`.
    """
    if is_continued + give_up + (target is not None) != 1:
        raise click.UsageError("say --to out or --to mirror; or --continue, or --give-up")
    if target is None and (codes or excluded or version):
        raise click.UsageError("--continue and --give-up stand alone")
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        if give_up:
            click.echo(f"{give_up_recovery(runtime)} tasks were dropped.")
            return
        if target is not None:
            begin_recovery(runtime, Target(target), codes=codes, excluded=excluded, version=version)
        found = continue_recovery(runtime)
    if as_json:
        click.echo(json_text(asdict(found)))
        return
    for code, rows in found.rows.items():
        click.echo(f"{code}: {rows:,} rows.")
