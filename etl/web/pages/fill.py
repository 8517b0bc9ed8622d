"""Fill: a file into in_ tables, in four steps: choose, check all rows, load those that fit, hand over."""

from datetime import datetime
from pathlib import Path
from typing import Final

from etl.web.filling.committed import status_of
from etl.web.filling.reject_files import BOOK_TYPE, MOST_BOOK_ROWS, first_rejects, first_rows, reject_book, safe_copy
from etl.web.filling.upload import FilledTable, Step, Upload
from etl.web.filling.uploads import Uploads
from etl.web.pages.frame import CompanyPage, framed
from etl.web.pages.uploads_of_viewer import may_cancel, owner_of, upload_of
from etl.web.problems import not_found
from etl.web.requests import Attachment, Model, PageRequest
from etl.web.texts.sentence import sentence_of

_SHOWN_ROWS: Final = 5
_SHOWN_REJECTS: Final = 20
_SHOWN_CELLS: Final = 30
_CELL_CHARACTERS: Final = 200


class UploadItem(Model):
    """A file that waits. `step`: checking, failed, cancelled, checked, loading, loaded; `rows` fit, `rejected` do not.

    `is_unfinished`: a load was begun, and a crash or a lost connection has ended it: nothing was loaded.
    """

    token: str
    file_name: str
    bytes: int
    owner: str
    received_at: datetime
    step: str
    rows: int
    rejected: int
    loaded: int | None
    is_handed_over: bool
    is_unfinished: bool


class Fill(CompanyPage):
    """`tables`: those that a file may fill; `most_bytes`: of one file; `kept_minutes`: how long it waits."""

    tables: tuple[str, ...]
    uploads: tuple[UploadItem, ...]
    most_bytes: int
    kept_minutes: int


class RejectedRow(Model):
    """A row that does not fit: its line in the file, the columns, their values, and why."""

    line: int
    column: str
    value: str
    reason: str


class TableOfUpload(Model):
    """A table that the file fills. `in_book`: rejected rows that the workbook has; `known`: keys that are there
    already; `repeated`: rows with the key of an earlier row; `first_rows` and `rejects`: the first of them, their cells
    cut at 200 characters."""

    source: str
    table: str
    columns: tuple[str, ...]
    rows: int
    rejected: int
    in_book: int
    rounded: int
    known: int
    repeated: int
    first_rows: tuple[tuple[str | None, ...], ...]
    rejects: tuple[RejectedRow, ...]


class UploadPage(CompanyPage):
    """One upload. `check`: names the result that is shown, for the load; `done` of `size`: how far a check has read;
    `can_cancel`: the viewer may end the check or the load that is being done."""

    upload: UploadItem
    digest: str
    table: str
    sheet: str
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    check: str
    error: str
    done: int
    size: int
    can_cancel: bool
    tables: tuple[TableOfUpload, ...]


def fill_page(request: PageRequest) -> Fill:
    """The form for a file, and the files that wait: a partner's own, for operators all."""
    settings = request.uploads.spool.settings
    found = request.uploads.spool.uploads(request.company, owner_of(request.viewer))
    return Fill(
        **framed(request),
        tables=tuple(request.runtime.company.in_tables()),
        uploads=tuple(_item(request, one) for one in found),
        most_bytes=settings.most_bytes,
        kept_minutes=round(settings.kept_seconds / 60),
    )


def upload_page(request: PageRequest) -> UploadPage:
    """One upload, with what its check has found."""
    uploads = request.uploads
    upload = upload_of(request)
    done, size = _progress(uploads, upload)
    check = upload.check
    return UploadPage(
        **framed(request),
        upload=_item(request, upload),
        digest=upload.digest,
        table=upload.table,
        sheet=upload.sheet,
        encoding=upload.encoding,
        delimiter=upload.delimiter,
        names=tuple(request.runtime.company.in_tables()),
        check=check.id if check else "",
        error=check.error if check else "",
        done=done,
        size=size,
        can_cancel=upload.step is Step.CHECKING or may_cancel(request.viewer, uploads.loads.find(upload.token)),
        tables=tuple(_table(uploads, upload, number, one) for number, one in enumerate(check.tables if check else ())),
    )


