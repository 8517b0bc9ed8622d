"""Errors: rows that were not taken, why, and what to do; correcting and offering them again."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from etl.engine.rejected import OpenErrors, open_errors
from etl.errors import ConfigurationError
from etl.merge.errors.catalogue import CATALOGUE
from etl.monitoring.error_lists import reading_by_index
from etl.sources.in_tables.errors import Choice, Cursor
from etl.web.pages.causes import WithCause, cause_of
from etl.web.pages.code_counts import CodeCount, counts_of_run, shown_counts
from etl.web.pages.correcting import Correctable, correctable, correctable_columns
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, framed
from etl.web.problems import bad_request, not_found
from etl.web.requests import PAGE_SECONDS, ActionRequest, Attachment, Done, Id, Model, PageRequest
from etl.web.roles import WITH_ROWS, Role
from etl.web.texts.sentence import sentence_of

Row = dict[str, Any]
_LONGEST_VALUE = 10_000_000
# The pages whose forms offer rows again.
_BACK = re.compile(r"/now|/errors(/[0-9]{1,19})?")

# Of millions that were corrected long ago a page does not search all for open ones: it leads on from where it has come.
_SEARCH_SECONDS = 0.05


class ErrorItem(Model):
    """An error of a row. `value` has at most 200 characters; `state`: open, gone, offered, waiting, corrected or
    repeated."""

    id: Id
    run: Id
    table: str
    row_id: Id | None
    in_id: str | None
    column: str | None
    code: str
    value: str | None
    severity: str
    state: str
    message: str
    message_rus: str
    created_at: datetime


class Errors(CompanyPage):
    """`next`: the cursor of the next page; `by_code`: what the run that is shown has rejected in all, `of_run`;
    `shows_rows`: whether the viewer sees the errors themselves."""

    items: tuple[ErrorItem, ...]
    next: str | None
    run: Id | None
    table: str
    code: str
    only_open: bool
    tables: tuple[str, ...]
    codes: tuple[str, ...]
    by_code: tuple[CodeCount, ...]
    of_run: Id | None
    shows_rows: bool


class Error(WithCause):
    """One error. `row`: column -> its value now, None where the row is gone; `more`: how many of this code the run has
    in this table and column, as far as they are counted; `rejections`: in how many runs rows of this id were rejected;
    `can_offer`: whether to offer it again changes something; `columns` can be corrected, and `correctable` is the value
    that the form is for."""

    error: ErrorItem
    row: dict[str, str | None] | None
    more: int
    more_is_exact: bool
    rejections: int
    can_offer: bool
    columns: tuple[str, ...]
    correctable: Correctable | None


def errors_page(request: PageRequest) -> Errors:
    """The newest errors of a choice, a page of them."""
    run, only_open = request.number("run"), request.query.get("open") == "1"
    tables = request.runtime.company.in_tables()
    found: list[Row] = []
    of_run, following = run, None
    with _reading(request) as opened:
        readable = opened.log.readable
        if opened.connection is not None:
            choice = _choice(opened, request.query, run)
            chosen = (opened.log.schema, choice, only_open)
            after = _cursor(request.query.get("after", ""), chosen)
            found, last = opened.log.with_states(
                opened.connection,
                opened.connections,
                choice,
                PAGE_ROWS,
                only_open=only_open,
                after=after,
                seconds=_SEARCH_SECONDS,
            )
            following = last.text(chosen) if last else None
            of_run = run if run is not None else (found[0]["run"] if found and after is None else None)
    counted = counts_of_run(request, of_run) if of_run is not None else ()
    by_code = shown_counts([row for row in counted if readable is None or row["in_table"] in readable])
    shows_rows = request.viewer.role in WITH_ROWS
    return Errors(
        **framed(request),
        items=tuple(map(item_of, found)) if shows_rows else (),
        next=following if shows_rows else None,
        shows_rows=shows_rows,
        run=run,
        table=request.query.get("table", ""),
        code=request.query.get("code", ""),
        only_open=only_open,
        tables=tuple(tables),
        codes=tuple(sorted(fault.code for fault in CATALOGUE)),
        by_code=by_code,
        of_run=of_run,
    )


def error_page(request: PageRequest) -> Error:
    """One error with its cause, its cure and its row as it stands."""
    number = request.path_number("error")
    with _reading(request) as opened:
        try:
            error = opened.log.find(opened.prepared, number)
        except ConfigurationError as unknown:
            raise not_found(sentence_of("sentence.no_error")) from unknown
        [with_state], _ = opened.log.with_states(opened.prepared, opened.connections, Choice(ids=(error["id"],)), 1)
        error |= {"state": with_state["state"]}
        row = opened.log.row_of(opened.connections.imported, error)
        rejections = opened.log.rejections(opened.prepared, error)
        can_offer = row is not None and row.get("in_status") == "ERROR"
        columns = correctable_columns(request.runtime.company, error["in_table"]) if can_offer else ()
        to_correct = correctable(opened, error, columns, request.query.get("column", ""))
    counted = counts_of_run(request, error["run"])
    same = ("in_table", "code", "column_name")
    alike = [one for one in counted if all(one[name] == error[name] for name in same)]
    return Error(
        **framed(request),
        **cause_of(error["code"]),
        error=item_of(error),
        row=row,
        more=sum(one["rows"] for one in alike),
        more_is_exact=all(one["is_exact"] for one in alike),
        rejections=rejections,
        can_offer=can_offer,
        columns=columns,
        correctable=to_correct,
    )


def whole_value(request: PageRequest) -> Attachment:
    """A value of the row as it stands, which pages cut, as a file; up to ten million characters of it."""
    number, column = request.path_number("error"), request.path["column"]
    with _reading(request) as opened:
        try:
            error = opened.log.find(opened.prepared, number)
        except ConfigurationError as unknown:
            raise not_found(sentence_of("sentence.no_error")) from unknown
        row = opened.log.row_of(opened.connections.imported, error, only=column, width=_LONGEST_VALUE)
    text = row.get(column) if row else None
    if text is None:
        raise not_found()
    return Attachment(f"{error['in_table']}.{column}.{number}.txt", text.encode(), "text/plain; charset=utf-8")


def retry(request: ActionRequest) -> Done:
    """Offers rejected rows again: one, or all of a run, table and code that are still rejected."""
    ids = request.numbers("ids")
    run = request.number("run") if request.form.get("run") else None
    with open_errors(request.runtime, to_write=True, of_partner=_is_partner(request)) as opened:
        choice = _choice(opened, request.form, run, ids)
        if choice.is_empty:
            raise bad_request(sentence_of("sentence.which_errors"))
        retried = opened.log.retry(opened.prepared, choice)
    rows = sum(retried.values())
    back = request.form.get("back", "")
    location = back if _BACK.fullmatch(back) else "/errors"
    return Done(location, sentence_of("sentence.rows_ready", n=rows), {"rows": rows})


def item_of(row: Row) -> ErrorItem:
    """An error as `ErrorLog.with_states` gives it."""
    same = ("id", "run", "row_id", "in_id", "code", "value", "severity", "state", "message", "created_at")
    return ErrorItem(
        **{name: row[name] for name in same},
        table=row["in_table"],
        column=row["column_name"],
        message_rus=row["message_rus"] or row["message"],
    )


def _reading(request: PageRequest) -> AbstractContextManager[OpenErrors]:
    return open_errors(request.runtime, of_partner=_is_partner(request), begin=reading_by_index(PAGE_SECONDS))


def _is_partner(request: PageRequest | ActionRequest) -> bool:
    return request.viewer.role is Role.PARTNER


def _choice(opened: OpenErrors, given: Any, run: int | None, ids: tuple[int, ...] = ()) -> Choice:
    code = str(given.get("code", ""))
    if code and code not in {fault.code for fault in CATALOGUE}:
        raise bad_request(sentence_of("sentence.no_code"))
    try:
        return opened.log.chosen(run, given.get("table") or None, code or None, ids)
    except ConfigurationError as unknown:
        raise bad_request(str(unknown)) from unknown


def _cursor(text: str, chosen: Sequence[object]) -> Cursor | None:
    try:
        return Cursor.parsed(text, chosen) if text else None
    except ConfigurationError as fault:
        raise bad_request(str(fault)) from fault
