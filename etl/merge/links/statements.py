"""The merge of one chunk of a link table: the variables and values of all its statements."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one
from etl.merge.context import MergeContext
from etl.merge.errors.catalogue import sentences
from etl.merge.links.removals import has_removed
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.runs import Chunk
from etl.store import UnitKind, by_index, reading_once
from etl.store.targets import mixed_fields, option_values_of, target_fields

_sql = SqlTemplates(__package__, "etl.merge.links.serving", "etl.merge.links.members", "etl.merge", "etl.store")

# Python's blanks and two characters of zero width: an id of only these names no instance.
BLANKS = "".join(filter(str.isspace, map(chr, range(1, 0x3001)))) + "\u200b\ufeff"

# Below this many rows the claim does not analyze the table, whose statistics may still be those of a large batch.
BY_INDEX_BELOW_ROWS = 1000


# What statements count of the rows of a stage: those joined at once, those that remove or find a link, and all of them.
LinkCounts = dict[Literal["joined", "created", "present", "removing", "waiting", "rejected", "rows"], int]


@dataclass(frozen=True)
class LinkMerge:
    """The connection, the variables of the templates, the bind values."""

    connection: Connection
    link: LinkTable
    context: MergeContext
    variables: dict[str, object]
    values: dict[str, object]

    def run(self, statement: str, **variables: object) -> int:
        """Runs a statement of this package and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **self.variables, **variables), self.values)

    def count(self, statement: str, **variables: object) -> LinkCounts:
        """Runs a statement that returns rows of (counter, number of rows)."""
        rows = fetch_all(self.connection, _sql(statement, **self.variables, **variables), self.values)
        return {row.counter: row.rows for row in rows}

    def finds(self, statement: str) -> bool:
        return fetch_one(self.connection, _sql(statement, **self.variables), self.values) is not None

    def value(self, statement: str) -> Row[Any]:
        """The one row that a statement returns."""
        [row] = fetch_all(self.connection, _sql(statement, **self.variables), self.values)
        return row

    def with_values(self, values: dict[str, object], **variables: object) -> "LinkMerge":
        """The same with further or other values and variables."""
        return replace(self, variables=self.variables | variables, values=self.values | values)

    def by_index(self) -> AbstractContextManager[None]:
        """As the function of the store, on this connection: for few rows."""
        return by_index(self.connection)

    def reading_once(self) -> AbstractContextManager[None]:
        """As the function of the store, on this connection: for many rows."""
        return reading_once(self.connection)


def link_merge_of(connection: Connection, link: LinkTable, chunk: Chunk, context: MergeContext) -> LinkMerge:
    """The merge of a chunk. A table of an older installation may lack the column `removed`: then no row removes
    anything."""
    has_column = context.is_relayed or context.source.is_staged or has_removed(connection, context.in_schema, link.name)
    variables = template_variables(link, chunk, context) | {"has_removed": has_column}
    return LinkMerge(connection, link, context, variables, _values(link, chunk, context))


def template_variables(link: LinkTable, chunk: Chunk, context: MergeContext) -> dict[str, object]:
    """What the statements of a chunk are rendered with, but for `has_removed`, which the in_ table decides."""
    is_staged = context.source.is_staged
    unique = target_fields(link.member)
    mixed = mixed_fields(link.members)
    targets_by = context.source.targets_by
    return context.variables | {
        "in_table": link.name,
        "owner_column": link.owner_column,
        "target_column": link.target_column,
        "owner_golden": names.store_table(link.bo.code),
        "target_code": link.member.code,
        "target_golden": names.store_table(link.member.code),
        "golden_link": names.store_link_table(link.bo.code, link.field.code),
        "is_single": link.field.is_single,
        "only_adds": link.field.only_adds_links,
        "replaces": link.field.link_mode is LinkMode.REPLACE,
        "chunk": chunk,
        "is_staged": is_staged,
        "is_ordered": context.source.is_ordered,
        "knows_owners": context.source.knows_owners,
        "is_batch": context.kind is UnitKind.BATCH,
        "unique": unique,
        # How rows of a staged table name their targets.
        "by_instance": targets_by is None,
        "by_in_id": targets_by is None or "" in targets_by,
        "by_value": [field for field in unique if targets_by is None or field.name in targets_by],
        "has_members": len(link.members) > 1,
        # Whose values are kept as they are given in links that wait for any member.
        "mixed_unique": [field for field in unique if field.name in mixed],
        # What times of links mean, see keep_newest.
        "is_exact": False,
        "is_served": False,
        # Whether links that waited may have been written before those of the chunk; those of a composite field are
        # written with the table of its first member.
        "has_served": len(link.members) > 1,
        # A row of an in_ table names its target by the external id.
        "target_field": "s.target_field" if is_staged else "''",
        # Which references are looked at, see the package serving.
        "looks_at_all": False,
        "has_older": True,
        "has_values": False,
    }


def _values(link: LinkTable, chunk: Chunk, context: MergeContext) -> dict[str, object]:
    return (
        {
            "run": context.run,
            "bo": link.bo.code,
            "field": link.field.code,
            "target_bo": link.member.code,
            "in_table": link.name,
            "owner_column": link.owner_column,
            "target_column": link.target_column,
            "blanks": BLANKS,
            "started_at": context.started_at,
            "expiry_minutes": context.reference_expiry_minutes,
            "golden_link": names.store_link_table(link.bo.code, link.field.code),
            "target_bos": [*(member.code for member in link.members), ""],
            "sentences": sentences(),
        }
        | chunk.bounds(are_ctids=True)
        | option_values_of(target_fields(link.member))
    )
