"""A large first load: tasks of the run make a version and fill its tables side by side; its follower finishes it."""

from etl import ddl
from etl.database import Connection
from etl.outbound.fill import expected_rows, fill_beside
from etl.outbound.follow import Counters, no_rows
from etl.outbound.registry import known_versions, share_version
from etl.outbound.version import Versions

# A third of what two cores fill: a version that takes longer than a run may fill is filled chunk by chunk, run by run.
_ROWS_PER_SECOND = 100_000


def tables_to_fill(store: Connection, out: Connection, versions: Versions, rows: int) -> tuple[str, ...]:
    """The out_ tables of the version that the environment names, if a run that claimed many `rows` is to make it and to
    fill each table by a task of its own: the version is missing, and a run may fill it to its end.
    """
    newest, structure = versions.newest, versions.wanted
    if any(one.schema == newest.schema for one in known_versions(out, versions.store_schema)):
        return ()
    total = rows + expected_rows(store, structure, versions.store_schema)
    return tuple(structure.tables) if total <= versions.fill_seconds * _ROWS_PER_SECOND else ()


def fill_table(connection: Connection, versions: Versions, table: str) -> Counters:
    """Fills one table of the version that the environment names, made and committed before, and notes it.

    Does nothing where it is done already, or where that is not so simple any more: when somebody follows or builds the
    version, or its tables are others. `bring_up_to_date` then does the rest.
    """
    known = share_version(connection, versions.newest)
    if known is None or known.structure is None or known.is_astray:
        return no_rows()
    if known.fill is None or not known.fill.is_alone or ddl.missing_out(connection, known.structure, known.schema):
        return no_rows()
    return fill_beside(connection, known.version, known.structure, known.fill, table, versions.chunk_rows)
