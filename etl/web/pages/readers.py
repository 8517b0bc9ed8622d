"""Readers of the out_ versions that confirm what they were given: shown on the pages Out and Freshness."""

from datetime import datetime

from etl.database import read_only_transaction
from etl.engine import Runtime, add_reader, remove_reader, reset_reader
from etl.engine.versions import readers_beside
from etl.outputs.versions import MOST_BEHIND, OutReader
from etl.web.pages.frame import PAGE_ROWS
from etl.web.problems import conflict
from etl.web.requests import PAGE_SECONDS, ActionRequest, Done, Model, PageRequest
from etl.web.texts.sentence import sentence_of


class ReaderOfVersion(Model):
    """A reader. `behind`: rows that it has not confirmed, counted up to 1,000: `is_further` says that there are more;
    `seconds` since it last confirmed or asked, or was added; `delivery`: the number of the last one."""

    schema_name: str
    reader: str
    state: str
    behind: int
    is_further: bool
    seconds: float
    delivery: int
    asked_at: datetime | None
    taken_at: datetime | None


class ListedReader(ReaderOfVersion):
    """The same for those who may see roles. `seen`: what a form carries back, so that a stale one is refused."""

    role_name: str
    added_at: datetime
    seen: str


def readers_of(request: PageRequest) -> tuple[tuple[ListedReader, ...], bool]:
    """The first ones by version and name, and whether there are others."""
    found = _read(request.runtime, limit=PAGE_ROWS + 1)
    return tuple(listed(one) for one in found[:PAGE_ROWS]), len(found) > PAGE_ROWS


def listed(one: OutReader) -> ListedReader:
    return ListedReader(**of_version(one).model_dump(), role_name=one.role_name, added_at=one.added_at, seen=seen(one))


def of_version(one: OutReader) -> ReaderOfVersion:
    same = ("schema_name", "reader", "state", "seconds", "delivery", "asked_at", "taken_at")
    return ReaderOfVersion(
        **{name: getattr(one, name) for name in same},
        behind=min(one.behind, MOST_BEHIND),
        is_further=one.behind > MOST_BEHIND,
    )


def seen(one: OutReader) -> str:
    """What a form carries of the reader that its viewer saw: one that was reset, or was added again, is another one."""
    return f"{one.added_at:%Y%m%d%H%M%S%f} {one.role_name} {one.state}"


def add(request: ActionRequest) -> Done:
    """Adds a reader to the version of the path; without a role, for that of `etl grants`."""
    name, role = request.required("reader"), request.form.get("role", "").strip() or None
    schema, chosen, is_new = add_reader(request.runtime, name, role, request.path["version"])
    sentence = (
        sentence_of("sentence.reader_added", reader=name, version=schema, role=chosen)
        if is_new
        else sentence_of("sentence.reader_there", reader=name, version=schema, role=chosen)
    )
    return Done("/out", sentence, {"schema": schema, "reader": name, "role": chosen, "is_new": is_new})


def reset(request: ActionRequest) -> Done:
    """Lets the next delivery of a reader be a full delivery."""
    _refuse_stale(request)
    name = request.path["reader"]
    schema = reset_reader(request.runtime, name, request.path["version"])
    sentence = sentence_of("sentence.reader_reset", reader=name, version=schema)
    return Done("/out", sentence, {"schema": schema, "reader": name})


def remove(request: ActionRequest) -> Done:
    """Removes a reader with its receipts."""
    _refuse_stale(request)
    name = request.path["reader"]
    schema = remove_reader(request.runtime, name, request.path["version"])
    sentence = sentence_of("sentence.reader_removed", reader=name, version=schema)
    return Done("/out", sentence, {"schema": schema, "reader": name})


def _refuse_stale(request: ActionRequest) -> None:
    """A page of yesterday shows what the reader was then."""
    shown, name, version = request.form.get("seen"), request.path["reader"], request.path["version"]
    if shown is None:
        return
    now = [one for one in _read(request.runtime) if one.reader == name and version == one.schema_name]
    if [seen(one) for one in now] != [shown]:
        raise conflict(sentence_of("sentence.reader_changed", reader=name))


def _read(runtime: Runtime, *, limit: int | None = None) -> list[OutReader]:
    with read_only_transaction(runtime.engine, seconds=PAGE_SECONDS) as connection:
        return readers_beside(connection, runtime, MOST_BEHIND, limit=limit)
