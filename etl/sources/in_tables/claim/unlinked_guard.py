"""Counts how many links of a field a batch would end, before it is merged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from etl.database import Connection, SqlTemplates, execute, fetch_one, pipe
from etl.merge.context import Connections, MergeContext
from etl.merge.links.removals import has_removed
from etl.merge.links.statements import BLANKS
from etl.metadata import Company, names
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.runs import Claimed
from etl.sources.in_tables.claim.share import (
    LEAST,
    exceeds,
    reported,
    threshold,
)
from etl.store import by_index

_sql = SqlTemplates(__package__, "etl.merge", "etl.store")

# Up to this many rows are looked up by index; for more, whole tables are read.
_BY_INDEX_BELOW_ROWS = 1000


def unlinked_too_much(
    connections: Connections, company: Company, context: MergeContext, claimed: Mapping[str, Claimed], share: int
) -> Iterator[str]:
    """Sentences about the link tables by which a batch would end more than `share` percent of the links.

    The store is read only where the batch alone does not show that the share is kept.
    """
    for link in company.in_link_tables():
        rows = claimed[link.name].rows
        count = _Count(connections, link, context)
        if rows and count.may_end:
            ended, links = _excess(count, rows, share)
            if ended:
                of_member = f" to {link.member.code}" if link.field.co else ""
                whose = f"links of {link.bo.code}.{link.field.code}{of_member}"
                yield reported("end", ended, links, whose, f"maxUnlinkedShare={share}")


def _excess(count: "_Count", rows: int, share: int) -> tuple[int, int]:
    """(links that would end, existing links) if that exceeds the share, else zeros."""
    if count.links(LEAST) < LEAST:
        return 0, 0
    # A row of a full set may end any number of links, by not naming them; any other ends one.
    if not count.replaces:
        if not exceeds(rows, share, count.links(max(LEAST, threshold(rows, share)))):
            return 0, 0
        rows = count.removals()
        if not exceeds(rows, share, LEAST):
            return 0, 0
    ended = count.ended(rows)
    links = count.links(max(LEAST, threshold(ended, share)))
    return (ended, links) if exceeds(ended, share, links) else (0, 0)


@dataclass(frozen=True)
class _Count:
    connections: Connections
    link: LinkTable
    context: MergeContext

    @property
    def replaces(self) -> bool:
        return self.link.field.link_mode is LinkMode.REPLACE

    @property
    def may_end(self) -> bool:
        """Whether rows of the table can end links at all."""
        return self.replaces or self._has_removed

    def links(self, most: int) -> int:
        """The number of links; counting ends at `most`."""
        return self._one(self.connections.store, "field_links", most=most)

    def removals(self) -> int:
        """The number of claimed rows that remove a link."""
        return self._one(self.connections.imported, "count_removals")

    def ended(self, rows: int) -> int:
        """The number of links that `rows` rows would end."""
        if not self.connections.is_single:
            execute(self.connections.store, _sql("drop_suspects"))
            execute(self.connections.store, _sql("create_link_suspects"))
            suspects = _sql("link_suspects", **self._variables)
            pipe(self.connections.imported, suspects, {}, self.connections.store, "pg_temp.batch")
        if rows >= _BY_INDEX_BELOW_ROWS:
            return self._one(self.connections.store, "count_ended")
        with by_index(self.connections.store):
            return self._one(self.connections.store, "count_ended")

    @property
    def _has_removed(self) -> bool:
        return has_removed(self.connections.imported, self.context.in_schema, self.link.name)

    @property
    def _variables(self) -> dict[str, Any]:
        link = self.link
        return self.context.variables | {
            "in_table": link.name,
            "owner_column": link.owner_column,
            "target_column": link.target_column,
            "owner_golden": names.store_table(link.bo.code),
            "target_golden": names.store_table(link.member.code),
            "golden_link": names.store_link_table(link.bo.code, link.field.code),
            "replaces": self.replaces,
            "is_single": link.field.is_single,
            "has_removed": self._has_removed,
            "is_one": self.connections.is_single,
        }

    def _one(self, connection: Connection, statement: str, **values: object) -> int:
        values |= {"bo": self.link.bo.code, "target_bo": self.link.member.code, "blanks": BLANKS}
        row = fetch_one(connection, _sql(statement, **self._variables), values)
        return int(row.rows) if row else 0
