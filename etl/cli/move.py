"""`etl move`: a company from its databases, embedded or not, to others."""

import tempfile
from pathlib import Path

import click

from etl.cli.screen.backups import PROGRAMS
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.errors import ConfigurationError
from etl.operations import Moved, open_installation
from etl.operations import move as move_company
from etl.quoting import printable
from etl.quoting.json_text import json_text
from etl.web.identity.store import WEB


@click.command()
@click.option(
    "--to",
    "new_url",
    required=True,
    metavar="URL",
    help="The configuration that names the new servers: file:/path or zookeeper://host:2181/mybpm.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Keep the backup by which the rows are moved in this folder, which must not exist.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="For how long to wait until nothing is under way.",
)
@click.option("--no-privileges", is_flag=True, help="Restore no grants, so that their roles need not exist.")
@COMPANY
@PROGRAMS
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def move(
    context: click.Context,
    new_url: str,
    output: Path | None,
    timeout: float,
    no_privileges: bool,
    company: str | None,
    programs: str,
    as_json: bool,
) -> None:
    """Move all data of a company to the servers that another configuration names.

    From the embedded server to one of your own, or to a newer one. Lets nothing begin, waits until nothing is under
    way, copies all rows and compares them, verifies, and activates the new databases; the old ones stay on hold. If it
    fails before that, the company works on in the old ones.
    """
    with (
        open_installation(config_url(context), company, follow=follow_log()) as old,
        open_installation(new_url, company or old.runtime.company.code) as new,
        tempfile.TemporaryDirectory(prefix="etl-move-") as scratch,
    ):
        if old.runtime.company.code != new.runtime.company.code:
            raise ConfigurationError(
                f"{old.tree.origin} is of company {old.runtime.company.code}, and {new.tree.origin} of "
                f"{new.runtime.company.code}: name the company by --company"
            )
        done = move_company(
            old,
            new,
            output or Path(scratch) / "backup",
            web=WEB,
            timeout=timeout,
            programs=programs,
            privileges=not no_privileges,
            show=_show,
        )
    if as_json:
        click.echo(json_text({"rows": done.rows, "stop_seconds": done.stop_seconds, "left_users": done.left_users}))
    else:
        _report(done, new_url)


def _show(line: str) -> None:
    click.echo(printable(line), err=True)


def _report(done: Moved, new_url: str) -> None:
    for name, number in done.rows.items():
        click.echo(f"{name}: {number:,} rows")
    if done.left_users:
        click.echo("The console's users were not moved: the new databases have some already.")
    click.echo(f"Moved: all rows are equal, and nothing was written for {done.stop_seconds:.0f} s. The old databases")
    click.echo("stay on hold: to use them again before anything is written in the new ones, call `etl release`.")
    click.echo(f"Next: start the services with --config {printable(new_url)}, and with the old configuration no more.")
