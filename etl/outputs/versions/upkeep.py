"""Updates the out_ versions in a run: makes a missing one, lets all follow, continues to fill incomplete ones."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from etl import ddl
from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.errors import ConfigurationError, EnvironmentFault
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.choose import next_version
from etl.outputs.versions.filling import begin, fill_chunk, mark_shared
from etl.outputs.versions.follow import (
    follow,
    no_rows,
    snapshot,
)
from etl.outputs.versions.readers import remake_relations
from etl.outputs.versions.registry import (
    VersionRow,
    known_versions,
    lock_version,
    note_behind,
    note_scans,
    register,
    restart,
)
from etl.outputs.versions.version import OutVersion, Versions
from etl.outputs.versions.views import lacks_views, move_views
from etl.runs import Counters
from etl.store import by_index

_sql = SqlTemplates(__package__, "etl.store")
_log = logging.getLogger("in_pg_migration")

# Class 22 of SQLSTATE: the column is of an older, narrower type.
_BAD_VALUE = "22"
# How the description of a lacking column begins.
_ADD = "add column "


def bring_up_to_date(connection: Connection, versions: Versions) -> Counters:
    """Brings every version up to the current golden store, all in the caller's transaction.

    The version that the environment names is made if it is missing. An incomplete one is filled further, for
    `fill_seconds` at most, unless another command fills it. The first version of a company becomes the current one as
    soon as it is complete.
    """
    deadline = time.monotonic() + versions.fill_seconds
    found = known_versions(connection, versions.store_schema)
    if not any(one.schema == versions.newest.schema for one in found):
        ensure_version(connection, versions, versions.newest)
        found = known_versions(connection, versions.store_schema)
    counters = no_rows()
    for one in found:
        known = lock_version(connection, one.version, waiting=one.is_whole)
        if known:
            with _staying_behind(connection, known):
                known, structure = reconcile(connection, versions, known)
                followed = follow(connection, known, structure, snapshot(connection))
                written = _fill_further(connection, versions, known, structure, followed, deadline)
                for counter, rows in written.items():
                    counters[counter] += rows
    keep_current(connection, versions)
    return counters


@contextmanager
def _staying_behind(connection: Connection, known: VersionRow) -> Iterator[None]:
    """A version with a value of the store that does not fit into its column stays as it was: the others, and the run,
    must not wait for it. Its row says why."""
    try:
        with connection.begin_nested():
            yield
    except EnvironmentFault as fault:
        if not fault.sqlstate.startswith(_BAD_VALUE):
            raise
        # What follows a colon may be the value.
        note_behind(connection, known.version, fault.server_message.partition(": ")[0])
        _log.error(
            "the out_ version %s stays as it was, since a value of the store does not fit into its tables (%s): move "
            "its readers to a newer version, then `etl out retire %s`",
            known.schema,
            fault.server_message,
            known.version.environment_version,
        )


def ensure_version(connection: Connection, versions: Versions, version: OutVersion) -> bool:
    """Makes the version's schema and tables unless it is known; returns whether they were made.

    An existing schema is used: its rows are compared with the store.
    """
    if _is_known(connection, version):
        return False
    fetch_all(connection, _sql("make_alone"), {"schema_name": version.schema})
    if _is_known(connection, version):
        return False
    # Taken before anything is read: later reads are newer, never older.
    upto = snapshot(connection)
    made = [change.description for change in make_tables(connection, versions.wanted, version.schema)]
    is_new = len([one for one in made if one.startswith("create table")]) == len(versions.wanted.tables)
    fill = begin(connection, versions.wanted, versions.store_schema, versions.undivided_rows, is_new=is_new)
    register(connection, version, versions.wanted, fill, upto)
    # The making of an index scans its table.
    note_scans(connection, version)
    return True


def _is_known(connection: Connection, version: OutVersion) -> bool:
    return any(one.schema == version.schema for one in known_versions(connection, version.store_schema))


def make_tables(connection: Connection, structure: OutStructure, schema: str) -> list[ddl.TableChange]:
    """Makes a version's tables where there are none, and returns what it made; existing tables stay unchanged.

    Raises ConfigurationError when it has some of them, or other ones: a version's structure never changes.
    """
    lacking = ddl.missing_out(connection, structure, schema)
    created = [one for one in lacking if one.description.startswith("create table")]
    if lacking and len(created) < len(structure.tables):
        lines = "\n".join(f"  {one.description}" for one in lacking)
        raise ConfigurationError(
            f"the schema {schema} is there and has other tables than the metadata asks for:\n{lines}\n"
            "raise MYBPM_OUT_MIGRATION_VERSION for a new schema"
        )
    return ddl.bring_up_out(connection, structure, schema)


def _fill_further(
    connection: Connection,
    versions: Versions,
    known: VersionRow,
    structure: OutStructure,
    counters: Counters,
    deadline: float,
) -> Counters:
    """Fills an incomplete version that has followed the journal; returns the counters of both."""
    fill = mark_shared(connection, known.version, known.fill, counters)
    while fill and time.monotonic() < deadline:
        fill, written = fill_chunk(connection, known.version, structure, fill, versions.chunk_rows)
        for counter, rows in written.items():
            counters[counter] += rows
    if fill:
        _log.info("%s is filled to %d %%: the next runs continue, or `etl out build`", known.schema, fill.percent)
    if known.fill or any(counters.values()):
        note_scans(connection, known.version)
    return counters


def reconcile(connection: Connection, versions: Versions, known: VersionRow) -> tuple[VersionRow, OutStructure]:
    """The version with a position that is valid here.

    After a restore, or after tables or columns were dropped by hand, the position is invalid: what is missing is
    created again, and all rows are compared with the store, while the version stays in use. Raises UnfitTables
    when its tables differ from its structure.
    """
    structure = known.structure or versions.wanted
    with _offering_another(connection, versions, known):
        lacking = ddl.missing_out(connection, structure, known.schema)
    lost = [one.description.removeprefix(_ADD) for one in lacking if one.description.startswith(_ADD)]
    if known.structure and not known.position_is_stale and not lost:
        return known, structure
    if lost:
        _log.warning("columns of the out_ version %s are made again and filled: %s", known.schema, ", ".join(lost))
    elif known.position_is_stale:
        _log.warning("the out_ version %s is not where it was noted: it is compared with the store", known.schema)
    with by_index(connection):
        execute(connection, _sql("journal_restored", **known.version.variables))
    upto = snapshot(connection)
    ddl.bring_up_out(connection, structure, known.schema)
    fill = begin(connection, structure, versions.store_schema, versions.undivided_rows, is_new=False)
    restart(connection, known.version, structure, fill, upto)
    remake_relations(connection, known.version, structure)
    return replace(known, position=upto, structure=structure, fill=fill, position_is_stale=False), structure


@contextmanager
def _offering_another(connection: Connection, versions: Versions, known: VersionRow) -> Iterator[None]:
    """Says, when the version's tables are other ones, how to leave them and make another version."""
    try:
        yield
    except ddl.UnfitTables as fault:
        version = known.version.environment_version
        other = next_version(known_versions(connection, versions.store_schema), versions)
        raise ddl.UnfitTables(
            f"{fault}\nor leave it: `etl out build --version {other}` makes a version beside it, "
            f"`etl out switch {other}` shows that one, `etl out retire {version} --force` drops this one"
        ) from fault


def keep_current(connection: Connection, versions: Versions) -> None:
    """Makes the first complete version the current one, and restores dropped views of the current one."""
    found = known_versions(connection, versions.store_schema)
    current = next((one for one in found if one.is_current), None)
    if current is None:
        whole = [one for one in found if one.is_whole]
        newest = [one for one in whole if one.schema == versions.newest.schema]
        if newest or len(whole) == 1:
            move_views(connection, versions, (newest or whole)[0])
    elif current.is_whole and lacks_views(connection, versions, current):
        _log.warning("views of the current out_ version %s are missing: they are made again", current.schema)
        move_views(connection, versions, current)
