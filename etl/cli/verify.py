"""`etl verify`: whether what the databases hold is whole."""

import click

from etl.cli.screen.findings import report
from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.operations import Depth, open_installation
from etl.operations import verify as verify_installation


@click.command()
@COMPANY
@click.option(
    "--level",
    type=click.Choice([str(one) for one in Depth]),
    default=str(Depth.ROWS),
    show_default=True,
    help="quick: what the catalogs show, and sequences. rows: also links, merged rows, out_ rows. indexes: also all "
    "that every index holds.",
)
@click.option("--repair", is_flag=True, help="Repair what can be without losing anything.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(context: click.Context, company: str | None, level: str, repair: bool, as_json: bool) -> None:
    """Look for damage and for what does not fit together, after an incident or a restore.

    Versions, invalid indexes, sequences behind their columns, changed collations, damaged pages; links without an end,
    waiting links whose ends are there, merged rows without an instance, out_ rows without one. Runs may work meanwhile.
    Exits with status 1 when something is wrong.
    """
    with open_installation(config_url(context), company, follow=follow_log()) as installation:
        report(verify_installation(installation, Depth(level), repair=repair), as_json=as_json)
