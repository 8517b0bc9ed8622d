"""Correcting a value of a rejected row: what the page of an error shows of it, and the action."""

from typing import Any

from etl.engine.rejected import OpenErrors, open_errors
from etl.errors import ConfigurationError, EnvironmentFault
from etl.metadata import Company
from etl.quoting import fold
from etl.sources.in_tables.errors import MOST_CHARACTERS, Correction, is_correctable
from etl.web.problems import bad_request, conflict, not_found
from etl.web.requests import ActionRequest, Done, Model
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

# A value, a null or a condition that the column refuses, and a key that is there already.
_REFUSED = ("22", "23")


class Correctable(Model):
    """A value that can be corrected. `seen`: the row as it is shown, which the action asks for again; `is_whole`: the
    value is short enough for the form."""

    column: str
    value: str | None
    seen: str
    is_whole: bool


def correctable_columns(company: Company, table: str) -> tuple[str, ...]:
    """The columns of an in_ table that can be corrected: not the id by which its row is known. None without the extra
    `files`, whose rules for values count."""
    if not is_correctable(table):
        return ()
    try:
        from etl.files import find_table, in_tables

        found = find_table(in_tables(company), table)
    except ConfigurationError:
        return ()
    return tuple(column.name for column in found.columns if column.name != "in_id")


def correctable(opened: OpenErrors, error: dict[str, Any], columns: tuple[str, ...], asked: str) -> Correctable | None:
    """The value of the column that is asked for, or of the one at fault; None where none is to be corrected."""
    names = [one for one in columns if fold(one) in (fold(asked), fold(error["column_name"] or ""))]
    chosen = sorted(names, key=lambda one: fold(one) != fold(asked))[:1]
    if not chosen:
        return None
    found = Correction(opened.log, error, chosen[0]).value(opened.connections.imported)
    if found is None or not found.is_rejected:
        return None
    is_whole = found.characters <= MOST_CHARACTERS
    return Correctable(column=chosen[0], value=found.text if is_whole else None, seen=found.digest, is_whole=is_whole)


def correct(request: ActionRequest) -> Done:
    """Writes one value of a rejected row, if it is as the viewer saw it; and offers the row again if asked."""
    number, column = request.path_number("error"), request.required("column")
    offers = bool(request.form.get("offer"))
    try:
        with open_errors(request.runtime, to_write=True, of_partner=request.viewer.role is Role.PARTNER) as opened:
            error = _error(opened, number)
            if column not in correctable_columns(request.runtime.company, error["in_table"]):
                raise bad_request(sentence_of("sentence.no_column"))
            correction = Correction(opened.log, error, column)
            text = _text(request, correction, opened)
            written = correction.write(opened.connections.imported, text, request.required("seen"), offers=offers)
    except EnvironmentFault as fault:
        if fault.sqlstate.startswith(_REFUSED):
            raise conflict(sentence_of("sentence.value_refused", why=str(fault))) from fault
        raise
    if not written:
        raise conflict(sentence_of("sentence.row_changed"))
    if offers:
        sentence = sentence_of("sentence.corrected_ready", column=column)
    else:
        sentence = sentence_of("sentence.corrected", column=column)
    return Done(f"/errors/{number}", sentence, {"is_offered": offers})


def _error(opened: OpenErrors, number: int) -> dict[str, Any]:
    try:
        return opened.log.find(opened.prepared, number)
    except ConfigurationError as unknown:
        raise not_found(sentence_of("sentence.no_error")) from unknown


def _text(request: ActionRequest, correction: Correction, opened: OpenErrors) -> str | None:
    """The value as the column gets it: checked as a cell of a file is."""
    from etl.files import cell_text, find_table, in_tables

    if request.form.get("is_null"):
        return None
    text = request.form.get("value", "")
    if "\r\n" in text:  # browsers send each line end so
        former = correction.value(opened.connections.imported)
        if former is None or "\r\n" not in (former.text or ""):
            text = text.replace("\r\n", "\n")
    table = find_table(in_tables(request.runtime.company), correction.error["in_table"])
    column = next(one for one in table.columns if one.name == correction.column)
    return cell_text(column, text, request.runtime.settings.in_migration.max_value_bytes)
