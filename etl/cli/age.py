"""`etl age`: how long ready rows have waited; for people and for monitoring."""

import sys
from typing import Any

import click

from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import duration_text, plain_table
from etl.engine import open_runtime
from etl.monitoring import Age, AgeSampler
from etl.quoting.json_text import json_text

_TOO_OLD = 1


@click.command()
@COMPANY
@click.option(
    "--max", "max_minutes", type=click.FloatRange(min=0), metavar="MINUTES", help="Exit with status 1 above this age."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.001),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="A table that takes longer to read is estimated from a hundredth of it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def age(context: click.Context, company: str | None, max_minutes: float | None, timeout: float, as_json: bool) -> None:
    """Show the oldest row of each in_ table that is ready and not read, and how many there are.

    Rows that a run has claimed and not merged count too. The age is that of inserted_date, which the partner may
    write. With --max the command exits with status 1 when a row is older: one line for a monitoring system.
    """
    with open_runtime(config_url(context), company) as runtime:
        found = AgeSampler(timeout).sample(runtime)
    oldest = found.oldest_seconds
    is_too_old = max_minutes is not None and oldest is not None and oldest > max_minutes * 60
    if as_json:
        click.echo(json_text(_as_json(found) | {"too_old": is_too_old}))
    else:
        _show(found)
    sys.exit(_TOO_OLD if is_too_old else 0)


def _as_json(found: Age) -> dict[str, Any]:
    return {
        "company": found.company,
        "looked_at": found.looked_at,
        "oldest_seconds": found.oldest_seconds,
        "tables": [vars(table) | {"oldest_seconds": found.seconds(table)} for table in found.tables],
    }


def _show(found: Age) -> None:
    rows = []
    for table in found.tables:
        if table.ready or table.on_work:
            about = "" if table.is_exact else "about "
            seconds = found.seconds(table)
            old = "" if seconds is None else ("" if table.is_exact else "over ") + duration_text(seconds)
            counts = [about + f"{count:,}" for count in (table.ready, table.on_work, table.undated)]
            rows.append([table.in_table, *counts, table.oldest and f"{table.oldest:%F %T}", old])
    if not rows:
        click.echo(f"Company {found.company}: no row is ready and not read.")
        return
    numbers = {"ready", "on_work", "undated", "age"}
    console().print(plain_table(["table", "ready", "on_work", "undated", "oldest", "age"], rows, numbers=numbers))
    if found.oldest_seconds is not None:
        click.echo(f"Company {found.company}: the oldest is {duration_text(found.oldest_seconds)} old.")
