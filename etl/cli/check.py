"""`etl check`: finds what keeps runs from succeeding, and says what to do."""

import sys

import click
from rich.text import Text

from etl.cli.printing import COMPANY, config_url, console, json_text
from etl.monitoring import Finding, Level, check
from etl.quoting import printable

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


@click.command("check")
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check_up(context: click.Context, company: str | None, as_json: bool) -> None:
    """Check configuration, connection, server, clock, privileges, tables, ready rows and the marker.

    Writes nothing. Each line: what was checked, what was found, what to do. Exits with status 1 when something keeps
    runs from succeeding; with 0 when there are only warnings.
    """
    findings = check(config_url(context), company)
    if as_json:
        made = list(findings)
        click.echo(json_text({"ok": not _has_error(made), "findings": [vars(finding) for finding in made]}))
    else:
        made = []
        for finding in findings:
            made.append(finding)
            _show(finding)
    sys.exit(1 if _has_error(made) else 0)


def _has_error(findings: list[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)


def _show(finding: Finding) -> None:
    found = "\n".join(printable(line) for line in finding.found.split("\n"))
    line = Text.assemble((f"{finding.level:8}", _COLOURS[finding.level]), f"{finding.what}: {found}")
    if finding.do:
        line.append(f"\n        do: {printable(finding.do)}")
    console().print(line, soft_wrap=True)
