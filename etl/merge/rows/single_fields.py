"""MIGRATE_SINGLE_FIELDS: merges one chunk of an in_ table into instances of its business object."""

from dataclasses import replace

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.errors.truncated import refuse_truncated
from etl.merge.rows.conflicts.settling import Settled, Settling, changed_meanwhile
from etl.merge.rows.folding.fold import settle_staged
from etl.merge.rows.repeated import pass_repeated
from etl.merge.rows.statements import Merge, merge_of, merge_without_pins
from etl.merge.statistics import needs_analyze
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.runs import Chunk, CounterName, Counters, add_counters
from etl.store import new_ids, writing_by_ctid

# See analyze_stage; for a larger stage the planner's estimate by size suffices.
_ANALYZE_STAGE_BELOW_ROWS = 1000
# Passes over a chunk; rows that would still have to wait then are refused. Without a limit a row could cost a pass
# each.
_MAX_PASSES = 50
_FURTHER: tuple[CounterName, ...] = ("aliased", "skipped", "merged", "overruled", "held")
# Rows of which err says something.
_REPORTED: tuple[CounterName, ...] = ("rejected", "skipped", "merged", "overruled", "held")


def merge_single_fields(
    connection: Connection, business_object: BusinessObject, chunk: Chunk, context: MergeContext
) -> Counters:
    """Merges the chunk's claimed rows into the golden store and marks them; returns counters.

    Rows that repeat what the store has come first. For the others, a pass stages the rows, marks those unchanged since
    (which locks them), and merges these. The next pass takes rows that the partner changed in between with their new
    values: never half, never lost. Of a staged table, which only its own transaction sees, all rows are merged; later
    passes take those that depend on others.
    """
    merge = merge_of(connection, business_object, chunk, context)
    is_staged = context.source.is_staged
    if is_staged:
        if not context.source.marks_removals:
            merge.run("note_removals")
        merge = replace(merge, values=merge.values | {"rows": chunk.rows})
    found, rest = (0, merge) if is_staged else pass_repeated(merge, chunk)
    counters: Counters = {"unchanged": found} if found else {}
    if rest:
        found += _merge_passes(rest, counters)
    counters["marked"] = found
    if chunk.rows and not found and not is_staged:
        refuse_truncated(connection, names.in_table(business_object.code), context)
    golden = names.store_table(business_object.code)
    if needs_analyze(connection, golden, counters.get("created", 0), context):
        merge.run("analyze_golden")
    return counters


def merge_dependent_rows(
    connection: Connection, business_object: BusinessObject, chunk: Chunk, context: MergeContext
) -> Counters:
    """Merges the claimed rows that depend on each other, before the table's chunks; returns counters.

    They name one instance, or one wants or has a unique value that another gives up, wants or has. Between databases
    only these rows were copied.
    """
    merge = merge_of(connection, business_object, chunk, context)
    if not context.is_relayed:
        if not find_dependent_rows(merge_without_pins(connection, business_object, chunk, context)):
            return {}
        merge = replace(merge, variables=merge.variables | {"has_remaining": True})
    counters: Counters = {}
    counters["marked"] = _merge_passes(merge, counters)
    return counters


def find_dependent_rows(merge: Merge) -> int:
    """Inserts their ids into the table `remaining`; returns how many there are."""
    merge.run("drop_remaining")
    may_meet = merge.variables["unique"] or merge.ask("any_alias") or merge.ask("any_out_id")
    return merge.run("dependent_rows") if may_meet else 0


def _merge_passes(merge: Merge, counters: Counters) -> int:
    """Merges the remaining rows, pass by pass; returns how many were marked."""
    settling = Settling(merge)
    found = passes = 0
    is_over = False
    while not is_over:
        passes += 1
        is_last = passes >= _MAX_PASSES
        staged, stage = _stage(merge)
        if merge.context.source.is_staged:
            settled = Settled(stage, settle_staged(stage, is_last=is_last))
        elif stage.variables["exact"]:
            staged, settled = settling.reconcile(stage, staged, is_last=is_last)
        else:
            settled = Settled(stage)
        marked = _mark_rows(stage, staged)
        if marked < staged:
            stage.run("unstage_rows")
        merge.context.flush_statuses(marked)
        add_counters(counters, _write(settled, marked))
        settled.forget()
        merge.run("drop_stage")
        found += marked
        is_over = staged == marked
    settling.end()
    return found


