"""Rows of in_ tables name the instance that their external id names now: one that is offered again is known by its
out_id first."""

from collections.abc import Collection
from typing import Final

from etl.database import SqlTemplates, execute, fetch_all, transaction
from etl.engine.runtime import Runtime
from etl.merge import Connections
from etl.metadata import names
from etl.metadata.business_object import BusinessObject

_sql = SqlTemplates(__package__, "etl.store")
SOURCE: Final = "operator"
"""The source of repairs, as units of work."""


def rename_out_ids(connections: Connections, runtime: Runtime, bo: BusinessObject, instances: Collection[str]) -> None:
    """Writes the ids of these instances to the rows with their external ids that name another one.

    Between two databases such rows are first left without an out_id, as these commit one after the other: if the second
    one does not, a run knows the rows by their in_id, and writes their out_id.
    """
    if not bo.has_in_table:
        return
    store = {"store_schema": runtime.store.schema, "golden": names.store_table(bo.code)}
    known = fetch_all(
        connections.store, _sql("ids_of_instances", **store), {"bo": bo.code, "instances": list(instances)}
    )
    table = {"in_schema": runtime.in_schema, "in_table": names.in_table(bo.code)}
    values = {"in_ids": [row.in_id for row in known], "instances": [row.instance for row in known]}
    if connections.is_single:
        rows = fetch_all(connections.imported, _sql("clear_out_ids", **table), values)
    else:
        with transaction(runtime.engine) as beside:
            rows = fetch_all(beside, _sql("clear_out_ids", **table), values)
    named = {"rows": [row.row for row in rows], "instances": [row.instance for row in rows]}
    execute(connections.imported, _sql("set_out_ids", **table), named)


def rename_out_ids_of(connections: Connections, runtime: Runtime, unit: int) -> None:
    """The same for the instances that a repair has changed, or an undo of one; of other units nothing."""
    statement = _sql("repaired_instances", store_schema=runtime.store.schema)
    changed: dict[str, list[str]] = {}
    for row in fetch_all(connections.store, statement, {"unit": unit, "source": SOURCE}):
        changed.setdefault(row.bo, []).append(row.instance)
    for bo in runtime.company.objects:
        if bo.code in changed:
            rename_out_ids(connections, runtime, bo, changed[bo.code])
