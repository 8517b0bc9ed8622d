"""`etl export`: out_ tables into Parquet or CSV files, as a reader sees them."""

from datetime import UTC, datetime
from pathlib import Path

import click

from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.progress import counts
from etl.cli.screen.tables import plain_table
from etl.engine import open_database, read_configuration
from etl.files import Export, ExportFormat, Snapshot, export_tables
from etl.metadata import Company, names
from etl.quoting.json_text import json_text
from etl.settings import Settings


@click.command()
@click.argument("tables", metavar="[TABLE]...", nargs=-1)
@COMPANY
@click.option(
    "--format",
    "file_format",
    type=click.Choice([str(one) for one in ExportFormat]),
    default=str(ExportFormat.PARQUET),
    show_default=True,
    help="Format of the files.",
)
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Where the files go; it is made if it is missing.",
)
@click.option("--version", metavar="VERSION", help="2, 1_2 or a schema's name; without it the current version.")
@click.option(
    "--partition-by",
    default="",
    metavar="COLUMN",
    help="Parquet in folders, one per value of COLUMN; of a time, one per month.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]),
    metavar="TIME",
    help="Only rows inserted or updated since then, in UTC.",
)
@click.option(
    "--unfit",
    type=click.Choice(["error", "null"]),
    default="error",
    show_default=True,
    help="What Parquet gets for infinite values and times outside the years 1 to 9999.",
)
@click.option(
    "--spreadsheet",
    "for_spreadsheets",
    is_flag=True,
    help="CSV for people: a text that a spreadsheet would calculate begins with an apostrophe.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def export(
    context: click.Context,
    tables: tuple[str, ...],
    company: str | None,
    file_format: str,
    folder: Path,
    version: str | None,
    partition_by: str,
    since: datetime | None,
    unfit: str,
    for_spreadsheets: bool,
    as_json: bool,
) -> None:
    """Write out_ tables, all or the named ones, into files: DIR/<table>.parquet or .csv.

    All files show one moment, so that links fit their objects. They get their names when all of them are whole; old
    ones are replaced. Only you can read them.
    """
    settings, found = read_configuration(config_url(context), company)
    asked = Export(
        schema=_schema(settings, found, version),
        folder=folder,
        format=ExportFormat(file_format),
        tables=tables,
        partition_by=partition_by,
        since=since.replace(tzinfo=UTC) if since else None,
        unfit_as_null=unfit == "null",
        for_spreadsheets=for_spreadsheets,
    )
    with open_database(settings.out_database, "etl:export") as engine, counts(quiet=as_json) as progress:
        snapshot = export_tables(engine, asked, progress)
    if as_json:
        files = [vars(one) for one in snapshot.tables]
        click.echo(json_text({"schema": snapshot.schema, "taken_at": snapshot.taken_at, "tables": files}))
    else:
        _show(snapshot)


def _schema(settings: Settings, company: Company, version: str | None) -> str:
    """The schema of a version as users name it: its environment version, both versions, or the schema itself."""
    wanted = version or settings.out_environment_version
    prefix = names.out_schema(company.code, "", "")[:-1]
    if f"{wanted.lower()}_".startswith(prefix):
        return wanted.lower()
    if "_" in wanted:
        return f"{prefix}{wanted}".lower()
    return names.out_schema(company.code, names.OUT_MIGRATION_VERSION, wanted)


def _show(snapshot: Snapshot) -> None:
    click.echo(f"{snapshot.schema} as of {snapshot.taken_at:%Y-%m-%d %H:%M:%S} UTC:")
    rows = [[one.table, f"{one.rows:,}", f"{one.bytes:,}", one.path] for one in snapshot.tables]
    console().print(plain_table(["table", "rows", "bytes", "path"], rows, numbers={"rows", "bytes"}))
