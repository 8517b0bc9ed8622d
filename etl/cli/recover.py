"""`etl recover`: out_ tables, or the mirror beside them, from the golden store."""

from dataclasses import asdict
from functools import partial

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.recovery import RecoveryOptions, recovery_options
from etl.engine import open_runtime
from etl.operations.recover import Target, begin_recovery, continue_recovery, give_up_recovery
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option("--to", "target", type=click.Choice([one.value for one in Target]), help="What is written.")
@click.option("--version", "version", default="", metavar="V", help="Of the out_ tables; without it the environment's.")
@recovery_options
@click.pass_context
def recover(
    context: click.Context, company: str | None, target: str | None, version: str, options: RecoveryOptions
) -> None:
    """Make tables of business objects and their links equal to the golden store again.

    Every row is compared; what differs is written, and what the store does not have is deleted. Readers and runs
    continue. Refused while tasks of a run or of a recovery are unfinished. One that was killed continues with
    --continue where it was; the view last_migration_state shows its tasks. Topics: `etl kafka recover`.
    """
    if target is None and options.begins:
        raise click.UsageError("say --to out or --to mirror; or --continue, or --give-up")
    options.refuse_others(target, version)
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        codes, excluded = options.codes, options.excluded
        found = options.perform(
            lambda: begin_recovery(runtime, Target(str(target)), codes=codes, excluded=excluded, version=version),
            partial(continue_recovery, runtime),
            partial(give_up_recovery, runtime),
        )
    if found is None:
        return
    if options.as_json:
        click.echo(json_text(asdict(found)))
        return
    for code, rows in found.rows.items():
        click.echo(f"{code}: {rows:,} rows.")
