"""One chunk of a link table on its way into the golden links: what every statement about it needs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from etl.database import Connection, Statements, execute, fetch_all, fetch_one
from etl.inbound.faults import sentences
from etl.inbound.place import Place
from etl.inbound.removals import has_removed
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.plan import Chunk

_sql = Statements(__package__)

# What Python calls blank, and two marks without width that look so: an id of nothing else names no instance.
BLANKS = "".join(filter(str.isspace, map(chr, range(1, 0x3001)))) + "\u200b\ufeff"


@contextmanager
def by_index(connection: Connection) -> Iterator[None]:
    """For few rows. A fault ends the transaction, and with it these settings."""
    execute(connection, _sql("plan_by_index"), {"setting": "off"})
    yield
    execute(connection, _sql("plan_by_index"), {"setting": "on"})


@dataclass(frozen=True)
class LinkMerge:
    """The connection, the names for templates, the values to bind."""

    connection: Connection
    place: Place
    names: dict[str, object]
    values: dict[str, object]

    def run(self, statement: str, **names: object) -> int:
        """Runs a statement of this room and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **self.names, **names), self.values)

    def count(self, statement: str, **names: object) -> dict[str, int]:
        """Runs a statement that answers (counter, rows)."""
        rows = fetch_all(self.connection, _sql(statement, **self.names, **names), self.values)
        return {row.counter: row.rows for row in rows}

    def finds(self, statement: str) -> bool:
        """Whether a statement answers anything."""
        return fetch_one(self.connection, _sql(statement, **self.names), self.values) is not None

    def by_index(self) -> AbstractContextManager[None]:
        """See there."""
        return by_index(self.connection)


def link_merge_of(connection: Connection, link: LinkTable, chunk: Chunk, place: Place) -> LinkMerge:
    """The merge of a chunk. A table of an older installation has no column `removed`: then no row removes anything."""
    has_column = place.is_relayed or has_removed(connection, place.in_schema, link.name)
    shapes = _names(link, chunk, place) | {"has_removed": has_column}
    return LinkMerge(connection, place, shapes, _values(link, chunk, place))


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
        "looks_at_all": place.unserved_since is None,
    }


def _values(link: LinkTable, chunk: Chunk, place: Place) -> dict[str, object]:
    return {
        "run": place.run,
        "bo": link.bo.code,
        "field": link.field.code,
        "target_bo": link.member.code,
        "in_table": link.name,
        "owner_column": link.owner_column,
        "target_column": link.target_column,
        "blanks": BLANKS,
        "started_at": place.started_at,
        "unserved_since": place.unserved_since,
        "expiry_minutes": place.reference_expiry_minutes,
        "sentences": sentences(),
    } | chunk.bounds(are_places=True)
