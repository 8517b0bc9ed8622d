"""`etl psql`: psql on a database of the company, the embedded server's too, which runs meanwhile."""

import sys

import click

from etl.cli.screen.backups import PROGRAMS
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.operations import open_client


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", metavar="[ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--database",
    type=click.Choice(["import", "store", "out"]),
    default="import",
    show_default=True,
    help="Which, where they are several.",
)
@COMPANY
@PROGRAMS
@click.pass_context
def psql(context: click.Context, arguments: tuple[str, ...], database: str, company: str | None, programs: str) -> None:
    """Open psql on a database of the company, as the role of the engine.

    ARGUMENTs are psql's own: `etl psql -c "select 1"`, `etl psql -f FILE`. Those that this command has too, like `-h`,
    are passed on behind `--`. The embedded server runs until psql ends. The exit code is psql's.
    """
    with open_runtime(config_url(context), company) as runtime:
        engine = {"import": runtime.engine, "store": runtime.store_engine, "out": runtime.out_engine}[database]
        code = open_client(engine, arguments, programs=programs)
    sys.exit(code)
