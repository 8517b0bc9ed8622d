"""The errors of a company's rows, with the connections that their reading takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from etl.database import Connection, transaction
from etl.ddl.catalog import relations
from etl.engine.partner_view import readable_to
from etl.engine.preparation import has_store, is_prepared
from etl.engine.runtime import Begin, Runtime
from etl.errors import ConfigurationError
from etl.merge import Connections
from etl.metadata import names
from etl.quoting import fold
from etl.sources.in_tables.errors import ErrorLog


@dataclass(frozen=True)
class OpenErrors:
    """`connection` reads the table err, None where no run has made it yet; `connections` the rows and the store."""

    log: ErrorLog
    connection: Connection | None
    connections: Connections

    @property
    def prepared(self) -> Connection:
        """The connection. Raises ConfigurationError where there is no table yet."""
        if self.connection is None:
            raise ConfigurationError(f"no run has been started in schema {self.log.in_schema} yet, so it has no errors")
        return self.connection


@contextmanager
def open_errors(
    runtime: Runtime,
    *,
    of_store: bool = False,
    of_partner: bool = False,
    to_write: bool = False,
    begin: Begin = transaction,
    **settings: Any,
) -> Iterator[OpenErrors]:
    """The errors of the import, or the copy that the store keeps. `settings` are those of `begin` for the import.

    `of_partner`: under the partner's role, which reads err and the in_ tables, and nothing of the store; errors of
    tables that it may not read, as another partner of the schema fills them, do not exist.
    """
    if of_partner:
        with begin(runtime.engine, **settings) as connection:
            readable = _readable(connection, runtime)
            log = ErrorLog(runtime.company, runtime.in_schema, runtime.in_schema, has_store=False, readable=readable)
            is_there = relations(connection, runtime.in_schema, ["err"])
            yield OpenErrors(log, connection if is_there else None, Connections(connection, connection))
        return
    with (
        begin(runtime.engine, **settings) as connection,
        runtime.connections(connection, begin) as connections,
    ):
        log = ErrorLog(runtime.company, runtime.in_schema, runtime.store.schema if of_store else runtime.in_schema)
        has_import = is_prepared(connection, runtime, to_write=to_write)
        if of_store:
            yield OpenErrors(log, connections.store if has_store(connections.store, runtime) else None, connections)
        else:
            yield OpenErrors(log, connection if has_import else None, connections)


def _readable(connection: Connection, runtime: Runtime) -> tuple[str, ...] | None:
    """The in_ tables that the role of the connection may read; None where that are all."""
    asked = [*runtime.company.in_tables(), names.FILE_STORAGE]
    there = readable_to(connection, runtime.in_schema, asked)
    found = tuple(one for one in asked if fold(one) in there)
    missing = {one for one in asked if one not in found} - {names.FILE_STORAGE}
    return found if missing else None
