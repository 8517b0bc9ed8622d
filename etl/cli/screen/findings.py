"""What a check found, on the screen or as JSON; errors end the command with 1."""

import sys
from collections.abc import Iterable

import click
from rich.text import Text

from etl.cli.screen.printing import console
from etl.monitoring import Finding, Level
from etl.quoting import printable
from etl.quoting.json_text import json_text

_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.ERROR: "bold red"}


def report(findings: Iterable[Finding], *, as_json: bool) -> None:
    """Shows each finding as it comes, or all as one object; ends the command."""
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
