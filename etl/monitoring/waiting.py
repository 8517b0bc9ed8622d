"""Links and fields that wait, and for which instances."""

from dataclasses import dataclass

from etl.database import read_only_transaction
from etl.engine import Runtime, has_store, is_prepared
from etl.merge.references import MissingInstance, WaitingLinks, missing_instances, waiting_links


@dataclass(frozen=True)
class Waiting:
    """`missing`: what is waited for, what blocks most first; empty unless it was asked for."""

    links: tuple[WaitingLinks, ...]
    missing: tuple[MissingInstance, ...]


def read_waiting(runtime: Runtime, *, explain: bool, limit: int, seconds: float = 60.0) -> Waiting:
    """What waits now; nothing where there is no store yet. `explain`: also the missing instances, at most `limit`."""
    with (
        read_only_transaction(runtime.engine, seconds=seconds) as connection,
        runtime.connections(connection, read_only_transaction) as connections,
    ):
        schemas = {"store_schema": runtime.store.schema}
        if is_prepared(connection, runtime):
            schemas["in_schema"] = runtime.in_schema
        if not has_store(connections.store, runtime):
            return Waiting((), ())
        expiry = runtime.settings.in_migration.reference_expiry_minutes
        links = waiting_links(connections.store, runtime.company, runtime.store.schema, expiry)
        asked = explain and links
        missing = missing_instances(connections, runtime.company, links, limit, **schemas) if asked else []
        return Waiting(tuple(links), tuple(missing))
