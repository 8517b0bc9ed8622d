"""The real company beside the model: partner, engine and everything that the database holds after a run."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from etl.embedded import EmbeddedServer
from etl.engine import Outcome, Runtime, run_once
from etl.metadata import Company, names
from etl.quoting import fold, identifier
from tests.fix_company import OUT, STORE, Site, new_site
from tests.fix_database import Database, fresh_database
from tests.properties.interruption import Interruption, interrupting
from tests.properties.model import Policy
from tests.properties.name_mapping import NameMapping

_LONG = re.compile(r"(.)\1{30,}")
# How long a lock of the run, which stands still meanwhile, holds the partner up.
_PATIENCE = "20ms"
Tables = dict[str, list[dict[str, Any]]]


@dataclass
class RealCompany:
    """One company in one database. `log` holds the partner's SQL and the runs, for the report of a failure."""

    site: Site
    observer: psycopg.Connection[dict[str, Any]]
    runtime: Runtime
    _open_runtimes: ExitStack
    ids: NameMapping = field(default_factory=NameMapping)
    runs: NameMapping = field(default_factory=NameMapping)
    out_rows: NameMapping = field(default_factory=NameMapping)
    out_times: NameMapping = field(default_factory=NameMapping)
    log: list[str] = field(default_factory=list)
    run_length: int = 120  # statements of the last run; before there was one, a guess

    @property
    def company(self) -> Company:
        return self.runtime.company

    def partner(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """One statement of the partner; values that are names of the model become what they stand for."""
        real = [self.ids.to_real(value) for value in parameters]
        cursor = psycopg.ClientCursor(self.site.partner.session, row_factory=dict_row)
        self.log.append(_LONG.sub(r"\1…", cursor.mogrify(query, real)))
        cursor.execute(query, real)
        return list(cursor.fetchall()) if cursor.description else []

    def run(self, policy: Policy, interruption: Interruption | None = None) -> Outcome:
        """A run, or the reason why none starts."""
        self.log.append(f"-- run: {policy}")
        interruption = interruption or Interruption()
        with interrupting(self.runtime.engine, interruption):
            outcome = run_once(self._set(policy))
        self.run_length = interruption.sent if outcome.run else self.run_length
        return outcome

    def crash(self, policy: Policy, interruption: Interruption) -> None:
        """A run whose runner dies, if it lives so long; a new runner stands ready afterwards."""
        self.log.append(f"-- run that dies before statement {interruption.at}, hard: {interruption.is_hard}; {policy}")
        try:
            with interrupting(self.runtime.engine, interruption):
                run_once(self._set(policy))
        finally:
            self._open_runtimes.close()
            self.runtime = self._open_runtimes.enter_context(self.site.runtime())
            if interruption.is_hard and self._exists("in_tables.run"):
                self.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")

    def _set(self, policy: Policy) -> Runtime:
        # Chunks and values so small are refused in a configuration; the engine does not mind them.
        in_migration = replace(
            self.runtime.settings.in_migration,
            null_policy="keep" if policy.keep_on_null else "clear",
            chunk_rows=policy.chunk_rows,
            max_value_bytes=policy.max_value_bytes,
        )
        out_migration = replace(self.runtime.settings.out_migration, enabled=policy.shows)
        settings = replace(self.runtime.settings, in_migration=in_migration, out_migration=out_migration)
        return replace(self.runtime, settings=settings)

    def look(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """What the superuser sees."""
        cursor = self.observer.execute(query, parameters)
        return list(cursor.fetchall()) if cursor.description else []

    def _exists(self, relation: str) -> bool:
        return bool(self.look("select to_regclass(%s) is not null as found", relation)[0]["found"])

    def let_time_pass(self) -> None:
        """A year, for everything that waits."""
        self.log.append("-- time passes")
        for table in ("boi_reference", "file_reference"):
            if self._exists(f"{STORE}.{table}"):
                self.look(f"update {STORE}.{table} set waiting_since = waiting_since - interval '1 year'")

    def last_run(self) -> dict[str, Any] | None:
        """Our own row of the newest run, with the number of its tasks that are done."""
        if not self._exists("in_tables.run"):
            return None
        rows = self.look("select * from in_tables.run order by id desc limit 1")
        return rows[0] if rows else None

    def tasks(self, run: object) -> list[dict[str, Any]]:
        return self.look(
            "select kind, in_table, first_position, state from in_tables.task where run = %s order by seq", run
        )

    def tables(self) -> Tables:
        """Every table that the model knows of, whole; of err, journal and receipts the newest run's part."""
        there = self.look("select lower(schemaname || '.' || tablename) as name from pg_tables")
        wanted = {name: text for name, text in self._wanted().items() if {"name": name} in there}
        parts = (
            f"select '{name}' as name, cast(coalesce(json_agg(t), '[]') as text) as rows from ({wanted[name]}) t"
            for name in wanted
        )
        found = self.look(" union all ".join(parts))
        return {row["name"]: json.loads(row["rows"], parse_float=Decimal) for row in found}

    def _wanted(self) -> dict[str, str]:
        newest = "where run = (select max(id) from in_tables.run)"
        wanted = {
            f"{STORE}.alias": f"select * from {STORE}.alias",
            f"{STORE}.boi_reference": f"select * from {STORE}.boi_reference",
            f"{STORE}.file_alias": f"select * from {STORE}.file_alias",
            f"{STORE}.file_reference": f"select * from {STORE}.file_reference",
            f"{STORE}.file_storage": f"select _id, encode(content, 'escape') as content from {STORE}.file_storage",
            f"{STORE}.journal": f"select * from {STORE}.journal {newest}",
            f"{STORE}.err": f"select * from {STORE}.err {newest}",
            "in_tables.err": f"select * from in_tables.err {newest}",
            "in_tables.migration_receipt": f"select * from in_tables.migration_receipt {newest}",
            "in_tables.run": "select id, started_at, state from in_tables.run",
            "in_tables.process_tracking": "select * from in_tables.process_tracking order by id",
            "in_tables.in_filestorage": "select file_id, uploaded, out_file_id from in_tables.in_fileStorage",
        }
        for schema, table in self._by_metadata():
            wanted[fold(f"{schema}.{table}")] = f"select * from {schema}.{identifier(table)}"
        return wanted

    def _by_metadata(self) -> Iterator[tuple[str, str]]:
        for bo in self.company.objects:
            if bo.has_in_table:
                yield "in_tables", names.in_table(bo.code)
            if bo.carries_data:
                yield STORE, names.store_table(bo.code)
            for link in bo.links:
                yield STORE, names.store_link_table(bo.code, link.code)
            if bo.has_out_table:
                yield OUT, names.out_table(bo.code)
        for table in self.company.in_link_tables():
            yield "in_tables", table.name
        for out in self.company.out_link_tables():
            yield OUT, out.name


@contextmanager
def open_real_company(
    server: EmbeddedServer, template: Database, documents: Mapping[str, str]
) -> Iterator[RealCompany]:
    """A company of its own in a database of its own."""
    with ExitStack() as stack:
        last = stack.enter_context(ExitStack())
        database = stack.enter_context(fresh_database(server, template))
        last.callback(_drop_roles, database)  # when the database, which they have privileges in, is gone
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = new_site(database, folder, documents)
        site.partner(f"set lock_timeout = '{_PATIENCE}'")
        stack.callback(site.partner.session.close)
        observer = stack.enter_context(_open_observer(database))
        _make_pages_small(site, observer)
        runtimes = stack.enter_context(ExitStack())
        yield RealCompany(site, observer, runtimes.enter_context(site.runtime()), runtimes)


@contextmanager
def _open_observer(database: Database) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(
        host=database.host,
        port=database.port,
        dbname=database.name,
        user=database.username,
        autocommit=True,
        row_factory=dict_row,
        options="-c timezone=UTC",
    ) as session:
        yield session


def _make_pages_small(site: Site, observer: psycopg.Connection[dict[str, Any]]) -> None:
    """Link tables are divided by pages, so a page must not hold them whole."""
    with site.runtime() as runtime:
        for link in runtime.company.in_link_tables():
            observer.execute(f"alter table in_tables.{identifier(link.name)} set (fillfactor = 10)")


def _drop_roles(database: Database) -> None:
    with _open_observer(replace(database, name="postgres")) as session:
        session.execute(f"drop role if exists engine_{database.name}; drop role if exists partner_{database.name}")
