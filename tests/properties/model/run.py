"""A run: decide by the marker, claim, take table after table, fix the marker, show."""

from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from etl.metadata import names
from etl.metadata.field_types import Category, Native
from etl.runs import Kind
from tests.properties.model.delivered import CLAIMED, DONE, READY, Marker, Row
from tests.properties.model.files import upload_files
from tests.properties.model.full_sets import add_removals, delete_added
from tests.properties.model.links import merge_links
from tests.properties.model.out import bring_up_to_date
from tests.properties.model.rows import dependent_rows, merge_rows
from tests.properties.model.world import Change, Policy, Run, Step, World

_RECEIPT_COUNTS = ("created", "changed", "unchanged", "removed", "rejected", "waiting")


class Stopped(Exception):
    """All claimed rows of a table vanished, and the table with them: the run ends, the marker says 2."""


def hand_over_by_clearing(world: World) -> None:
    """Way 1: `delete from process_tracking`."""
    world.markers.clear()


def hand_over_by_row(world: World) -> None:
    """Way 2: a row of the partner's own, and load_status = 1."""
    world.markers.append(Marker(load=1))


def begin_or_resume(world: World) -> Run | None:
    """The run that is resumed, or a new one when the newest marker says so; None: nothing starts."""
    if world.run is None:
        newest = world.markers[-1] if world.markers else None
        if newest is None:
            newest = Marker(load=0)
            world.markers.append(newest)
        elif (newest.load, newest.read) != (1, 0):
            return None
        world.runs += 1
        world.run = Run(world.runs, newest)
        newest.run = world.runs
    return world.run


def perform(world: World, policy: Policy, *, steps: int | None = None) -> None:
    """Performs the run's tasks, all that are left or the first `steps` of its plan. Raises Stopped."""
    run = world.run
    assert run is not None
    if run.plan is None:
        if steps == 0:
            return
        run.plan = list(_begin(world, run, policy))
        run.done = 1
    try:
        for step in run.plan[run.done : steps]:
            _perform(world, run, step, policy)
            run.done += 1
    except Stopped:
        world.kept_faults += [fault for fault in world.faults if fault.run == run.number]
        _count_receipts(world, run)
        _fix_marker(world, run, read=2)
        world.run = None
        raise


def close(world: World) -> None:
    """The last word on a run whose tasks are all done."""
    world.run = None


def _begin(world: World, run: Run, policy: Policy) -> Iterator[Step]:
    """Claims what is ready and lays out the plan. Dictionaries come before the objects whose fields name their rows."""
    for table, rows in world.all_rows():
        ready = [row for row in rows if row.status in (READY, CLAIMED)]  # no other runner is there
        run.claimed[table] = len(ready)
        run.counts[table] = Counter()
        for row in ready:
            row.status = CLAIMED
            if isinstance(row, Row):
                row.run = run.number
    for table in world.full_sets:
        run.claimed[table] += add_removals(world, table, run.number)
    world.full_sets.clear()
    yield Step(Kind.BEGIN)
    if world.file_references or not all(file.uploaded for file in world.files.values()):
        yield Step(Kind.UPLOAD_FILES, "in_fileStorage")
    loaded = [bo for bo in world.company.objects if bo.has_in_table]
    for are_dictionaries in (True, False):
        tables = [names.in_table(bo.code) for bo in loaded if (bo.category is Category.DICTIONARY) == are_dictionaries]
        # First the first chunk of each table, then the second of each.
        for beside in zip_longest(*(_chunks(world, run, table, policy) for table in tables)):
            yield from filter(None, beside)
    for link in world.company.in_link_tables():
        if run.claimed[link.name] or world.waiting_for(link):
            kind = Kind.MIGRATE_CO_LINKS if link.field.co else Kind.MIGRATE_BO_LINKS
            yield Step(kind, link.name, rows=run.claimed[link.name])
    for bo in loaded:
        if run.claimed[names.in_table(bo.code)]:
            yield Step(Kind.MIGRATE_IN_MIGRATED_AT, names.in_table(bo.code))
    yield Step(Kind.FIX_PROCESS_TRACKING)
    yield Step(Kind.COPY_ERR)
    yield Step(Kind.RUN_PROCESSES)


