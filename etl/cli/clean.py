"""`etl clean`: deletes all expired rows, while a run deletes a part of them each time."""

from dataclasses import asdict

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import Cleaned, clean, open_runtime
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def clean_up(context: click.Context, company: str | None, as_json: bool) -> None:
    """Delete expired errors, tasks, runs, journal and copies.

    cleanDays and copyDays say how old; each pass takes cleanLimit rows of a kind in a transaction of its own, until
    nothing is left. The newest run, receipts and the errors in the golden store stay, and so does the journal as far as
    an out_ version has not followed it. A copy on which a view depends is kept. An out_ version goes when the day that
    `etl out retire --on` announced has come, unless it is still needed. Changes that all readers have confirmed go, and
    a reader that has not confirmed for readerDays is retired: see `etl out reader`.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        cleaned = clean(runtime)
    if as_json:
        click.echo(json_text(asdict(cleaned)))
    else:
        _show(cleaned)


def _show(cleaned: Cleaned) -> None:
    click.echo(
        f"Deleted {cleaned.errors:,} errors, {cleaned.tasks:,} tasks, {cleaned.runs:,} runs, {cleaned.journal:,} rows "
        f"of the journal, {len(cleaned.copies):,} copies."
    )
    if cleaned.reader_changes:
        click.echo(f"Deleted {cleaned.reader_changes:,} changes that all readers of out_ tables have confirmed.")
    for reader in cleaned.readers:
        click.echo(
            f"Retired the reader {reader}: it has not confirmed for readerDays; its next delivery is a full one."
        )
    for schema in cleaned.versions:
        click.echo(f"Dropped the out_ version {schema}, whose day has come.")
    for table, why in cleaned.kept.items():
        click.echo(f"Kept {table}: {why}.")