def rejects_book(request: PageRequest) -> Attachment:
    """All rejected rows as a workbook of texts."""
    upload = upload_of(request)
    tables = upload.check.tables if upload.check else ()
    sheets = [
        (one.table, _check_folder(request.uploads, upload) / f"rejects-{number}.csv")
        for number, one in enumerate(tables)
        if one.rejected
    ]
    if not sheets:
        raise not_found(sentence_of("sentence.none_rejected"))
    return Attachment(f"{_stem(upload)}.rejected.xlsx", reject_book(sheets), BOOK_TYPE)


def rejects_csv(request: PageRequest) -> Attachment:
    """The rejected rows of one table as they are, for programs: a spreadsheet would calculate formulas in it. With
    `?safe=1` no cell is a formula."""
    upload = upload_of(request)
    number = request.path_number("number")
    tables = upload.check.tables if upload.check else ()
    if number >= len(tables) or not tables[number].rejected:
        raise not_found(sentence_of("sentence.none_rejected"))
    path = _check_folder(request.uploads, upload) / f"rejects-{number}.csv"
    name = f"{_stem(upload)}.{number}.rejected.csv"
    if request.query.get("safe") == "1":
        path, name = safe_copy(path), f"{_stem(upload)}.{number}.rejected.safe.csv"
    return Attachment(name, media_type="text/csv; charset=utf-8", path=path)


def _stem(upload: Upload) -> str:
    return upload.file_name.partition(".")[0] or "upload"


def _item(request: PageRequest, upload: Upload) -> UploadItem:
    step, was_interrupted = _step(request, upload)
    is_loaded = step is Step.LOADED and upload.load is not None
    return UploadItem(
        token=upload.token,
        file_name=upload.file_name,
        bytes=upload.bytes,
        owner=upload.owner,
        received_at=upload.received_at,
        step="loading" if step is Step.UNSURE else step,
        rows=upload.rows,
        rejected=upload.rejected,
        loaded=upload.load.rows if upload.load and is_loaded else None,
        is_handed_over=bool(is_loaded and upload.load and upload.load.is_handed_over),
        is_unfinished=was_interrupted,
    )


def _step(request: PageRequest, upload: Upload) -> tuple[Step, bool]:
    """(how far it has come, whether a load was interrupted), as the server knows it; UNSURE while a load is done."""
    if request.uploads.loads.find(upload.token):
        return Step.UNSURE, False
    if upload.step is not Step.UNSURE or upload.load is None:
        return upload.step, False
    with request.reading() as connection:
        status = status_of(connection, upload.load)
    if status == "committed":
        return Step.LOADED, False
    return (Step.UNSURE, False) if status == "in progress" else (Step.CHECKED, True)


def _progress(uploads: Uploads, upload: Upload) -> tuple[int, int]:
    if upload.step is not Step.CHECKING:
        return 0, 0
    return uploads.checker.progress(upload.token) or (0, 0)


def _check_folder(uploads: Uploads, upload: Upload) -> Path:
    return uploads.spool.folder_of(upload) / f"check-{upload.check.id if upload.check else ''}"


def _table(uploads: Uploads, upload: Upload, number: int, found: FilledTable) -> TableOfUpload:
    folder = _check_folder(uploads, upload)
    rows = first_rows(folder / f"rows-{number}.copy", _SHOWN_ROWS)
    rejects = first_rejects(folder / f"rejects-{number}.csv", _SHOWN_REJECTS)
    return TableOfUpload(
        **found.model_dump(),
        in_book=min(found.rejected, MOST_BOOK_ROWS),
        first_rows=tuple(tuple(_cut(cell) for cell in row[:_SHOWN_CELLS]) for row in rows),
        rejects=tuple(
            RejectedRow(line=line, column=column, value=_cut(value) or "", reason=_cut(reason) or "")
            for line, column, value, reason in rejects
        ),
    )


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _CELL_CHARACTERS else text[:_CELL_CHARACTERS] + "…"
