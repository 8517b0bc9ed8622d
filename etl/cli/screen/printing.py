"""What the commands share: the company option, the configuration's URL, a console that suits pipes."""

import os
import sys
from typing import TYPE_CHECKING

import click

from etl.config import default_url

if TYPE_CHECKING:
    from rich.console import Console

# A pipe or a file has no width: a line of a table is then as long as it must be, up to this.
_PIPE_WIDTH = 10_000

COMPANY = click.option("--company", metavar="CODE", help="Company; without it companyCode decides.")


def config_url(context: click.Context) -> str:
    """The configuration to use: --config, else $ETL_CONFIG, else the directory in the home of etl."""
    return getattr(context.obj, "config_url", None) or default_url(os.environ)


def console() -> "Console":
    """Standard output with rich's tables, as wide as it needs in a pipe."""
    # Here, since many commands write no table, and to import rich takes as long as to import click and jinja.
    from etl.cli.screen.output import Output

    return Output(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, soft_wrap=False)
