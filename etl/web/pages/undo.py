"""Undo: what reverting a run would change, and reverting it."""

from typing import Final

from etl.database import read_only_transaction
from etl.engine import dry_undo, list_versions, read_unit_alone, undo
from etl.errors import ConfigurationError
from etl.web.asked import Asked
from etl.web.pages.frame import CompanyPage, framed
from etl.web.pages.units import Unit, unit_of
from etl.web.problems import not_found
from etl.web.requests import PAGE_SECONDS, ActionRequest, Done, PageRequest
from etl.web.texts.sentence import sentence_of

_PREVIEWS: Final = Asked[dict[str, int]]()


class Undo(CompanyPage):
    """`preview`: what would be reverted, counter -> number; None before it was asked for. `versions`: those that
    follow."""

    unit: Unit
    can_undo: bool
    preview: dict[str, int] | None
    versions: tuple[str, ...]


def page(request: PageRequest) -> Undo:
    """The run, and what a preview has counted."""
    number = request.path_number("run")
    runtime = request.runtime
    try:
        unit = unit_of(read_unit_alone(runtime, number))
    except ConfigurationError as unknown:
        raise not_found(sentence_of("sentence.no_run")) from unknown
    with read_only_transaction(runtime.engine, seconds=PAGE_SECONDS) as connection:
        versions = tuple(one.schema_name for one in list_versions(connection, runtime, 1))
    return Undo(
        **framed(request),
        unit=unit,
        can_undo=unit.undone_by is None and unit.finished_at is not None,
        preview=_PREVIEWS.lately((request.company, number)),
        versions=versions,
    )


def preview(request: ActionRequest) -> Done:
    """Does all of it and rolls it back: other work on the store waits meanwhile, so it takes a press of a button."""
    number = request.path_number("run")
    counted = {str(name): rows for name, rows in dry_undo(request.runtime, number).counters.items()}
    _PREVIEWS.keep((request.company, number), counted)
    return Done(f"/runs/{number}/undo", sentence_of("sentence.nothing_written"), counted)


def revert(request: ActionRequest) -> Done:
    """Reverts the run."""
    number = request.path_number("run")
    done = undo(request.runtime, number)
    undone_by = str(done.as_run)
    return Done(
        f"/runs/{undone_by}", sentence_of("sentence.undone", run=str(number), by=undone_by), {"as_run": undone_by}
    )
