"""`etl check`: all checks that need no write, as one list of findings."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from etl.config import Tree
from etl.database import read_only_transaction
from etl.engine import Runtime, open_runtime, read_configuration
from etl.errors import ConfigurationError, EtlError, UnfitDatabase
from etl.monitoring.backup_checks import check_backup
from etl.monitoring.catalog import check_catalog
from etl.monitoring.certificates import (
    check_certificate,
    check_kafka_certificate,
    check_postgresql_certificates,
    check_zookeeper_certificates,
)
from etl.monitoring.config_checks import check_trust, check_viewers
from etl.monitoring.databases import CheckedDatabase, databases
from etl.monitoring.directory_state import check_syncs
from etl.monitoring.engine_checks import (
    check_feed,
    check_moments,
    check_out_versions,
    check_readers,
    check_ready,
    check_run,
    check_sequences,
    check_statuses,
    check_switches,
    check_tables,
    check_versions,
)
from etl.monitoring.finding import (
    Finding,
    Level,
    error,
    ok,
)
from etl.monitoring.lock_table import check_lock_table
from etl.monitoring.server_checks import (
    check_clock,
    check_encoding,
    check_holders,
    check_notify_queue,
    check_privileges,
    check_server,
)

# Checks of each database, and of our own objects in all of them.
_OF_DATABASE: tuple[tuple[str, Callable[[CheckedDatabase], Iterator[Finding]]], ...] = (
    ("server", check_server),
    ("encoding", check_encoding),
    ("clock", check_clock),
    ("privileges", check_privileges),
    ("vacuum", check_holders),
    ("notifications", check_notify_queue),
    ("catalog", check_catalog),
)
_OF_RUNTIME: tuple[tuple[str, Callable[[Runtime], Iterator[Finding]]], ...] = (
    ("import", check_switches),
    ("versions", check_versions),
    ("tables", check_tables),
    ("locks", check_lock_table),
    ("ready rows", check_ready),
    ("in_status", check_statuses),
    ("moments", check_moments),
    ("sequences", check_sequences),
    ("out_ versions", check_out_versions),
    ("readers", check_readers),
    ("marker", check_run),
    ("backup", check_backup),
    ("freshness", check_feed),
    ("directory", check_syncs),
)


def check(url: str, company: str | None, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Yields the findings; stops early without a configuration or connection."""
    seen: list[Tree] = []
    yield from check_zookeeper_certificates(url)
    try:
        settings, found = read_configuration(url, company, environ, follow=seen.append)
    except ConfigurationError as fault:
        yield from (error("configuration", str(problem), "correct it there") for problem in fault.problems)
        return
    except EtlError as fault:
        yield error("configuration", str(fault), "start the configuration's server or correct --config")
        return
    code = settings.in_migration.company_code
    yield ok("configuration", f"{seen[0].origin}: company {code}, {found.summary}")
    yield from check_trust(seen[0])
    yield from check_viewers(seen[0], environ)
    yield from check_certificate(seen[0], environ)
    yield from check_kafka_certificate(settings.kafka.connection)
    used = (settings.import_database, settings.store_database, settings.out_database)
    yield from check_postgresql_certificates(used, environ, Path.home())
    yield from _of_runtime(url, company, environ)


def _of_runtime(url: str, company: str | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        with open_runtime(url, company, environ) as runtime:
            yield from check_runtime(runtime)
    except EtlError as fault:
        yield _away("connection", fault, "configs/InMigrationPostgresConfig.txt")


def _away(what: str, fault: EtlError, source: str) -> Finding:
    """A database that cannot be used; `source` is the text of the configuration that names it."""
    if isinstance(fault, UnfitDatabase):
        return error(what, fault.problem, f"{fault.cure} of {source}")
    return error(what, str(fault), f"start the server, or correct {source}")


def check_runtime(runtime: Runtime) -> Iterator[Finding]:
    """The findings about databases and tables, for a configuration that has been read."""
    lost = 0
    for checked in databases(runtime):
        for finding in _of_database(checked):
            lost += finding.what.startswith("connection") and finding.level is Level.ERROR
            yield finding
    if not lost:
        for what, one in _OF_RUNTIME:
            yield from _guarded(what, partial(one, runtime))


def _of_database(checked: CheckedDatabase) -> Iterator[Finding]:
    try:
        with read_only_transaction(checked.engine):
            yield ok(checked.of("connection"), f"database {checked.database.database}")
    except EtlError as fault:
        yield _away(checked.of("connection"), fault, checked.source)
        return
    for what, one in _OF_DATABASE:
        yield from _guarded(checked.of(what), partial(one, checked))


def _guarded(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that cannot be made is itself a finding."""
    try:
        yield from check()
    except EtlError as fault:
        yield error(what, str(fault), "settle what the message names, then check again")
