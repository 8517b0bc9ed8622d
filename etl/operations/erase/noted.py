"""The store's own rows about erasures."""

import json
from dataclasses import dataclass
from typing import Final

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one, part_states, transaction
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.operations.erase.record import Recorded
from etl.operations.erase.subject import Subject
from etl.sources.in_tables.own_tables import IMPORT
from etl.store import STORE

_sql = SqlTemplates(__package__)

NO_INSTANCE: Final = "-"
"""In place of the id, where rows have become no instance."""


@dataclass(frozen=True)
class Erasure:
    """One that is under way. `number`: of its unit of work."""

    number: int
    subject: Subject


def begin_erasure(runtime: Runtime, subject: Subject, recorded: Recorded, reason: str, by: str) -> Erasure:
    """From now on it is continued, whatever becomes of this process."""
    with transaction(runtime.store_engine) as store:
        number = runtime.store.next_number(store, above=runtime.store_fence.highest_unit(store))
        values = {
            "number": number,
            "bo": subject.bo,
            "instance": recorded.instance,
            "id_digests": list(recorded.digests),
            "reason": reason,
            "erased_by": by,
            "subject": subject.as_json(),
        }
        execute(store, _sql("begin_erasure", schema=runtime.store.schema), values)
    return Erasure(number, subject)


def note_subject(store: Connection, schema: str, erasure: Erasure, digests: list[str]) -> None:
    """What has been found since."""
    values = {"number": erasure.number, "subject": erasure.subject.as_json(), "id_digests": digests}
    execute(store, _sql("note_subject", schema=schema), values)


def finish_erasure(runtime: Runtime, number: int) -> None:
    with transaction(runtime.store_engine) as store:
        execute(store, _sql("finish_erasure", schema=runtime.store.schema), {"number": number})


def open_erasures(store: Connection, schema: str) -> list[Erasure]:
    """Those that have not ended, the first one first."""
    rows = fetch_all(store, _sql("open_erasures", schema=schema))
    return [Erasure(row.number, Subject.from_json(_parsed(row.subject))) for row in rows]


def refuse_changes(runtime: Runtime, *, has_import: bool) -> None:
    """Raises ConfigurationError while a large table is there twice."""
    tables = [(runtime.store_engine, runtime.store.schema, STORE)]
    tables += [(runtime.engine, runtime.in_schema, IMPORT)] if has_import else []
    for engine, schema, part in tables:
        with transaction(engine) as connection:
            [state] = part_states(connection, schema, [part])
            if not state.has("online_changes"):
                continue
            row = fetch_one(connection, _sql("open_changes", schema=schema))
            if row:
                raise ConfigurationError(
                    f"the table {schema}.{row.name} is being changed beside runs, and its rows are there twice: call "
                    "`etl upgrade finish`, then again"
                )


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value
