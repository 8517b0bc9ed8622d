"""Fill: a file into in_ tables, in four steps: choose, check all rows, load those that fit, hand over."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from etl.engine import refuse_on_hold
from etl.web.filling.committed import status_of
from etl.web.filling.loads import RunningLoad
from etl.web.filling.reject_files import BOOK_TYPE, MOST_BOOK_ROWS, first_rejects, first_rows, reject_book, safe_copy
from etl.web.filling.upload import FilledTable, Step, Upload
from etl.web.filling.uploads import Uploads
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import RequestProblem, bad_request, conflict, not_found
from etl.web.requests import ActionRequest, Attachment, Done, Model, PageRequest, Viewer
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

_SHOWN_ROWS: Final = 5
_SHOWN_REJECTS: Final = 20
_SHOWN_CELLS: Final = 30
_CELL_CHARACTERS: Final = 200
_LONGEST_OPTION: Final = 100


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
    found = request.uploads.spool.uploads(request.company, _owner(request.viewer))
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
    upload = _upload(request, uploads)
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
        can_cancel=upload.step is Step.CHECKING or _may_cancel(request.viewer, uploads.loads.find(upload.token)),
        tables=tuple(_table(uploads, upload, number, one) for number, one in enumerate(check.tables if check else ())),
    )


def rejects_book(request: PageRequest) -> Attachment:
    """All rejected rows as a workbook of texts."""
    upload = _upload(request, request.uploads)
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
    upload = _upload(request, request.uploads)
    number = request.path_number("number")
    tables = upload.check.tables if upload.check else ()
    if number >= len(tables) or not tables[number].rejected:
        raise not_found(sentence_of("sentence.none_rejected"))
    path = _check_folder(request.uploads, upload) / f"rejects-{number}.csv"
    name = f"{_stem(upload)}.{number}.rejected.csv"
    if request.query.get("safe") == "1":
        path, name = safe_copy(path), f"{_stem(upload)}.{number}.rejected.safe.csv"
    return Attachment(name, media_type="text/csv; charset=utf-8", path=path)


def receive(request: ActionRequest) -> Done:
    """Keeps what was received, and begins to check it."""
    from etl.files import find_table, in_tables, is_workbook, known_suffix

    uploads, name = request.uploads, request.required("file")
    suffix = known_suffix(name)
    if not suffix:
        raise bad_request(sentence_of("sentence.unknown_kind"))
    tables, table = in_tables(request.runtime.company), _option(request, "table")
    own = _named_after(name, suffix, [one.name for one in tables.values()])
    if table:
        table = find_table(tables, table).name
    elif not own and not is_workbook(suffix):
        raise bad_request(sentence_of("sentence.choose_table"))
    upload = Upload(
        token=request.required("received"),
        company=request.company,
        owner=request.viewer.name,
        role=request.viewer.role,
        file_name=name,
        stored=f"{own or 'upload'}{suffix}",
        bytes=request.number("bytes"),
        digest=request.required("digest"),
        received_at=datetime.now(UTC),
        table=table,
        sheet=_option(request, "sheet"),
        encoding=_option(request, "encoding") or "utf-8",
        delimiter=_option(request, "delimiter"),
    )
    checker = uploads.checker
    uploads.spool.keep(upload)
    checker.start(upload)
    return Done(f"/fill/{upload.token}", sentence_of("sentence.received", name=name), {"upload": upload.token})


def check_again(request: ActionRequest) -> Done:
    """Checks the file once more, with other options."""
    from etl.files import find_table, in_tables

    uploads, upload = request.uploads, _upload(request, request.uploads)
    table = _option(request, "table")
    changed = {
        "table": find_table(in_tables(request.runtime.company), table).name if table else "",
        "sheet": _option(request, "sheet"),
        "encoding": _option(request, "encoding") or "utf-8",
        "delimiter": _option(request, "delimiter"),
        "check": None,
    }
    with uploads.spool.locked(upload.token):
        upload = _upload(request, uploads)
        if upload.load:
            raise conflict(sentence_of("sentence.loaded_before"))
        upload = upload.model_copy(update=changed)
        uploads.spool.save(upload)
    uploads.checker.start(upload)
    return Done(
        f"/fill/{upload.token}", sentence_of("sentence.checked_again", name=upload.file_name), {"upload": upload.token}
    )


def cancel(request: ActionRequest) -> Done:
    """Ends a check, or cancels a load; the file stays, and can be checked and loaded again."""
    upload = _upload(request, request.uploads)
    if running := request.uploads.loads.find(upload.token):
        return _cancel_load(request, upload, running)
    if not request.uploads.checker.cancel(upload):
        raise conflict(sentence_of("sentence.check_over"))
    return Done(
        f"/fill/{upload.token}", sentence_of("sentence.check_ended", name=upload.file_name), {"upload": upload.token}
    )


def _cancel_load(request: ActionRequest, upload: Upload, running: RunningLoad) -> Done:
    if not _may_cancel(request.viewer, running):
        raise RequestProblem(403, "forbidden", sentence_of("sentence.load_of_another", by=running.begun_by))
    if not running.cancel(request.viewer.name):
        raise conflict(sentence_of("sentence.load_over"))
    sentence = sentence_of("sentence.load_ended", name=upload.file_name)
    return Done(f"/fill/{upload.token}", sentence, {"upload": upload.token})


def _may_cancel(viewer: Viewer, running: RunningLoad | None) -> bool:
    """The one who has begun it, and operators."""
    return running is not None and (viewer.role is Role.OPERATOR or viewer.name == running.begun_by)


def load(request: ActionRequest) -> Done:
    """Loads the rows that fit, in one transaction, together with the hand-over if it is asked for."""
    upload = _upload(request, request.uploads)
    if upload.rejected and request.form.get("only_whole"):
        raise conflict(sentence_of("sentence.not_whole", n=upload.rejected))
    with request.own_runtime() as runtime:
        refuse_on_hold(runtime)
    loaded = request.uploads.load(
        request.runtime,
        upload,
        request.required("check"),
        viewer=request.viewer.name,
        takes_newest=request.form.get("on_duplicate", "newest") == "newest",
        hands_over=bool(request.form.get("hand_over")),
    )
    found = loaded.load
    if found is None:
        raise conflict(sentence_of("sentence.checked_otherwise"))
    if found.is_handed_over:
        sentence = sentence_of("sentence.rows_handed_over", n=found.rows, name=upload.file_name)
    else:
        sentence = sentence_of("sentence.rows_loaded", n=found.rows, name=upload.file_name)
    return Done(f"/fill/{upload.token}", sentence, {"rows": found.rows, "is_handed_over": found.is_handed_over})


def hand_over(request: ActionRequest) -> Done:
    """Says by the marker that all that is ready may be read."""
    from etl.database import transaction
    from etl.files import hand_over as hand_over_by_marker

    with transaction(request.runtime.engine) as connection:
        hand_over_by_marker(connection, request.runtime.in_schema)
    return Done("/now", sentence_of("sentence.handed_over"))


def remove(request: ActionRequest) -> Done:
    """Removes a file that waits; rows that were loaded stay."""
    uploads, upload = request.uploads, _upload(request, request.uploads)
    with uploads.spool.locked(upload.token):
        uploads.spool.remove(upload.token)
    return Done("/fill", sentence_of("sentence.file_removed", name=upload.file_name))


def _upload(request: PageRequest | ActionRequest, uploads: Uploads) -> Upload:
    """The upload of the path; for a partner only its own."""
    upload = uploads.spool.find(request.company, request.path["upload"])
    owner = _owner(request.viewer)
    if owner is not None and upload.owner != owner:
        raise not_found()
    return upload


def _owner(viewer: Viewer) -> str | None:
    return None if viewer.role is Role.OPERATOR else viewer.name


def _option(request: ActionRequest, name: str) -> str:
    text = request.form.get(name, "").strip(" ")
    if len(text) > _LONGEST_OPTION:
        raise bad_request(sentence_of("sentence.too_long", name=name))
    return text.replace("\\t", "\t") if name == "delimiter" else text


def _named_after(name: str, suffix: str, tables: list[str]) -> str:
    """The table that a file is named after, as Client.csv or in_Client.rejected.csv; "" if it is after none."""
    stem = name[: -len(suffix)].partition(".")[0].lower()
    return next((one for one in tables if stem in (one.lower(), one.lower().removeprefix("in_"))), "")


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
