"""MIGRATE_SINGLE_FIELDS: one chunk of an in_ table becomes instances of its business object."""

from dataclasses import replace
from itertools import count

from etl.database import Connection
from etl.inbound.merge import Merge, merge_of
from etl.inbound.place import Place
from etl.inbound.repeated import pass_repeated
from etl.inbound.truncated import refuse_truncated
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.plan import Chunk
from etl.store import new_ids

# From here on the golden table's statistics are refreshed at once; autovacuum would come too late for the links.
_ANALYZE_FROM_ROWS = 10_000
# See analyze_stage; of a larger stage the size tells enough but for its places.
_ANALYZE_STAGE_BELOW_ROWS = 1000
# Passes over a chunk. Rows that still meet an earlier one are refused then: a careless constant would cost a pass each.
_MAX_PASSES = 50


def merge_single_fields(
    connection: Connection, business_object: BusinessObject, chunk: Chunk, place: Place
) -> dict[str, int]:
    """Merges the chunk's claimed rows into the golden store and marks them; returns counters.

    Rows that repeat what is known go first. Of the others, a pass stages the rows as they stand, marks those that
    still stand so (which locks them), and merges just these. Rows that the partner changed in between are taken as they
    stand then by the next pass: never half, never lost.
    """
    merge = merge_of(connection, business_object, chunk, place)
    found, rest = pass_repeated(merge, chunk)
    counters = {"unchanged": found} if found else {}
    if rest:
        found += _merge_passes(rest, counters)
    counters["marked"] = found
    if chunk.rows and not found:
        refuse_truncated(connection, names.in_table(business_object.code), place)
    if counters.get("created", 0) >= _ANALYZE_FROM_ROWS:
        merge.run("analyze_golden")
    return counters


def _merge_passes(merge: Merge, counters: dict[str, int]) -> int:
    """Takes what is left, pass by pass; returns how many rows were marked."""
    found = 0
    for number in count(1):
        staged, marked = _merge_pass(merge, counters, is_last=number >= _MAX_PASSES)
        found += marked
        if staged == marked:
            break
    return found


def _merge_pass(merge: Merge, counters: dict[str, int], *, is_last: bool) -> tuple[int, int]:
    staged = _stage(merge, is_last=is_last)
    if staged:
        merge.run("analyze_stage" if staged < _ANALYZE_STAGE_BELOW_ROWS else "analyze_places")
    marked = merge.run("mark_rows")
    if marked < staged:
        merge.run("unstage_rows")
    merge.place.send_marks(marked)
    for name, rows in _write(merge, marked).items():
        counters[name] = counters.get(name, 0) + rows
    merge.run("drop_stage")
    return staged, marked


def _stage(merge: Merge, *, is_last: bool) -> int:
    """Stages by in_id; by all ways to an instance where the object has unique fields or a row may take another way.

    Then rows may meet in one instance or unique value: each pass takes the first of them, in the order of their ids, so
    that the result is that of taking row by row.
    """
    merge = replace(merge, values=merge.values | {"new_ids": new_ids()})
    exact = replace(merge, names=merge.names | {"exact": True})
    if merge.names["unique"]:
        staged = exact.run("stage_rows")
    else:
        staged = merge.run("stage_rows")
        if not merge.ask("rare_rows"):
            return staged
        merge.run("drop_stage")
        staged = exact.run("stage_rows")
    exact.run("refuse_twins" if is_last else "defer_twins")
    return staged


def _write(merge: Merge, marked: int) -> dict[str, int]:
    """Writes what the `marked` rows ask for; returns counters."""
    created = merge.run("insert_instances") if marked else 0
    counts = {"created": created} if created else {}
    if created < marked or merge.names["skipping"]:  # where all are new, as in a first load, nothing is left to count
        counts |= _counts(merge)
    if counts.get("changed") or counts.get("removed"):
        merge.run("update_instances")
    if counts.get("aliased"):
        merge.run("insert_aliases")
    if counts.get("rejected") or counts.get("skipped"):
        merge.run("insert_errors")
    if merge.names["waiting"]:
        counts["files_waiting"] = merge.run("wait_for_files")
    return counts


def _counts(merge: Merge) -> dict[str, int]:
    rows = merge.ask("count_rows")
    counts = {row.action: row.rows for row in rows}
    further = {"aliased": sum(row.aliased for row in rows), "skipped": sum(row.skipped for row in rows)}
    return counts | {name: number for name, number in further.items() if number}
