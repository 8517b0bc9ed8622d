"""What a partner can see of its own data: by the privileges that `etl grants` gives to the partner's role."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.ddl.catalog import relations
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.quoting import fold

_sql = SqlTemplates(__package__)
_TIMED_OUT = "57014"
# Waiting links of a table whose ends are counted.
_MOST_LINKS = 10_000

Row = dict[str, Any]


@dataclass(frozen=True)
class OwnReader:
    """A reader of the out_ tables for which the partner's role may act."""

    schema_name: str
    reader: str
    from_position: int | None
    upto_position: int | None
    asked_at: datetime | None
    taken_at: datetime | None
    retired_at: datetime | None

    @property
    def state(self) -> str:
        """As that of an OutReader."""
        if self.retired_at:
            return "retired"
        if self.upto_position is not None:
            return "full_given" if self.from_position is None else "given"
        return "full_next" if self.from_position is None else "waits"


@dataclass(frozen=True)
class PartnerView:
    """`marker`: the row that counts, None without one; `receipts`: of the newest run, for the tables that the role may
    read; what another partner of the schema fills does not exist. `readers`: none where its role is not known to the
    server of the out_ tables."""

    marker: Row | None
    receipts: tuple[Row, ...]
    readers: tuple[OwnReader, ...] = ()


@dataclass(frozen=True)
class NotMerged:
    """Why rows are not merged; `rows` is None where the tables are too large to say so in time."""

    rows: tuple[Row, ...] | None


@dataclass(frozen=True)
class PartnerLinks:
    """The partner's links that wait. `fields`: their table -> how many and since when; `missing`: ends of which the in_
    tables have no merged row, what blocks most first. None where the tables are too large to say so in time."""

    fields: tuple[tuple[LinkTable, Row], ...]
    missing: tuple[Row, ...]


def readable_tables(runtime: Runtime, asked: Iterable[str], *, seconds: float) -> frozenset[str]:
    """Those of the tables beside the in_ tables that the role of the connections may read, by their folded names."""
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        return readable_to(connection, runtime.in_schema, asked)


def readable_to(connection: Connection, in_schema: str, asked: Iterable[str]) -> frozenset[str]:
    """The same for the role of one connection."""
    values = {"schema": fold(in_schema), "names": [fold(one) for one in asked]}
    return frozenset(row.name for row in fetch_all(connection, _sql("readable_tables"), values))


def read_partner_links(runtime: Runtime, *, limit: int, seconds: float) -> PartnerLinks | None:
    """The links that wait, by the in_ tables and errors alone."""
    links = runtime.company.in_link_tables()
    objects = [names.in_table(one.code) for one in runtime.company.objects if one.has_in_table]
    there = readable_tables(runtime, [*objects, *(one.name for one in links), "err"], seconds=seconds)
    links = tuple(one for one in links if fold(one.name) in there)
    if not links or "err" not in there:
        return PartnerLinks((), ())
    shape = {
        "in_schema": runtime.in_schema,
        "links": [
            {
                "name": one.name,
                "owner_column": one.owner_column,
                "target_column": one.target_column,
                "owner_table": names.in_table(one.bo.code),
                "target_table": names.in_table(one.member.code),
            }
            for one in links
        ],
        "tables": [one for one in objects if fold(one) in there],
    }
    try:
        with read_only_transaction(runtime.engine, seconds=seconds) as connection:
            counted = fetch_all(connection, _sql("waiting_rows", **shape))
            values = {"limit": limit, "most_links": _MOST_LINKS}
            ends = fetch_all(connection, _sql("waiting_ends", **shape), values) if any(r.links for r in counted) else []
    except EnvironmentFault as fault:
        if fault.sqlstate != _TIMED_OUT:
            raise
        return None
    fields = tuple((links[row.link], dict(row._mapping)) for row in counted if row.links)
    return PartnerLinks(fields, tuple(dict(row._mapping) for row in ends))


def read_partner_view(runtime: Runtime, *, seconds: float) -> PartnerView:
    """What is so now, in short transactions that read only."""
    marker = _rows(runtime, "partner_marker", "process_tracking", seconds)
    receipts = _rows(runtime, "newest_receipts", "migration_receipt", seconds)
    there = readable_tables(runtime, [row["in_table"] for row in receipts], seconds=seconds) if receipts else ()
    own = tuple(row for row in receipts if fold(row["in_table"]) in there)
    return PartnerView(marker[0] if marker else None, own, _own_readers(runtime, seconds))


def _own_readers(runtime: Runtime, seconds: float) -> tuple[OwnReader, ...]:
    """A page is not refused because of them: another server may lack the partner's role, and a version may just go."""
    found = []
    prefix = f"{names.out_views_schema(runtime.company.code)}_"
    with suppress(EnvironmentFault), read_only_transaction(runtime.out_engine, seconds=seconds) as connection:
        for schema in fetch_all(connection, _sql("own_reader_schemas"), {"prefix": prefix}):
            version = schema.name.removesuffix("_reader")
            rows = fetch_all(connection, _sql("own_readers", reader_schema=schema.name))
            found += [OwnReader(schema_name=version, **row._mapping) for row in rows]
    return tuple(found)


def read_not_merged(runtime: Runtime, *, seconds: float) -> NotMerged:
    """Reads all in_ tables, so that no page should wait for it."""
    try:
        return NotMerged(_rows(runtime, "why_not_rows", "why_not", seconds))
    except EnvironmentFault as fault:
        if fault.sqlstate != _TIMED_OUT:
            raise
        return NotMerged(None)


def _rows(runtime: Runtime, statement: str, relation: str, seconds: float) -> tuple[Row, ...]:
    """Nothing where no run has made the table yet."""
    with read_only_transaction(runtime.engine, seconds=seconds) as connection:
        if not relations(connection, runtime.in_schema, [relation]):
            return ()
        found = fetch_all(connection, _sql(statement, schema=runtime.in_schema))
        return tuple(dict(row._mapping) for row in found)
