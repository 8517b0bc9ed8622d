"""`etl check`: everything that can be found out without writing, as one list of findings."""

import os
from collections.abc import Callable, Iterator, Mapping

from etl.database import looking
from etl.engine import House, open_house, read_configuration
from etl.errors import ConfigurationError, EtlError
from etl.watch.finding import Finding, error, ok
from etl.watch.house_checks import check_feed, check_ready, check_rights, check_run, check_switches, check_tables
from etl.watch.server_checks import check_clock, check_holders, check_server

_CHECKS: tuple[tuple[str, Callable[[House], Iterator[Finding]]], ...] = (
    ("server", check_server),
    ("clock", check_clock),
    ("import", check_switches),
    ("rights", check_rights),
    ("tables", check_tables),
    ("ready rows", check_ready),
    ("marker", check_run),
    ("freshness", check_feed),
    ("vacuum", check_holders),
)


def check(url: str, company: str | None, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """The findings one by one, as they are made; without configuration or connection no more can be asked."""
    try:
        settings, found = read_configuration(url, company, environ)
    except ConfigurationError as fault:
        yield from (error("configuration", str(problem), "correct this place") for problem in fault.problems)
        return
    except EtlError as fault:
        yield error("configuration", str(fault), "start the configuration's server or correct --config")
        return
    objects = sum(1 for one in found.objects if one.carries_data)
    code = settings.in_migration.company_code
    yield ok("configuration", f"{url}: company {code}, {objects} business objects")
    yield from _of_house(url, company, environ)


def _of_house(url: str, company: str | None, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        with open_house(url, company, environ) as house:
            with looking(house.engine):
                yield ok("connection", f"database {house.settings.import_database.database}")
            for what, one in _CHECKS:
                yield from _guarded(what, one, house)
    except EtlError as fault:
        yield error("connection", str(fault), "start the server, or correct configs/InMigrationPostgresConfig.txt")


def _guarded(what: str, one: Callable[[House], Iterator[Finding]], house: House) -> Iterator[Finding]:
    """A check that cannot be made is itself a finding."""
    try:
        yield from one(house)
    except EtlError as fault:
        yield error(what, str(fault), "settle what the message names, then check again")
