"""MIGRATE_BO_LINKS and MIGRATE_CO_LINKS: one chunk of a link table becomes links, or references that wait."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.inbound.faults import sentences
from etl.inbound.place import Place
from etl.inbound.truncated import refuse_truncated
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.plan import Chunk

_sql = Statements(__package__)

# As in single_fields: from here on the golden table's statistics are refreshed at once.
_ANALYZE_FROM_ROWS = 10_000
# Below this many rows the claim refreshes no statistics, and those of a former batch, however large, still stand.
_BY_INDEX_BELOW_ROWS = 1000
# A small chunk is cheap anyway.
JOIN_FROM_ROWS = 10_000
# What is left of a chunk after others were joined; the statistics still say that all of it is claimed.
_LEFT_BY_INDEX_BELOW_ROWS = 10_000


@dataclass(frozen=True)
class _Merge:
    connection: Connection
    place: Place
    names: dict[str, object]
    values: dict[str, object]

    def run(self, statement: str, **names: object) -> int:
        """Runs a statement of this room and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **self.names, **names), self.values)

    def count(self, statement: str) -> dict[str, int]:
        """Runs a statement that answers (counter, rows)."""
        rows = fetch_all(self.connection, _sql(statement, **self.names), self.values)
        return {row.counter: row.rows for row in rows}


def merge_links(connection: Connection, link: LinkTable, chunk: Chunk, place: Place) -> dict[str, int]:
    """Merges the chunk's claimed link rows and returns counters; the first chunk also serves those that wait.

    All single fields are merged by now, so an end that is not there will not come in this run.
    """
    merge = _Merge(connection, place, _names(link, chunk, place), _values(link, chunk, place))
    counters: dict[str, int] = {}
    if chunk.first is None:
        counters["resolved"] = _resolve(merge)
        counters["expired"] = merge.run("expire_references")
    joined = _join(merge, chunk, counters)
    below = _LEFT_BY_INDEX_BELOW_ROWS if joined else _BY_INDEX_BELOW_ROWS
    staged = _merge_stage(merge, counters, is_small=chunk.rows - joined < below)
    counters["marked"] = joined + staged
    if chunk.rows and not counters["marked"]:
        refuse_truncated(connection, link.name, place)
    if counters.get("created", 0) >= _ANALYZE_FROM_ROWS:
        merge.run("analyze_golden_links")
    return counters


def _join(merge: _Merge, chunk: Chunk, counters: dict[str, int]) -> int:
    """Takes the rows whose ends are there in one statement, without a stage; returns how many."""
    # Where a newer link or a set replaces others, rows must be seen together; relayed rows are marked elsewhere.
    if not merge.names["only_adds"] or merge.names["is_relayed"] or chunk.rows < JOIN_FROM_ROWS:
        return 0
    rows = merge.count("join_links")
    counters["created"] = rows["created"]
    counters["unchanged"] = rows["joined"] - rows["created"]
    return rows["joined"]


def _merge_stage(merge: _Merge, counters: dict[str, int], *, is_small: bool) -> int:
    """Takes all others; returns how many."""
    marked = _stage(merge, is_small=is_small)
    merge.place.send_marks(marked)
    if marked:
        for name, rows in _take(merge, is_small=is_small).items():
            counters[name] = counters.get(name, 0) + rows
    merge.run("drop_stage")
    return marked


def _resolve(merge: _Merge) -> int:
    if fetch_one(merge.connection, _sql("any_reference", **merge.names), merge.values) is None:
        return 0
    with _by_index(merge):
        are_many = fetch_one(merge.connection, _sql("many_arrivals", **merge.names), merge.values) is not None
    with _by_index(merge) if not are_many else nullcontext():
        staged = merge.run("stage_references")
    if staged:
        if staged < _BY_INDEX_BELOW_ROWS:
            merge.run("analyze_stage")
        merge.run("finish_references")
        _write(merge, replaces=False)  # an arrival joins the set that its own batch has made
    merge.run("drop_stage")
    return staged


@contextmanager
def _by_index(merge: _Merge) -> Iterator[None]:
    """For few rows. A fault ends the transaction, and with it these settings."""
    execute(merge.connection, _sql("plan_by_index"), {"setting": "off"})
    yield
    execute(merge.connection, _sql("plan_by_index"), {"setting": "on"})


def _stage(merge: _Merge, *, is_small: bool) -> int:
    """Stages the rows as they stand and marks those that still stand so, until none is left; returns how many.

    Only then is anything written: rows that the partner changed in between belong to the same full sets as the others.
    """
    marked, more = 0, False
    while True:
        with _by_index(merge) if is_small else nullcontext():
            staged = merge.run("stage_links", more=more)
        found = merge.run("mark_links") if staged else 0
        marked += found
        if staged == found:
            return marked
        merge.run("unstage_links")
        more = True


def _take(merge: _Merge, *, is_small: bool) -> dict[str, int]:
    if is_small:
        merge.run("analyze_stage")
    rows = merge.count("count_links")
    created = _write(merge, replaces=bool(merge.names["replaces"]))
    if rows.get("waiting"):
        with _by_index(merge) if is_small else nullcontext():
            merge.run("insert_references")
    return {"waiting": rows.get("waiting", 0), "created": created, "unchanged": rows.get("present", 0) - created}


def _write(merge: _Merge, *, replaces: bool) -> int:
    """Writes the links of the stage; returns how many are new."""
    if replaces:
        merge.run("remove_unlisted")
    if merge.names["is_single"]:
        merge.run("keep_newest")
    created = merge.run("insert_links")
    if merge.names["is_single"]:
        merge.run("remove_older")
    return created


def _names(link: LinkTable, chunk: Chunk, place: Place) -> dict[str, object]:
    return place.names | {
        "in_table": link.name,
        "owner_column": link.owner_column,
        "target_column": link.target_column,
        "owner_golden": names.store_table(link.bo.code),
        "target_golden": names.store_table(link.member.code),
        "golden_link": names.store_link_table(link.bo.code, link.field.code),
        "is_single": link.field.is_single,
        "only_adds": link.field.only_adds_links,
        "replaces": link.field.link_mode is LinkMode.REPLACE,
        "chunk": chunk,
    }


def _values(link: LinkTable, chunk: Chunk, place: Place) -> dict[str, object]:
    return {
        "run": place.run,
        "bo": link.bo.code,
        "field": link.field.code,
        "target_bo": link.member.code,
        "in_table": link.name,
        "target_column": link.target_column,
        "started_at": place.started_at,
        "unserved_since": place.unserved_since,
        "expiry_minutes": place.reference_expiry_minutes,
        "sentences": sentences(),
    } | chunk.bounds(are_places=True)
