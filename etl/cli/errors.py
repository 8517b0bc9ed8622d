"""`etl errors`: lists rejected rows and why, and offers corrected rows again."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from etl.cli.screen.numbers import COUNT, ID
from etl.cli.screen.printing import COMPANY, config_url
from etl.engine import open_runtime
from etl.engine.rejected import OpenErrors, open_errors
from etl.errors import ConfigurationError
from etl.merge.errors.catalogue import CATALOGUE
from etl.monitoring import ErrorQuery, count_errors, read_errors
from etl.private_files import new_private_file
from etl.quoting.json_text import json_text
from etl.sources.in_tables.errors import Choice
from etl.sources.in_tables.errors.error_log import Format

_Command = TypeVar("_Command", bound=Callable[..., Any])

_RUN = click.option("--run", type=ID, metavar="RUN", help="Only errors of this run.")
_TABLE = click.option("--table", metavar="TABLE", help="Only errors of this in_ table.")
_CODE = click.option(
    "--code",
    type=click.Choice([fault.code for fault in CATALOGUE], case_sensitive=False),
    metavar="CODE",
    help="Only errors of this code.",
)
_ALL = click.option("--all", "of_store", is_flag=True, help="Read the store's copy, which outlives the import schema.")
_OPEN = click.option("--open", "only_open", is_flag=True, help="Only what still has to be corrected.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _choosing(command: _Command) -> _Command:
    return COMPANY(_RUN(_TABLE(_CODE(command))))


@click.group(invoke_without_command=True)
@click.pass_context
def errors(context: click.Context) -> None:
    """List, count, show, retry and export what was rejected; explain the codes.

    Each fault of a row is one row of the table err in the import schema; a run also copies them into the golden store,
    which keeps them when the import schema is created again (--all). Without a command: list.
    """
    if context.invoked_subcommand is None:
        context.invoke(list_)


@errors.command(name="list")
@_choosing
@_ALL
@_OPEN
@click.option("--limit", type=COUNT, default=50, show_default=True, help="Maximum number of errors.")
@click.option("--after", default="", metavar="PLACE", help="The page after the place with which the last one ended.")
@_JSON
@click.pass_context
def list_(
    context: click.Context,
    company: str | None,
    run: int | None,
    table: str | None,
    code: str | None,
    of_store: bool,
    only_open: bool,
    limit: int,
    after: str,
    as_json: bool,
) -> None:
    """List errors, the newest first, each with its state.

    open: as it was rejected; gone: the row was deleted and never corrected; offered: the row is ready again; waiting:
    the link waits again; corrected: a later run took the row; repeated: a later run rejected it again. --open shows
    those that are open or gone. They are counted up to 1,000.
    """
    from etl.cli.screen.errors import show_errors

    query = ErrorQuery(run, table, code, of_store, only_open)
    with open_runtime(config_url(context), company) as runtime:
        page = read_errors(runtime, query, limit=limit, after=after)
    if as_json:
        click.echo(json_text(asdict(page) | {"is_complete": page.next is None}))
    else:
        show_errors(page, only_open=only_open)


@errors.command()
@_choosing
@_ALL
@_JSON
@click.pass_context
def count(
    context: click.Context,
    company: str | None,
    run: int | None,
    table: str | None,
    code: str | None,
    of_store: bool,
    as_json: bool,
) -> None:
    """Count errors by table and code, each up to 1,000."""
    from etl.cli.screen.errors import show_counts

    with open_runtime(config_url(context), company) as runtime:
        counts = count_errors(runtime, ErrorQuery(run, table, code, of_store))
    if as_json:
        click.echo(json_text({"codes": [asdict(one) for one in counts]}))
    else:
        show_counts(counts)


@errors.command()
@click.argument("error_id", metavar="ID", type=ID)
@COMPANY
@_ALL
@_JSON
@click.pass_context
def show(context: click.Context, error_id: int, company: str | None, of_store: bool, as_json: bool) -> None:
    """Show one error with its cause, its cure, and its current row."""
    from etl.cli.screen.errors import show_error, with_cause

    with _open(context, company, of_store=of_store) as opened:
        book = opened.log
        error = book.find(opened.prepared, error_id)
        [with_state], _ = book.with_states(opened.prepared, opened.connections, Choice(ids=(error["id"],)), 1)
        error |= {"state": with_state["state"]}
        row = book.row_of(opened.connections.imported, error)
    if as_json:
        click.echo(json_text(with_cause(error) | {"row": row}))
    else:
        show_error(error, row)


@errors.command()
@click.argument("ids", metavar="[ID]...", nargs=-1, type=ID)
@_choosing
@click.pass_context
def retry(
    context: click.Context,
    ids: tuple[int, ...],
    company: str | None,
    run: int | None,
    table: str | None,
    code: str | None,
) -> None:
    """Offer rejected rows again: set in_status to '' where it is still ERROR.

    Of the errors with these ids, or of those that the options choose. No run starts: the rows are taken with the
    partner's next hand-over.
    """
    with _open(context, company, to_write=True) as opened:
        book = opened.log
        choice = book.chosen(run, table, code, ids)
        if choice.is_empty:
            raise click.UsageError("say which errors: ids, --run, --table or --code")
        retried = book.retry(opened.prepared, choice)
    for in_table, rows in retried.items():
        if rows:
            click.echo(f"{book.in_schema}.{in_table}: {rows:,} rows are ready again")
    if any(retried.values()):
        click.echo("The next hand-over takes them.")
    else:
        click.echo("Nothing to offer again: no row of these errors is still ERROR.")


@errors.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@_choosing
@_ALL
@click.pass_context
def export(
    context: click.Context,
    file: Path,
    company: str | None,
    run: int | None,
    table: str | None,
    code: str | None,
    of_store: bool,
) -> None:
    """Write errors with all columns into FILE.csv or FILE.jsonl, from the oldest on.

    An existing file is replaced when the new one is whole. Only you can read it. In CSV a text that a spreadsheet would
    calculate begins with an apostrophe.
    """
    file_format = file.suffix.removeprefix(".").lower()
    if file_format not in ("csv", "jsonl"):
        raise click.BadParameter("the name must end with .csv or .jsonl, which says the format", param_hint="FILE")
    with _open(context, company, of_store=of_store) as opened:
        book = opened.log
        choice = book.chosen(run, table, code)
        with _whole(file) as part, new_private_file(part) as target:
            number = book.export(opened.prepared, choice, cast(Format, file_format), target)
    click.echo(f"{file}: {number:,} errors of {book.schema}.err")


@errors.command()
@_JSON
def codes(as_json: bool) -> None:
    """Explain every code: sentence, cause and cure, in English and Russian."""
    from etl.cli.screen.errors import show_fault

    if as_json:
        click.echo(json_text({"codes": [asdict(fault) for fault in CATALOGUE]}))
        return
    for fault in CATALOGUE:
        show_fault(fault)


@contextmanager
def _open(
    context: click.Context, company: str | None, *, of_store: bool = False, to_write: bool = False
) -> Iterator[OpenErrors]:
    with (
        open_runtime(config_url(context), company) as runtime,
        open_errors(runtime, of_store=of_store, to_write=to_write) as found,
    ):
        yield found


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A temporary file that replaces the target at the end, and is deleted after an error."""
    part = file.with_name(f".{file.name}.part-{os.getpid()}")
    try:
        yield part
        part.replace(file)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
