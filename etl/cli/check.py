"""`etl check`: finds what keeps runs from succeeding, and says what to do."""

import click

from etl.cli.screen.findings import report
from etl.cli.screen.printing import COMPANY, config_url
from etl.monitoring import check


@click.command("check")
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check_up(context: click.Context, company: str | None, as_json: bool) -> None:
    """Check configuration, connection, server, clock, privileges, tables, ready rows and the marker.

    Writes nothing. Each line: what was checked, what was found, what to do. Exits with status 1 when something keeps
    runs from succeeding; with 0 when there are only warnings.
    """
    report(check(config_url(context), company), as_json=as_json)
