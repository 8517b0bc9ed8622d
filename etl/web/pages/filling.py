"""What is done on the pages Fill: a file is taken, checked, loaded, removed; what is ready is handed over."""

from datetime import UTC, datetime
from typing import Final

from etl.engine import refuse_on_hold
from etl.web.filling.loads import RunningLoad
from etl.web.filling.upload import Upload
from etl.web.pages.uploads_of_viewer import may_cancel, upload_of
from etl.web.problems import RequestProblem, bad_request, conflict
from etl.web.requests import ActionRequest, Done
from etl.web.texts.sentence import sentence_of

_LONGEST_OPTION: Final = 100


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

    uploads, upload = request.uploads, upload_of(request)
    table = _option(request, "table")
    changed = {
        "table": find_table(in_tables(request.runtime.company), table).name if table else "",
        "sheet": _option(request, "sheet"),
        "encoding": _option(request, "encoding") or "utf-8",
        "delimiter": _option(request, "delimiter"),
        "check": None,
    }
    with uploads.spool.locked(upload.token):
        upload = upload_of(request)
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
    upload = upload_of(request)
    if running := request.uploads.loads.find(upload.token):
        return _cancel_load(request, upload, running)
    if not request.uploads.checker.cancel(upload):
        raise conflict(sentence_of("sentence.check_over"))
    return Done(
        f"/fill/{upload.token}", sentence_of("sentence.check_ended", name=upload.file_name), {"upload": upload.token}
    )


def _cancel_load(request: ActionRequest, upload: Upload, running: RunningLoad) -> Done:
    if not may_cancel(request.viewer, running):
        raise RequestProblem(403, "forbidden", sentence_of("sentence.load_of_another", by=running.begun_by))
    if not running.cancel(request.viewer.name):
        raise conflict(sentence_of("sentence.load_over"))
    sentence = sentence_of("sentence.load_ended", name=upload.file_name)
    return Done(f"/fill/{upload.token}", sentence, {"upload": upload.token})


def load(request: ActionRequest) -> Done:
    """Loads the rows that fit, in one transaction, together with the hand-over if it is asked for."""
    upload = upload_of(request)
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
    uploads, upload = request.uploads, upload_of(request)
    with uploads.spool.locked(upload.token):
        uploads.spool.remove(upload.token)
    return Done("/fill", sentence_of("sentence.file_removed", name=upload.file_name))


def _option(request: ActionRequest, name: str) -> str:
    text = request.form.get(name, "").strip(" ")
    if len(text) > _LONGEST_OPTION:
        raise bad_request(sentence_of("sentence.too_long", name=name))
    return text.replace("\\t", "\t") if name == "delimiter" else text


def _named_after(name: str, suffix: str, tables: list[str]) -> str:
    """The table that a file is named after, as Client.csv or in_Client.rejected.csv; "" if it is after none."""
    stem = name[: -len(suffix)].partition(".")[0].lower()
    return next((one for one in tables if stem in (one.lower(), one.lower().removeprefix("in_"))), "")
