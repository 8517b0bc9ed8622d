"""A large first load: tasks of the run make a version and fill its tables in parallel; following completes it."""

from etl import ddl
from etl.database import Connection
from etl.metadata import names
from etl.metadata.out_structure import OutLinks
from etl.outputs.versions.filling import expected_rows, fill_beside
from etl.outputs.versions.follow import no_rows
from etl.outputs.versions.registry import known_versions, share_version
from etl.outputs.versions.steps import Table, tables_of
from etl.outputs.versions.version import Versions
from etl.runs import Chunk, ClaimedRows, Counters

# A third of what two cores fill per second: a version that takes longer than fillSeconds is filled chunk by chunk.
_ROWS_PER_SECOND = 100_000


def tables_to_fill(store: Connection, out: Connection, versions: Versions, rows: ClaimedRows) -> dict[str, int]:
    """The out_ tables of the version that the environment names, each with the number of tasks to fill it, if a run
    that claimed many `rows` (in_ table -> rows) is to make it: the version is missing, and a run may fill it whole.
    """
    newest, tables = versions.newest, tables_of(versions.wanted)
    if any(one.schema == newest.schema for one in known_versions(out, versions.store_schema)):
        return {}
    total = sum(rows.values()) + expected_rows(store, tables, versions.store_schema)
    if total > versions.fill_seconds * _ROWS_PER_SECOND:
        return {}
    # Two sessions that write to one table slow each other down: worth it if half of the table is a task.
    many = 2 * versions.undivided_rows
    return {table.name: 2 if _claimed(versions, table, rows) >= many else 1 for table in tables}


def _claimed(versions: Versions, table: Table, rows: ClaimedRows) -> int:
    if not isinstance(table, OutLinks):
        return rows.get(names.in_table(table.bo), 0)
    links = versions.company.in_link_tables()
    return sum(rows.get(one.name, 0) for one in links if (one.bo.code, one.field.code) == (table.bo, table.field))


def fill_table(connection: Connection, versions: Versions, table: str, part: Chunk) -> Counters:
    """Fills `part` of one table of the version that the environment names, made and committed before, and records it.

    Does nothing if it is done already, or cannot be done in parallel: when another session follows or builds the
    version, or its tables were replaced. `bring_up_to_date` then does the rest.
    """
    known = share_version(connection, versions.newest)
    if known is None or known.structure is None or known.position_is_stale:
        return no_rows()
    if known.fill is None or not known.fill.is_alone or ddl.missing_out(connection, known.structure, known.schema):
        return no_rows()
    parts = slice(part.first, part.after)
    return fill_beside(connection, known.version, known.structure, known.fill, table, parts, versions.chunk_rows)
