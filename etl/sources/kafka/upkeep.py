"""What is due from time to time, whether or not records come: links that wait, remembered recordIds, dead letters."""

from collections.abc import Callable
from dataclasses import dataclass

from etl.database import Connection, SqlTemplates, execute, server_time, transaction
from etl.merge.links import tables_to_serve
from etl.sources.kafka.links import merge_batch_links
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.positions import Locked
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.reports import Reports, clean_dead_letters

_sql = SqlTemplates(__package__)

# A schedule that asks for it as often as the setting allows comes a moment earlier or later than the last time.
_EARLY_SECONDS = 30


@dataclass(frozen=True)
class CleanedRecords:
    """How many remembered recordIds and sent dead letters were deleted."""

    record_ids: int = 0
    dead_letters: int = 0


def apply_references(into: RecordStore, *, interval_minutes: int | None = None) -> BatchOutcome:
    """Writes links whose ends have come by whatever way, and gives up those that waited longer than
    `oldRecordDeleteMinutes` (the vendor's applyRefBoi). A unit of its own where it changes something.

    With `interval_minutes` nothing is done where waiting links were tried later than that, by whichever host.
    """
    with transaction(into.engine, **into.settings) as connection:
        tables = into.link_fields.tables
        into.positions.hold_store(connection)
        if not tables_to_serve(connection, tables, into.store.schema):
            return BatchOutcome()
        if not _is_due(connection, into, interval_minutes):
            return BatchOutcome()
        unit = into.next_unit()
        context = into.context(unit, Locked({}, server_time(connection)))
        context.unit.begin(connection, into.store.schema)
        merged = merge_batch_links(connection, [], into.link_fields, tables, context)
        outcome = BatchOutcome(unit, counters=merged.counters)
        if not merged.waited and not any(counters.get("resolved") for counters in merged.counters.values()):
            context.unit.forget(connection, into.store.schema)
            return BatchOutcome(counters=merged.counters)
        reports = Reports(merged.waited)
        reports.write(connection, into.store.schema, unit, context.started_at, max_value_bytes=0)
        into.store.advance_positions(connection, unit, merged.served)
        context.unit.finish(connection, into.store.schema, outcome.receipt)
        return outcome


def _is_due(connection: Connection, into: RecordStore, minutes: int | None) -> bool:
    """Notes that it is done now. A host that does the same at this moment is waited for."""
    values = {"method": "applyRefBoi", "minutes": minutes or 0, "early_seconds": _EARLY_SECONDS}
    return execute(connection, _sql("begin_scheduled", schema=into.store.schema), values) > 0


def clean_records(into: RecordStore, *, limit: int, dead_letter_days: int) -> CleanedRecords:
    """Forgets recordIds that were merged more than `recordCleanHours` ago, and dead letters that were sent more than a
    number of days ago; passes of at most `limit` rows, a transaction each."""
    schema, hours = into.store.schema, into.rules.record_clean_hours
    return CleanedRecords(
        _in_passes(into, lambda connection: into.remembered.clean(connection, hours=hours, limit=limit), limit),
        _in_passes(
            into, lambda connection: clean_dead_letters(connection, schema, days=dead_letter_days, limit=limit), limit
        ),
    )


def _in_passes(into: RecordStore, clean: Callable[[Connection], int], limit: int) -> int:
    cleaned = 0
    while True:
        # Old statistics may take a large table for a small one, which would be read whole each time.
        with transaction(into.engine, enable_seqscan="off") as connection:
            once = clean(connection)
        cleaned += once
        if once < limit:
            return cleaned
