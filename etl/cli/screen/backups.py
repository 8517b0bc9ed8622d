"""What `etl backup` and `etl restore` share."""

import click

from etl.operations import PROGRAMS_VARIABLE
from etl.quoting import printable

PROGRAMS = click.option(
    "--programs",
    metavar="FOLDER",
    default="",
    envvar=PROGRAMS_VARIABLE,
    show_envvar=True,
    help="PostgreSQL's pg_dump, pg_restore and psql; without it the newest that are found.",
)


def shown_size(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1024 / 1024:,.1f} MiB"


def say_not_noted(why: str) -> None:
    """Why `etl check` will not know of a backup, or of its drill."""
    if why:
        click.echo(f"not noted in the store: {printable(why)}", err=True)
