"""The fixed tables of a company's golden store."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy

from etl.database import BRIEF, Connection, SqlTemplates, execute, fetch_all
from etl.store.journal import drop_old_partitions, extend_partitions, hold_partitions, layout_of
from etl.store.planner import by_index
from etl.store.undo import CLEANED_BY

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Store:
    """One company's golden store. `schema` comes from `metadata.names.store_schema`."""

    schema: str

    def next_number(self, connection: Connection, *, above: int = 0, is_preview: bool = False) -> int:
        """A number for a unit of work on the store: higher than any that was given before, and than `above`.

        With `is_preview` the number is not used up: for a unit that is rolled back.
        """
        values: dict[str, object] = {"above": above}
        if not is_preview:
            values["idle_timeout"] = BRIEF["idle_in_transaction_session_timeout"]
        name = "see_unit_number" if is_preview else "take_unit_number"
        [row] = fetch_all(connection, _sql(name, schema=self.schema), values)
        return int(row.number)

    def mark_restored_changes(self, connection: Connection) -> None:
        """Marks changes with transaction ids from another server as past; usually there are none."""
        with by_index(connection):
            execute(connection, _sql("journal_restored", store_schema=self.schema))
            execute(connection, _sql("units_restored", schema=self.schema))

    def advance_positions(
        self, connection: Connection, unit: int, served: Iterable[tuple[str, str, str]] | None = None
    ) -> None:
        """At the end of a unit, when all its tasks are done: what it brought need not be looked up for waiting links
        again, unless another unit ran meanwhile. `served`: the (object, field, target) that it has looked up, if not
        all that have waiting links."""
        keys = [] if served is None else list(served)
        values = dict(
            zip(("bos", "fields", "targets"), (list(names) for names in zip(*keys, strict=True)), strict=False)
        )
        statement = _sql("advance_positions", schema=self.schema, only_some=served is not None)
        if served is None or keys:
            execute(connection, statement, {"unit": unit, **values})

    def old_before(self, connection: Connection, days: int, *, at_most: int | None) -> int:
        """The number below which all units are older than `days`, whatever their source; not above `at_most`."""
        [row] = fetch_all(connection, _sql("oldest_unit", schema=self.schema), {"days": days})
        return min((int(one) for one in (row.number, at_most) if one is not None), default=0)

    def last_unit_before(self, connection: Connection, moment: datetime) -> int:
        """The number below those of all units that ended at this moment or later, or have not ended."""
        [row] = fetch_all(connection, _sql("last_unit_before", schema=self.schema), {"moment": moment})
        return int(row.number)

    def index_history(self, connection: Connection) -> None:
        """Makes the index of the journal by instance, if it is not there. It costs a first load a quarter of its time,
        so that only stores have it whose history is to be kept."""
        [row] = fetch_all(connection, _sql("has_history_index", schema=self.schema))
        if not row.is_there:
            execute(connection, _sql("index_history", schema=self.schema))

    def clean_journal(self, connection: Connection, *, before: int, limit: int) -> int:
        """Deletes changes of runs with numbers below `before` that every out_ version and output has read, at most
        `limit`. Not what `drop_partitions` drops, and nothing while the journal is being copied."""
        layout = layout_of(connection, self.schema)
        if layout.is_copied:
            return 0
        if layout.is_partitioned:
            hold_partitions(connection, self.schema)
        statement = _sql("clean_journal", schema=self.schema, table=layout.cleaned_table)
        return execute(connection, statement, {"before": before, "limit": limit})

    def drop_partitions(self, engine: sqlalchemy.Engine, *, before: int) -> int:
        """Drops the partitions of the journal that `clean_journal` would empty, and makes those of the next weeks;
        returns how many changes were dropped. A journal without partitions has none."""
        extend_partitions(engine, self.schema)
        return drop_old_partitions(engine, self.schema, before=before)

    def clean_ended(self, connection: Connection, *, before: int, limit: int) -> int:
        """Deletes what undos of runs with numbers below `before` would need, at most `limit` rows of each table."""
        values = {"before": before, "limit": limit}
        return sum(
            execute(connection, _sql("clean_ended", schema=self.schema, table=table, column=column), values)
            for table, column in CLEANED_BY.items()
        )

    def clean_units(self, connection: Connection, *, before: int, limit: int) -> int:
        """Deletes units of work below `before` of which the journal has no row any more, at most `limit`; receipts of
        batches are kept by the hour."""
        values = {"before": before, "limit": limit}
        [row] = fetch_all(connection, _sql("clean_units", schema=self.schema), values)
        return int(row.units)

    def journal_readers(self, connection: Connection, *, before: int) -> list[str]:
        """The out_ versions and outputs that have not read the changes of runs below `before`, which therefore stay."""
        rows = fetch_all(connection, _sql("journal_readers", schema=self.schema), {"before": before})
        return [row.reader for row in rows]
