"""Errors and the catalogue of faults on the screen. What partners wrote is escaped: it may move no terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from etl.cli.screen.printing import console
from etl.cli.screen.tables import plain_table
from etl.merge.errors.catalogue import FaultCode, fault_of
from etl.quoting import printable, shown
from etl.sources.in_tables.errors import CodeCount, ErrorPage

Row = Mapping[str, Any]

_HEADS = {"id": "id", "run": "run", "in_table": "table", "in_id": "in_id", "column_name": "column", "code": "code"}
_HEADS |= {"value": "value", "severity": "severity", "state": "state"}
_GONE = "Its row is no longer there: deleted, or no longer that in_id."


def show_errors(page: ErrorPage, *, only_open: bool = False) -> None:
    """One line per error; columns that say the same throughout stand above the table, or not at all."""
    kind = "errors still open" if only_open else "errors"
    schema, errors = page.schema, page.errors
    if not errors:
        click.echo(f"No {kind} in {schema}.err.")
        return
    runs = {error["run"] for error in errors}
    of_run = f" of run {runs.pop()}" if len(runs) == 1 else ""
    hidden = {"run"} if of_run else set()
    if all(error["severity"] == "error" for error in errors):
        hidden.add("severity")
    columns = [name for name in _HEADS if name not in hidden]
    click.echo(f"{kind.capitalize()}{of_run} in {schema}.err, the newest first:")
    rows = [[_cell(name, error[name]) for name in columns] for error in errors]
    console().print(plain_table([_HEADS[name] for name in columns], rows, numbers={"id", "run"}))
    if page.next:
        of_all = "" if only_open else f" of {_count(page.count, page.count_is_exact)}"
        click.echo(f"These are {len(errors):,}{of_all}: --limit shows more, --after {page.next} the next ones,")
        click.echo("`etl errors export` writes all.")
    click.echo("`etl errors show ID` tells cause, cure and the row.")


def show_counts(counts: Sequence[CodeCount]) -> None:
    """One line per table and code."""
    if not counts:
        click.echo("No errors.")
        return
    rows = [[one.in_table, one.code, _count(one.errors, one.is_exact)] for one in counts]
    console().print(plain_table(["table", "code", "errors"], rows, numbers={"errors"}))


def _count(number: int, is_exact: bool) -> str:
    return f"{number:,}{'' if is_exact else '+'}"


def show_error(error: Row, row: Row | None) -> None:
    click.echo(f"Error {error['id']} of run {error['run']}, {error['created_at']:%Y-%m-%d %H:%M:%S} UTC: ", nl=False)
    state = f", {error['state']}" if error["state"] else ""
    click.echo(f"{error['code']} ({error['severity']}{state})")
    click.echo("  " + ", ".join(_location(error)))
    fault = fault_of(error["code"])
    _show_texts(error["message"], error["message_rus"], fault)
    if row is None:
        click.echo(_GONE)
        return
    click.echo("The row as it stands now:")
    width = max(len(name) for name in row)
    for name, value in row.items():
        click.echo(f"  {name:<{width}}  {'null' if value is None else shown(value)}")


def show_fault(fault: FaultCode) -> None:
    click.echo(fault.code)
    _show_texts(fault.english, fault.russian, fault)
    click.echo()


def with_cause(error: Row) -> dict[str, Any]:
    fault = fault_of(error["code"])
    reported = asdict(fault) if fault else {}
    names = ("cause", "cause_russian", "cure", "cure_russian")
    return dict(error) | {name: reported.get(name) for name in names}


def _show_texts(english: str, russian: str, fault: FaultCode | None) -> None:
    click.echo(f"  {printable(english)}")
    if fault:
        click.echo(f"    Cause: {fault.cause}\n    Cure: {fault.cure}")
    click.echo(f"  {printable(russian)}")
    if fault:
        click.echo(f"    Причина: {fault.cause_russian}\n    Что делать: {fault.cure_russian}")


def _location(error: Row) -> list[str]:
    parts = [error["in_table"]]
    for name, label in (("row_id", "row"), ("in_id", "in_id"), ("column_name", "column"), ("value", "value")):
        if error[name] is not None:
            parts.append(f"{label} {_cell(name, error[name])}")
    return parts


def _cell(name: str, value: Any) -> Any:
    if name == "value" and value == "":
        return "''"
    return shown(value) if name in ("in_id", "value") and value is not None else value