def _stage(merge: Merge) -> tuple[int, Merge]:
    """Stages by in_id; by all ways to an instance where the object has unique fields or a row may take another way.

    In the latter case, and of staged tables, rows may conflict, which is settled next; the merge is `exact` then.
    Returns how many rows are staged, and the merge of their statements.
    """
    merge = replace(merge, values=merge.values | {"new_ids": new_ids()})
    if not merge.variables["unique"] and not merge.context.source.is_staged:
        staged = merge.run("stage_rows")
        if not merge.ask("rare_rows"):
            return staged, merge
        merge.run("drop_stage")
    exact = replace(merge, variables=merge.variables | {"exact": True})
    if merge.context.source.is_staged:
        [ways] = exact.ask("staged_ways")
        exact = replace(exact, variables={**exact.variables, **ways._mapping})
    return exact.run("stage_rows"), exact


def _mark_rows(stage: Merge, staged: int) -> int:
    """Marks the staged rows that are unchanged since; returns how many."""
    if staged >= _ANALYZE_STAGE_BELOW_ROWS and not stage.context.source.is_staged:
        with writing_by_ctid(stage.connection):
            return stage.run("mark_rows")
    if staged and not stage.context.source.is_staged:
        stage.run("analyze_stage")
    return stage.run("mark_rows")


def _write(settled: Settled, marked: int) -> Counters:
    """Writes the `marked` rows to the store; returns counters."""
    merge = settled.merge
    if settled.exchanges:  # unique values that change hands are free before anything is written
        settled.write(_counts(merge), "removed")
        settled.release_values()
    created = _insert_instances(merge) if marked else 0
    counts: Counters = {"created": created} if created else {}
    if created < marked or merge.variables["skipping"]:  # if all rows are new, as in a first load, no others are left
        if merge.context.source.is_staged:  # till here the stage has been joined with nothing
            merge.run("analyze_stage")
        counts |= _counts(merge)
    if counts.get("changed") or counts.get("removed"):
        settled.write(counts, *(("changed",) if settled.exchanges else ("changed", "removed")))
    if counts.get("aliased"):
        _insert_aliases(merge)
    if merge.variables["ending"]:
        merge.run("end_pins")
    if merge.variables["owned"]:
        _own_fields(merge)
    if any(counts.get(name) for name in _REPORTED):
        merge.run("insert_errors")
    if merge.variables["waiting"]:
        counts["files_waiting"] = merge.run("wait_for_files")
    return counts


def _own_fields(merge: Merge) -> None:
    """Notes which source has written the fields. Raises TransientFault if another one has written into their instances
    since the rows were staged, or has written the field and counts more."""
    if merge.run("stage_owners"):
        [locked] = merge.ask("lock_owned")
        if locked.missed:
            raise changed_meanwhile(merge, f"changed {locked.missed}")
        merge.run("insert_owners")
        [outranking] = merge.ask("any_outranked")
        if outranking.is_there:
            raise changed_meanwhile(merge, "written fields of")
    merge.run("drop_owners")


def _insert_instances(merge: Merge) -> int:
    """Raises TransientFault if another source has given an id of a new instance to another one since the rows were
    staged. Returns how many instances are new."""
    created = merge.run("insert_instances")
    if created:
        merge.ask("lock_created_ids")
        [alias] = merge.ask("any_created_alias")
        if alias.is_there:
            raise changed_meanwhile(merge, "given ids of new instances to other")
    return created


def _insert_aliases(merge: Merge) -> None:
    """Raises TransientFault if another source has given an id to another instance since the rows were staged."""
    merge.ask("lock_sources")
    merge.ask("lock_ids_of_others")
    [found] = merge.ask("insert_aliases")
    if found.missed:
        raise changed_meanwhile(merge, f"given {found.missed} ids to other")


def _counts(merge: Merge) -> Counters:
    rows = merge.ask("count_rows")
    counts: Counters = {row.action: row.rows for row in rows}
    further: Counters = {name: sum(getattr(row, name, 0) for row in rows) for name in _FURTHER}
    return counts | {name: number for name, number in further.items() if number}
