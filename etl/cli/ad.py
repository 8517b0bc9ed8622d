"""`etl ad`: people of Active Directory."""

import click

from etl.cli.ad_sync import adopt_command, login_command, status_command, sync_command, sync_user_command
from etl.cli.screen.findings import report
from etl.cli.screen.printing import COMPANY, config_url
from etl.monitoring.directory_check import check_directory


@click.group()
def ad() -> None:
    """Bring people and their groups from Active Directory."""


for _command in (sync_command, sync_user_command, login_command, adopt_command, status_command):
    ad.add_command(_command)


@ad.command()
@COMPANY
@click.option("--try-again", "tries_again", is_flag=True, help="Sign in although the account was refused before.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(context: click.Context, company: str | None, tries_again: bool, as_json: bool) -> None:
    """Check the directory: controllers, certificates, account, base, attributes, accounts, groups.

    Reads all that a synchronization would read, and writes nothing. Each line: what was checked, what was found, what
    to do. Five accounts are shown as Person would get them. Exits with 1 when something keeps accounts from being read,
    with 2 when the configuration is wrong, with 0 when there are only warnings.
    """
    report(check_directory(config_url(context), company, tries_again=tries_again), as_json=as_json)
