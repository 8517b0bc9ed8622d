"""Units of work on a store: runs, undos, batches, syncs, adoptions, erasures, with source, times and receipt."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from etl.database import Connection, SqlTemplates, execute

_sql = SqlTemplates(__package__)


class UnitKind(StrEnum):
    """What a unit is: a run or undo of in_ tables, a batch of records, a sync of entries, what was
    loaded of an existing installation, a value that a person has pinned, the erasure of an instance,
    two instances that were joined or split."""

    RUN = "run"
    UNDO = "undo"
    BATCH = "batch"
    SYNC = "sync"
    ADOPTION = "adoption"
    PIN = "pin"
    ERASURE = "erasure"
    REPAIR = "repair"


@dataclass(frozen=True)
class Unit:
    """One unit of work. `number` comes from `Store.next_number`, `source` is the name of a `merge.Source`, `started_at`
    is the start by the clock of the source's database."""

    number: int
    source: str
    kind: UnitKind
    started_at: datetime

    def begin(self, connection: Connection, store_schema: str) -> None:
        """Records the unit, in its first transaction on the store; a repetition changes nothing."""
        execute(connection, _sql("begin_unit", schema=store_schema), self._values)

    def finish(self, connection: Connection, store_schema: str, receipt: Mapping[Any, object]) -> None:
        """Records its end and its counters by table, in its last transaction on the store; a repetition does so again.

        Its beginning too, if none is recorded: a beginning that failed, or that of an older program.
        """
        values = self._values | {"receipt": json.dumps(receipt)}
        execute(connection, _sql("finish_unit", schema=store_schema), values)

    def forget(self, connection: Connection, store_schema: str) -> None:
        """Takes its beginning back, as it has changed nothing."""
        execute(connection, _sql("forget_unit", schema=store_schema), self._values)

    @property
    def _values(self) -> dict[str, object]:
        return {**vars(self), "kind": self.kind.value}
