"""The state that the model expects, as subject -> facts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from etl.metadata.business_object import BusinessObject
from etl.quoting import fold
from tests.properties.model import World

Facts = Iterator[tuple[str, Any]]
RECEIPT_COUNTS = (
    "claimed",
    "created",
    "changed",
    "unchanged",
    "removed",
    "rejected",
    "waiting",
    "vanished",
    "released",
    "merged",
    "held",
)


def expected_facts(world: World) -> Facts:
    """Everything that a comparison needs."""
    yield from _of_partner(world)
    for bo in world.company.objects:
        yield from _of_object(world, bo)
    yield "alias", world.aliases
    yield "boi_reference", world.references
    yield "file_alias", world.file_aliases
    yield "file_reference", {(one.bo, fold(one.field), one.instance): id_ for one, id_ in world.file_references.items()}
    if world.runs:
        yield from _of_run(world)
    for code, shown in world.out.items():
        yield f"out {code}", {id_: (row.born, row.moved, row.values) for id_, row in shown.items()}
    for table, pairs in world.out_links.items():
        yield f"out {table}", pairs


def receipt_counts(counts: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of a receipt."""
    return {name: counts[name] for name in RECEIPT_COUNTS}


def net_changes(changes: Iterable[tuple[Any, ...]]) -> dict[Any, int]:
    """What became of each pair: +1 linked, -1 unlinked; a link that came and went in one run is nothing."""
    sums = Counter[Any]()
    for bo, field, instance, target, change in changes:
        sums[bo, field, instance, target] += 1 if change == "linked" else -1
    return {pair: number for pair, number in sums.items() if number}


def _of_partner(world: World) -> Facts:
    for table, rows in world.rows.items():
        yield table, {row.id: (row.status, row.out_id, row.run) for row in rows}
    for table, links in world.links_in.items():
        yield table, {(row.owner, row.target): row.status for row in links}
    yield "in_fileStorage", {key: (file.uploaded, file.out_file) for key, file in world.files.items()}
    yield "process_tracking", [(marker.load, marker.read, marker.run) for marker in world.markers]


def _of_object(world: World, bo: BusinessObject) -> Facts:
    if bo.carries_data:
        yield (
            f"golden {bo.code}",
            {
                one.id: (
                    *(one.in_id, one.state, one.created, one.modified, one.migrated),
                    {field.code: one.values.get(field.code) for field in bo.stored_fields},
                )
                for one in world.instances[bo.code].values()
            },
        )
    for field in bo.links:
        yield (
            f"golden {bo.code}.{field.code}",
            {
                key: (link.member, link.at if field.is_single else None)
                for key, link in world.links[bo.code, field.code].items()
            },
        )


def _of_run(world: World) -> Facts:
    run = world.runs
    yield "err", Counter(fault for fault in world.faults if fault.run == run)
    yield "kept err", Counter(fault for fault in world.kept_faults if fault.run == run)
    yield "receipts", {table: receipt_counts(counts) for table, counts in world.receipts.get(run, {}).items()}
    changes = [tuple(change[1:]) for change in world.journal if change.run == run]
    yield "journal", Counter(change for change in changes if change[1] is None)
    yield "journal of links", net_changes(change for change in changes if change[1] is not None)