def _chunks(world: World, run: Run, table: str, policy: Policy) -> Iterator[Step]:
    ids = sorted(row.id for row in world.rows[table] if row.status == CLAIMED and row.run == run.number)
    firsts: list[int | None] = [*ids[:: policy.chunk_rows]]
    if len(firsts) > 1:
        yield Step(Kind.MIGRATE_DEPENDENT_ROWS, table)
    for number, after in enumerate([*firsts[1:], None] if firsts else []):
        first = firsts[number] if number else None
        held = ids[number * policy.chunk_rows : (number + 1) * policy.chunk_rows]
        yield Step(Kind.MIGRATE_SINGLE_FIELDS, table, first, after, len(held))


def _perform(world: World, run: Run, step: Step, policy: Policy) -> None:
    match step.kind:
        case Kind.UPLOAD_FILES:
            run.counts[step.table] = upload_files(world, policy, run.number)
        case Kind.MIGRATE_DEPENDENT_ROWS | Kind.MIGRATE_SINGLE_FIELDS:
            _single_fields(world, run, step, policy)
        case Kind.MIGRATE_BO_LINKS | Kind.MIGRATE_CO_LINKS:
            if step.rows and not world.links_in[step.table]:
                raise Stopped(step.table)
            run.counts[step.table] += merge_links(world, world.link_of(step.table), run.number)
        case Kind.MIGRATE_IN_MIGRATED_AT:
            _touch(world, run, step.table)
        case Kind.FIX_PROCESS_TRACKING:
            delete_added(world)
            _count_receipts(world, run)
            _fix_marker(world, run, read=1)
        case Kind.COPY_ERR:
            world.kept_faults += [fault for fault in world.faults if fault.run == run.number]
        case Kind.RUN_PROCESSES if policy.shows:
            bring_up_to_date(world, run.number)


def _single_fields(world: World, run: Run, step: Step, policy: Policy) -> None:
    """A row that is no longer claimed has left; the next run may find it."""
    counts = run.counts[step.table]
    bo = world.object_of(step.table)
    rows = [row for row in world.rows[step.table] if row.status == CLAIMED and row.run == run.number]
    mine = [
        row
        for row in rows
        if (step.first is None or row.id >= step.first) and (step.after is None or row.id < step.after)
    ]
    if step.rows and not mine and not world.rows[step.table]:
        raise Stopped(step.table)
    if step.kind is Kind.MIGRATE_DEPENDENT_ROWS:
        mine = dependent_rows(world, bo, mine, policy)
    counts.update(merge_rows(world, bo, step.table, mine, policy, run.number))


def _touch(world: World, run: Run, table: str) -> None:
    """Unchanged instances get their in-migration time where a reader can see it."""
    bo = world.object_of(table)
    if not any(native.code is Native.IN_MIGRATION_UPDATED_AT for native in bo.uploaded_natives):
        return
    for row in world.rows[table]:
        instance = world.instances[bo.code].get(row.out_id or "")
        if row.run == run.number and row.status == DONE and instance and instance.migrated != run.number:
            instance.migrated = run.number
            world.journal.append(Change(run.number, bo.code, None, instance.id, None, "touched"))


def _count_receipts(world: World, run: Run) -> None:
    """Every claimed row is counted once; what was neither taken nor released has vanished."""
    released = _release(world)
    world.receipts[run.number] = {}
    for table, claimed in run.claimed.items():
        counts = run.counts[table]
        vanished = claimed - counts["marked"] - released[table]
        outcomes = Counter({name: counts[name] for name in _RECEIPT_COUNTS})
        world.receipts[run.number][table] = outcomes + Counter(
            claimed=claimed, released=released[table], vanished=vanished, merged=counts["merged"], held=counts["held"]
        )
    if of_files := run.counts.get("in_fileStorage"):
        world.receipts[run.number]["in_fileStorage"] = of_files + Counter(claimed=of_files.total())


def _release(world: World) -> Counter[str]:
    released = Counter[str]()
    for table, rows in world.all_rows():
        for row in rows:
            if row.status == CLAIMED:
                released[table] += 1
                row.status = READY
                if isinstance(row, Row):
                    row.run = None
    return released


def _fix_marker(world: World, run: Run, read: int) -> None:
    """The partner may have deleted or rewritten the marker in the meantime: then it is not ours to touch."""
    if run.marker in world.markers and run.marker.run == run.number:
        run.marker.read, run.marker.run = read, 0
