"""Import and store of different moments: what one of them lacks is shown, and offered again."""

from collections.abc import Iterator

from etl.database import SqlTemplates, execute, fetch_all, transaction
from etl.engine import Moments, prepare_store, read_moments
from etl.merge import Connections
from etl.monitoring.finding import Finding, error, ok
from etl.operations.installation import Installation, has_table
from etl.operations.verify.offering import offer_rows, offer_waiting_links

_sql = SqlTemplates(__package__)

_OFFER = (
    "restore both to one moment; or `etl verify --repair` makes their rows ready again, as far as the partner has not "
    "deleted them"
)
_PATIENT = {"statement_timeout": "1h", "idle_in_transaction_session_timeout": "0"}


def check_moments(installation: Installation, repair: bool) -> Iterator[Finding]:
    """One of them may have come from an older backup: no run begins then. With `repair` the rows that the store lacks
    are ready again, and runs begin."""
    runtime = installation.runtime
    with transaction(runtime.engine, **_PATIENT) as imported, runtime.connections(imported) as connections:
        if not has_table(connections.imported, f"{runtime.in_schema}.run_fence"):
            return
        if not has_table(connections.store, f"{runtime.store.schema}.unit"):
            if not runtime.handshake.highest_run(connections.imported):
                return
            if not repair:
                yield error(
                    "moments", f"the store {runtime.store.schema} is not there, and the import has runs", _OFFER
                )
                return
            prepare_store(connections.store, runtime)
        moments = read_moments(connections, runtime)
        if moments.is_store_older:
            yield from _store_is_older(connections, installation, moments, repair=repair)
        elif moments.is_import_older:
            yield from _import_is_older(connections, installation, moments, repair=repair)
        else:
            yield ok("moments", "import and store know the same runs")


def _store_is_older(
    connections: Connections, installation: Installation, moments: Moments, *, repair: bool
) -> Iterator[Finding]:
    runtime = installation.runtime
    values = {"after": moments.last_number}
    [runs] = fetch_all(connections.imported, _sql("later_runs", schema=runtime.in_schema), values)
    found = (
        f"the store is older than the import: it does not know {runs.number} runs of the import, the first of which "
        f"began {runs.first_at:%F %T %Z}"
    )
    if not repair:
        yield error("moments", found, _OFFER)
        return
    offered = offer_rows(connections, runtime, moments.last_number)
    execute(connections.store, _sql("raise_unit_number", schema=runtime.store.schema), {"number": moments.import_run})
    rows = ", ".join(f"{number:,} of {table}" for table, number in offered.items() if number) or "none"
    yield ok("moments", f"{found}; rows that are ready again, and are taken with the next hand-over: {rows}")


def _import_is_older(
    connections: Connections, installation: Installation, moments: Moments, *, repair: bool
) -> Iterator[Finding]:
    runtime = installation.runtime
    found = (
        f"the import is older than the store: its newest run is {moments.import_run}, and the store knows its run "
        f"{moments.store_run}. What the partner handed over for that run is in the store, and its rows are not here"
    )
    if not repair:
        do = "restore both to one moment; or `etl verify --repair`, after which the partner hands over as usual"
        yield error("moments", found, do)
        return
    execute(connections.imported, _sql("stop_older_run", schema=runtime.in_schema), {"run": moments.store_run})
    number = offer_waiting_links(connections.imported, runtime)
    message = "restored: runs up to this number are in the store"
    runtime.handshake.record_manual_run(connections.imported, message, run=moments.store_run)
    yield ok(
        "moments", f"{found}; {number:,} links that waited then are ready again, and a run begins with a hand-over"
    )
