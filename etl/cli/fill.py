"""`etl fill`: CSV, Parquet and Excel files into in_ tables, as a partner would fill them."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import sqlalchemy

from etl.cli.screen.printing import COMPANY, config_url
from etl.cli.screen.progress import bars
from etl.database import transaction
from etl.ddl import check_in_tables
from etl.engine import build_runtime, open_database, read_configuration, refuse_on_hold
from etl.errors import EnvironmentFault, EtlError, OnHold
from etl.files import (
    FileFormat,
    Filled,
    Filling,
    HandOverWay,
    InTable,
    Progress,
    TableFile,
    fill_files,
    fill_folder,
    handing_over,
    in_tables,
    pairs,
)
from etl.metadata import Company, names
from etl.quoting import fold, printable
from etl.quoting.json_text import json_text
from etl.settings import Settings

_REJECTED = 1


@click.command()
@click.argument("arguments", metavar="[TABLE] FILE...", nargs=-1)
@COMPANY
@click.option("--columns", metavar="A,B,…", help="The file has no header: these are its columns, - for one to skip.")
@click.option(
    "--delimiter",
    default="",
    metavar="CHAR",
    help="CSV delimiter; by default it is read from the header. `\\t` is a tab.",
)
@click.option(
    "--encoding", default="utf-8", show_default=True, metavar="NAME", help="CSV encoding, e.g. cp1251, utf-16."
)
@click.option("--null", default="", metavar="TEXT", help="Null in CSV, unquoted; by default an empty cell.")
@click.option("--escape", default='"', metavar="CHAR", help='Character before a quote inside a CSV cell: " or \\.')
@click.option("--sheet", default="", metavar="NAME", help="Excel sheet; by default every sheet named after a table.")
@click.option(
    "--files",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Also load every file of DIR into in_fileStorage; its name is its file_id.",
)
@click.option("--check", "only_checks", is_flag=True, help="Check all rows and load none; rejects are written.")
@click.option("--strict", is_flag=True, help="Load a file whole or not at all.")
@click.option("--replace", "replaces", is_flag=True, help="Clear each table before its first file.")
@click.option(
    "--on-duplicate",
    type=click.Choice(["error", "newest"]),
    default="error",
    show_default=True,
    help="What a second row with the same in_id does: stop the file, or take the first one's place.",
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where rejected rows go; without it FILE.rejected.csv beside the file.",
)
@click.option("--submit", is_flag=True, help="Hand over afterwards: the next `etl run` takes the rows.")
@click.option(
    "--submit-by",
    type=click.Choice([str(way) for way in HandOverWay]),
    help="The same, saying how: by a marker row of its own (the default), or by clearing the marker table.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def fill(context: click.Context, /, **given: Any) -> None:
    """Load CSV, Parquet and Excel files into in_ tables.

    TABLE may be left out where the file (Client.csv, in_Client.parquet) or the sheet is named after it. The names of
    the columns are checked before the first row; each file is one transaction. Rows with a bad cell go to a file that
    can be corrected and filled again; the others are loaded.

    \b
    etl fill Client.csv             the table by the file's name
    etl fill Client export.csv      the table by its own name
    etl fill workbook.xlsx          each sheet named after a table
    etl fill --check Client.csv     all rows are checked, and none is loaded
    """
    options = _Options(**given)
    table, paths = _table_and_files(options.arguments)
    if not paths and options.folder is None:
        raise click.UsageError("say which files: etl fill [TABLE] FILE…")
    settings, found = read_configuration(config_url(context), options.company)
    tables = in_tables(found)
    sources = pairs(tables, table, paths, options.file_format)
    options.refuse_contradictions(len(sources))
    filling = options.filling(settings)
    done: list[Filled] = []
    with open_database(settings.import_database, "etl:fill") as engine, bars(quiet=options.as_json) as progress:
        if not filling.only_checks:
            _refuse_on_hold(settings, found)
        with transaction(engine) as connection:
            check_in_tables(connection, found, filling.schema)
        try:
            with handing_over(engine, filling.schema, options.way):
                done.extend(_load(engine, filling, tables, options.folder, sources, progress))
        except EtlError:
            _show(done if not options.as_json else [], filling)  # the files before the one that failed are loaded
            raise
    _report(done, options.way, filling, as_json=options.as_json)
    sys.exit(_REJECTED if any(one.rejected for one in done) else 0)


@dataclass(frozen=True)
class _Options:
    """What the command was given, by the names of its options."""

    arguments: tuple[str, ...]
    company: str | None
    columns: str | None
    delimiter: str
    encoding: str
    null: str
    escape: str
    sheet: str
    folder: Path | None
    only_checks: bool
    strict: bool
    replaces: bool
    on_duplicate: str
    rejects: Path | None
    submit: bool
    submit_by: str | None
    as_json: bool

    @property
    def file_format(self) -> FileFormat:
        """How the files are read."""
        columns = tuple(name.strip() for name in self.columns.split(",")) if self.columns else ()
        return FileFormat(
            self.encoding, self.delimiter.replace("\\t", "\t"), self.null, self.escape, columns, self.sheet
        )

    @property
    def way(self) -> HandOverWay | None:
        """How the rows are handed over afterwards, None: not at all."""
        return HandOverWay(self.submit_by or HandOverWay.ROW) if self.submit or self.submit_by else None

    def refuse_contradictions(self, files: int) -> None:
        """Raises UsageError for options that exclude each other."""
        if self.rejects and files > 1:
            raise click.UsageError("--rejects names one file: fill one file at a time, or leave it out")
        if self.only_checks and (self.submit or self.submit_by or self.replaces or self.folder):
            raise click.UsageError("--check loads nothing: leave out --submit, --replace and --files")

    def filling(self, settings: Settings) -> Filling:
        """What is to be done with the rows."""
        return Filling(
            schema=settings.in_migration.schema_name,
            max_value_bytes=settings.in_migration.max_value_bytes,
            is_strict=self.strict,
            replaces=self.replaces,
            takes_newest=self.on_duplicate == "newest",
            only_checks=self.only_checks,
            rejects=self.rejects,
        )


def _table_and_files(arguments: tuple[str, ...]) -> tuple[str | None, list[Path]]:
    """The first argument is a table when it looks like no file: files have an ending, tables none."""
    first, *others = arguments or ("",)
    if first and "." not in first and "/" not in first:
        return first, [Path(one) for one in others]
    return None, [Path(one) for one in arguments]


def _refuse_on_hold(settings: Settings, company: Company) -> None:
    """A store that is out of reach from here says nothing."""
    try:
        with build_runtime(settings, company) as runtime:
            refuse_on_hold(runtime)
    except OnHold:
        raise
    except EnvironmentFault:
        pass


def _load(
    engine: sqlalchemy.Engine,
    filling: Filling,
    tables: dict[str, InTable],
    folder: Path | None,
    sources: list[TableFile],
    progress: Progress,
) -> Iterator[Filled]:
    """The folder of files first, as rows may name them."""
    if folder is not None:
        yield fill_folder(engine, filling, tables[fold(names.FILE_STORAGE)], folder, progress)
    yield from fill_files(engine, filling, sources, progress)


def _report(done: list[Filled], way: HandOverWay | None, filling: Filling, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text({"files": [asdict(one) for one in done], "is_submitted": way is not None}))
        return
    _show(done, filling)
    if filling.only_checks:
        click.echo("Nothing is loaded: --check.")
    elif way is not None:
        click.echo("Handed over: the next `etl run` takes the rows.")
    else:
        click.echo("Not handed over yet: --submit does it, or the partner's own statement.")


def _show(done: list[Filled], filling: Filling) -> None:
    verb = "fit" if filling.only_checks else "into"
    for one in done:
        click.echo(f"{printable(one.file)}: {one.rows:,} rows {verb} {one.table}, {one.seconds:.1f} s")
        if one.rounded:
            click.echo(f"  {one.rounded:,} numbers have more than 4 decimals and are rounded")
        if one.rejected:
            click.echo(f"  {one.rejected:,} rows rejected, see {printable(str(one.rejects))}:")
            for example in one.examples:
                click.echo(f"    {printable(example)}")
