"""What rows say of each other: links and their ends, waiting links, rows that were read, out_ rows."""

from collections.abc import Iterator

from etl.database import (
    Connection,
    SqlTemplates,
    execute,
    fetch_all,
    read_only_transaction,
    snapshot,
    stream_rows,
    transaction,
)
from etl.engine import Runtime, has_out_versions
from etl.metadata import names
from etl.monitoring.finding import Finding, error, ok, warning
from etl.operations.installation import Installation, has_table
from etl.operations.verify.catalog import has_store
from etl.outputs.versions import known_versions
from etl.store.targets import target_fields

_sql = SqlTemplates(__package__, "etl.store")

# How long a statement may take.
_SECONDS = 3_600.0
_PATIENT = {"statement_timeout": "1h", "idle_in_transaction_session_timeout": "0"}


def check_links(installation: Installation, repair: bool) -> Iterator[Finding]:
    """Each link leads from an instance to an instance."""
    if not has_store(installation):
        return
    runtime, number = installation.runtime, 0
    with read_only_transaction(runtime.store_engine, seconds=_SECONDS) as connection:
        for link in runtime.company.link_tables():
            table = names.store_link_table(link.bo.code, link.field.code)
            if not has_table(connection, f"{runtime.store.schema}.{table}"):
                continue
            ends = {"owner": names.store_table(link.bo.code), "target": names.store_table(link.member.code)}
            statement = _sql("links_without_ends", schema=runtime.store.schema, table=table, **ends)
            [row] = fetch_all(connection, statement, {"target_bo": link.member.code})
            number += row.links
            if row.lacking:
                found = f"{row.lacking:,} links of {table} lack an end, the first one {row.example}"
                yield error("links", found, "restore a backup, or let the partner hand these objects over again")
    yield ok("links", f"{number:,} links were looked at")


def check_waiting_links(installation: Installation, repair: bool) -> Iterator[Finding]:
    """A link whose ends are both there does not wait; with `repair` the next run looks for the ends of all."""
    if not has_store(installation):
        return
    runtime, number, unserved = installation.runtime, 0, 0
    schema = runtime.store.schema
    for link in runtime.company.link_tables():
        tables = {"owner_table": names.store_table(link.bo.code), "target_table": names.store_table(link.member.code)}
        key = {"bo": link.bo.code, "field": link.field.code, "target_bo": link.member.code}
        statement = _sql("waiting_links", schema=schema, unique=target_fields(link.member), **tables)
        with read_only_transaction(runtime.store_engine, seconds=_SECONDS) as connection:
            if not all(has_table(connection, f"{schema}.{one}") for one in tables.values()):
                continue
            [row] = fetch_all(connection, statement, key | {"counts_any": link.member == link.members[0]})
        number += row.waiting
        if not row.served:
            continue
        unserved += row.served
        found = f"{row.served:,} links of {link.name} wait although both ends are there"
        if repair:
            with transaction(runtime.store_engine) as connection:
                execute(connection, _sql("serve_all", schema=schema), key)
            yield ok("waiting links", f"{found}: the next run makes them")
        else:
            do = "`etl run`; if they still wait after it, `etl verify --repair`"
            yield warning("waiting links", found, do)
    yield ok("waiting links", f"{number - unserved:,} of {number:,} wait for an end that is not there")


def check_read_rows(installation: Installation, repair: bool) -> Iterator[Finding]:
    """A row of an in_ table that was merged has its instance."""
    runtime, number = installation.runtime, 0
    if not has_store(installation):
        return
    for table, bo in runtime.company.in_objects.items():
        looked_at, lacking = _instances_lacking(installation, table, names.store_table(bo.code))
        number += looked_at
        if lacking:
            found = f"{len(lacking):,} rows of {table} are DONE, and the store lacks their instances, e.g. {lacking[0]}"
            yield error("read rows", found, "the store is older than the import: see docs/backup.md")
    yield ok("read rows", f"{number:,} rows that were merged were looked at")


def _instances_lacking(installation: Installation, table: str, golden: str) -> tuple[int, list[str]]:
    """How many rows of an in_ table were merged, and the ids of the instances that are not there."""
    runtime, number = installation.runtime, 0
    lacking: list[str] = []
    statement = _sql("lacking", schema=runtime.store.schema, golden=golden)
    with snapshot(runtime.engine, **_PATIENT) as imported, snapshot(runtime.store_engine, **_PATIENT) as store:
        if not has_table(imported, f"{runtime.in_schema}.{table}"):
            return 0, []
        for block in stream_rows(imported, _sql("read_rows", schema=runtime.in_schema, table=table), {}):
            number += len(block)
            rows = fetch_all(store, statement, {"ids": [out_id for (out_id,) in block]})
            lacking += [row.id for row in rows]
    return number, lacking


def check_out_rows(installation: Installation, repair: bool) -> Iterator[Finding]:
    """A row of a complete out_ version is of an instance of the store."""
    runtime, number = installation.runtime, 0
    if not runtime.settings.has_out_migration:
        return
    with read_only_transaction(runtime.out_engine, seconds=_SECONDS) as connection:
        if not has_out_versions(connection, runtime):
            return
        for one in (one for one in known_versions(connection, runtime.store.schema) if one.is_whole):
            if one.position_is_stale:
                yield ok("out_ rows", f"{one.schema} was restored: the next run compares it with the store")
                continue
            for table, rows, lacking in _out_tables(connection, runtime, one.schema):
                number += rows
                if lacking:
                    found = f"{lacking:,} rows of {one.schema}.{table} are of no instance of the store"
                    do = "`etl recover --to out` makes a version equal to the store; --version names which one"
                    yield error("out_ rows", found, do)
    yield ok("out_ rows", f"{number:,} rows were looked at")


def _out_tables(connection: Connection, runtime: Runtime, schema: str) -> Iterator[tuple[str, int, int]]:
    """The out_ tables of objects: name, rows, rows without an instance."""
    for bo in (bo for bo in runtime.company.objects if bo.has_out_table):
        table = names.out_table(bo.code)
        if has_table(connection, f"{schema}.{table}"):
            variables = {"table": table, "golden": names.store_table(bo.code)}
            statement = _sql("out_without_instance", schema=schema, store_schema=runtime.store.schema, **variables)
            [row] = fetch_all(connection, statement)
            yield table, row.rows, row.lacking
