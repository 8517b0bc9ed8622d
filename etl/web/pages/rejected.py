"""The rows that a run has rejected, as a workbook: to be corrected there, and sent to Fill."""

from typing import Final

from etl.engine.rejected import OpenErrors, open_errors
from etl.merge.errors.catalogue import CATALOGUE
from etl.monitoring.error_lists import reading_by_index
from etl.quoting import fold
from etl.sources.in_tables.errors import is_correctable, rejected_rows
from etl.web.filling.reject_files import BOOK_TYPE, book_of
from etl.web.problems import bad_request, not_found
from etl.web.requests import PAGE_SECONDS, Attachment, PageRequest
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

MOST_ERRORS: Final = 10_000
"""Of a table; more are for `etl errors export`."""

_Sheet = tuple[str, list[list[str | None]]]


def book(request: PageRequest) -> Attachment:
    """A sheet for each table, of one run; `table` and `code` of the query choose."""
    run = request.number("run")
    if run is None:
        raise bad_request(sentence_of("sentence.missing", name="run"))
    if request.query.get("code", "") not in {"", *(fault.code for fault in CATALOGUE)}:
        raise bad_request(sentence_of("sentence.no_code"))
    is_partner = request.viewer.role is Role.PARTNER
    with open_errors(request.runtime, of_partner=is_partner, begin=reading_by_index(PAGE_SECONDS)) as opened:
        sheets = _sheets(request, opened, run) if opened.connection is not None else []
    if not sheets:
        raise not_found(sentence_of("sentence.none_rejected"))
    return Attachment(f"{request.company}-{run}.rejected.xlsx", book_of(sheets), BOOK_TYPE)


def _sheets(request: PageRequest, opened: OpenErrors, run: int) -> list[_Sheet]:
    # The names of columns that a file may fill come with the extra `files`.
    from etl.files import in_tables
    from etl.files.header import REJECT_COLUMNS

    asked, code = fold(request.query.get("table", "")), request.query.get("code", "")
    rejected = {fold(one["in_table"]) for one in opened.log.counts_of_run(opened.prepared, run)}
    found: list[_Sheet] = []
    for name, table in in_tables(request.runtime.company).items():
        if name not in rejected or asked not in ("", name) or not is_correctable(table.name):
            continue
        columns = [one.name for one in table.columns]
        rows = rejected_rows(
            opened.log,
            opened.prepared,
            table.name,
            columns,
            run=run,
            code=code,
            in_russian=request.viewer.language != "en",
            most=MOST_ERRORS,
        )
        if rows:
            found.append((table.name, [[*REJECT_COLUMNS, *columns], *([f"run {run}", *row] for row in rows)]))
    return found
