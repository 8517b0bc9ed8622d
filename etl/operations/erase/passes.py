"""One pass over all databases: each is one transaction, and finds what the pass before it has left."""

from collections.abc import Iterable
from dataclasses import replace

from etl.database import Connection, SqlTemplates, execute, server_time, transaction
from etl.engine import Runtime, has_store, is_prepared
from etl.engine.instances.finding import has_golden_table
from etl.metadata.business_object import BusinessObject
from etl.operations.erase.import_tables import error_tables, import_tables
from etl.operations.erase.noted import Erasure, note_subject
from etl.operations.erase.out_tables import out_tables
from etl.operations.erase.record import digests_of
from etl.operations.erase.store_tables import contents_of, repairs_of, store_tables
from etl.operations.erase.subject import Subject, subject_now
from etl.operations.erase.tables import Holder, SubjectTable, Values, existing
from etl.operations.erase.web_tables import WEB_TABLES
from etl.operations.installation import IMPORT, OUT, STORE, WEB, Installation
from etl.outputs import versions
from etl.store import Unit, UnitKind

_sql = SqlTemplates(__package__)

_SOURCE = "operator"
# The journal of a mirror has no values.
_NO_REPAIRS: dict[str, object] = {"repairs": [], "repaired": []}
_SETTINGS = {"statement_timeout": "0", "client_min_messages": "warning"}


def count_all(installation: Installation, bo: BusinessObject, subject: Subject) -> list[Holder]:
    """The tables that hold values; writes nothing."""
    runtime = installation.runtime
    values = subject.values | error_tables(runtime, bo)
    found: list[Holder] = []
    with transaction(runtime.engine, **_SETTINGS) as imported:
        if is_prepared(imported, runtime):
            found += _counted(imported, IMPORT, import_tables(imported, runtime, bo, subject), values)
    with transaction(runtime.store_engine, **_SETTINGS) as store:
        if has_store(store, runtime) and has_golden_table(store, runtime, bo):
            found += _counted(
                store, STORE, store_tables(store, runtime, bo), values | _of_store(store, runtime, subject)
            )
    with transaction(runtime.out_engine, **_SETTINGS) as out:
        found += _counted(out, OUT, out_tables(out, runtime, bo), values | _NO_REPAIRS)
    with transaction(installation.web_engine, **_SETTINGS) as web:
        found += _counted(web, WEB, WEB_TABLES, values)
    return found


def erase_in_databases(runtime: Runtime, bo: BusinessObject, erasure: Erasure) -> tuple[Erasure, list[Holder]]:
    """In import and store; no run or other source works meanwhile. Returns the erasure with what was found besides."""
    with transaction(runtime.engine, **_SETTINGS) as imported:
        has_import = is_prepared(imported, runtime, to_write=True)
        if has_import:
            runtime.handshake.lock_out_runs(imported, beside_given_up=True)
        with runtime.connections(imported) as connections:
            store = connections.store
            runtime.store_fence.shut_out(store)
            subject = subject_now(imported if has_import else None, store, runtime, bo, erasure.subject)
            erasure = replace(erasure, subject=subject)
            digests = digests_of(runtime.company.code, bo.code, subject.in_ids)
            note_subject(store, runtime.store.schema, erasure, digests)
            at = server_time(store)
            unit = Unit(erasure.number, _SOURCE, UnitKind.ERASURE, at)
            unit.begin(store, runtime.store.schema)
            values = subject.values | error_tables(runtime, bo) | {"number": erasure.number, "at": at}
            of_store = _of_store(store, runtime, subject)
            found = _erased(store, STORE, store_tables(store, runtime, bo), values | of_store)
            if has_import:
                found += _erased(imported, IMPORT, import_tables(imported, runtime, bo, subject), values)
            receipt = {"erased": sum(one.rows for one in found)}
            unit.finish(store, runtime.store.schema, receipt)
    return erasure, found


def erase_in_out(runtime: Runtime, bo: BusinessObject, subject: Subject) -> list[Holder]:
    """In every version and the mirror; then they follow the store."""
    values = subject.values | _NO_REPAIRS
    with transaction(runtime.out_engine, **_SETTINGS) as out:
        found = _erased(out, OUT, out_tables(out, runtime, bo), values)
    if runtime.settings.has_out_migration:
        with runtime.out_connection() as connection:
            versions.bring_up_to_date(connection, runtime.versions)
    return found


def erase_in_web(installation: Installation, subject: Subject) -> list[Holder]:
    """What the console has noted: its triggers let nothing else change these rows."""
    values = subject.values
    with transaction(installation.web_engine, **_SETTINGS) as web:
        tables = [one for one in existing(web, WEB_TABLES) if one.count(web, values)]
        for table in tables:
            _switch_triggers(web, table, "disable")
        found = _erased(web, WEB, tables, values)
        for table in tables:
            _switch_triggers(web, table, "enable")
    return found


def _switch_triggers(web: Connection, table: SubjectTable, act: str) -> None:
    execute(web, _sql("switch_triggers", schema=table.schema, table=table.table, is_enabled=act == "enable"))


def _of_store(store: Connection, runtime: Runtime, subject: Subject) -> dict[str, object]:
    return {"contents": contents_of(store, runtime, subject), **repairs_of(store, runtime, subject)}


def _counted(connection: Connection, database: str, tables: Iterable[SubjectTable], values: Values) -> list[Holder]:
    found = [(one, one.count(connection, values)) for one in existing(connection, tables)]
    return _holders(database, found)


def _erased(connection: Connection, database: str, tables: Iterable[SubjectTable], values: Values) -> list[Holder]:
    found = [(one, one.erase(connection, values)) for one in existing(connection, tables)]
    return _holders(database, found)


def _holders(database: str, found: Iterable[tuple[SubjectTable, int]]) -> list[Holder]:
    """A table once, also where several kinds of its rows hold values."""
    holders: dict[str, Holder] = {}
    for table, rows in found:
        name = f"{table.schema}.{table.table}"
        before = holders.get(name)
        if rows:
            rows += before.rows if before else 0
            holders[name] = Holder(database, name, rows, table.is_deleting)
    return list(holders.values())
