"""What a partner can check by its own role: nothing of hosts, sessions and statements."""

from collections.abc import Iterator
from typing import Final

from etl.database import read_only_transaction
from etl.engine import Runtime
from etl.engine.partner_view import readable_tables
from etl.errors import EnvironmentFault
from etl.monitoring.finding import Finding, error, ok, warning
from etl.quoting import fold
from etl.sources.in_tables.claim import unknown_statuses

_TIMED_OUT: Final = "57014"


def check_as_partner(runtime: Runtime, *, seconds: float) -> Iterator[Finding]:
    """The in_ tables that the partner's role may read, and rows in them that no run will take."""
    asked = runtime.company.in_tables()
    there = readable_tables(runtime, [*asked, "err"], seconds=seconds)
    tables = [one for one in asked if fold(one) in there]
    if not tables:
        yield error("in_ tables", "your role may read none of them", "ask the operators for privileges")
        return
    yield ok("in_ tables", f"your role may read {len(tables)} of the {len(asked)} tables of {runtime.company.code}")
    if "err" not in there:
        yield warning("err", "your role may not read what was rejected", "ask the operators for privileges")
    unsearched, is_clean = [], True
    for table in tables:
        try:
            with read_only_transaction(runtime.engine, seconds=seconds) as connection:
                found = unknown_statuses(connection, runtime.company, runtime.in_schema, [table])
        except EnvironmentFault as fault:
            if fault.sqlstate != _TIMED_OUT:
                raise
            unsearched.append(table)
            continue
        is_clean = is_clean and not found
        for one in found:
            yield warning("in_status", str(one), "set in_status to '' and hand over")
    if unsearched:
        yield warning("in_status", f"too many rows to search: {', '.join(unsearched)}", "look at them yourself")
    elif is_clean:
        yield ok("in_status", "each row is ready, taken or rejected")
