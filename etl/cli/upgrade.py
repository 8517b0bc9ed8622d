"""`etl upgrade`: bring the engine's own tables to the versions of this program."""

from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.upgrade_server import server
from etl.engine import open_runtime, program_versions
from etl.engine import upgrade as upgrade_tables
from etl.quoting.json_text import json_text


@click.group()
def upgrade() -> None:
    """Bring the engine's own tables to the versions of this program.

    Small additions are made by every command that writes. What must not happen beside runs is a step of this command;
    until then other commands end with 2, or with 4 where a newer program has been.
    """


upgrade.add_command(server)


@upgrade.command()
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def start(context: click.Context, company: str | None, as_json: bool) -> None:
    """Apply all pending migrations, each in one transaction.

    Stop the runners first: during a run the command exits with status 75, and no run begins until it ends. An
    unfinished run without a runner continues afterwards. If the command is interrupted, call it again: it continues
    where it stopped.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        steps = upgrade_tables(runtime)
    if as_json:
        click.echo(json_text({"steps": [asdict(step) for step in steps]}))
        return
    for step in steps:
        click.echo(f"{step.schema}: {step.part} has version {step.version} now ({step.name}).")
    if not steps:
        click.echo(f"Nothing to do: this program has {program_versions()}.")
