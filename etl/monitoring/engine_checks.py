"""Checks of our own objects: privileges, live tables, ready rows, the run."""

from collections.abc import Iterator

from etl import ddl
from etl.database import PartState, SqlTemplates, read_only_transaction
from etl.ddl import privileges
from etl.ddl.catalog import relations
from etl.engine import (
    Runtime,
    absent_readers,
    has_out_versions,
    has_store,
    is_prepared,
    read_feed,
    read_moments,
    read_status,
    sequences_behind,
    states_at,
    versions_behind,
)
from etl.errors import EnvironmentFault
from etl.monitoring.finding import (
    Finding,
    error,
    ok,
    warning,
)
from etl.monitoring.progress import waits_for
from etl.monitoring.ready import AgeSampler, MissingTables
from etl.outputs import versions
from etl.sources.in_tables.claim import unknown_statuses

_sql = SqlTemplates(__package__)

_TABLE_SECONDS = 5.0
_TIMED_OUT = "57014"
_UNDEFINED_TABLE = "42P01"
_UNDEFINED_COLUMN = "42703"


def check_switches(runtime: Runtime) -> Iterator[Finding]:
    if runtime.settings.has_in_migration:
        yield ok("import", f"switched on, schema {runtime.in_schema}")
    elif runtime.settings.kafka.in_migration.enabled:
        yield ok("import", "switched off: only topics are read")
    else:
        do = "set hasInMigration=true in configs/InMigrationPostgresConfig.txt when it shall start"
        yield warning("import", "switched off: no run starts", do)


def check_versions(runtime: Runtime) -> Iterator[Finding]:
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with read_only_transaction(engine) as connection:
            states = states_at(connection, runtime, engine)
        for state in states:
            yield from _version_of(state)


def _version_of(state: PartState) -> Iterator[Finding]:
    what = f"version of {state.part.name}"
    if state.is_held:
        yield error(what, state.held_message, "`etl restore --activate`")
    elif state.is_closed:
        yield warning(what, state.closed_message, "`etl release` when the work is done")
    elif state.is_newer:
        shut_out = state.needed_to_write > state.part.version
        yield (error if shut_out else warning)(what, state.newer_message, "install the newer etl")
    elif state.needs_upgrade:
        yield error(what, state.older_message, "stop all runners, then run `etl upgrade start`")
    elif state.version is None:
        yield ok(what, f"schema {state.schema} has no such tables yet: the first run makes them")
    else:
        later = f"; the next run brings it to {state.part.version}" if state.pending else ""
        yield ok(what, f"schema {state.schema} has version {state.version}, made by etl {state.made_by}{later}")


def check_tables(runtime: Runtime) -> Iterator[Finding]:
    """The live tables against the metadata, as a run would see them."""
    schemas = {"store_schema": runtime.store.schema, "out_schema": runtime.out_version.schema}
    if not runtime.settings.has_in_migration and not _has_in_tables(runtime):
        yield ok("in_ tables", "none, and the import is switched off")
    else:
        yield from _check_in_tables(runtime)
    with read_only_transaction(runtime.store_engine) as connection:
        changes = ddl.missing(connection, runtime.company, "store", in_schema=runtime.in_schema, **schemas)
        lacking = f"; the next run makes {len(changes)} things that are missing" if changes else ""
        yield ok("golden store", f"schema {runtime.store.schema} fits{lacking}")
    if not runtime.settings.has_out_migration:
        return
    with read_only_transaction(runtime.out_engine) as connection:
        if has_out_versions(connection, runtime):
            versions.refuse_changed(versions.known_versions(connection, runtime.store.schema), runtime.versions)
            yield ok("out_ tables", f"schema {runtime.out_version.schema} fits, or is made by the next run")


def _has_in_tables(runtime: Runtime) -> bool:
    with read_only_transaction(runtime.engine) as connection:
        return bool(relations(connection, runtime.in_schema, runtime.company.in_tables()))


def _check_in_tables(runtime: Runtime) -> Iterator[Finding]:
    with read_only_transaction(runtime.engine) as connection:
        ddl.check_in_tables(connection, runtime.company, runtime.in_schema)
        yield ok("in_ tables", f"schema {runtime.in_schema} fits the metadata of company {runtime.company.code}")
        older = ddl.without_additions(connection, runtime.company, runtime.in_schema)
        if older:
            found = f"without the column removed, so that no row takes a link away: {', '.join(older)}"
            yield warning("in_ tables", found, f"`etl generate-ddl --company {runtime.company.code} --apply` adds it")
        for one in ddl.foreign(connection, runtime.company, runtime.in_schema):
            yield warning("in_ tables", f"{one.table}: {one.what}", one.do)
        for right in privileges.missing_privileges(connection, runtime.company, runtime.in_schema):
            yield warning("partner's privileges", right.what, right.command)


def check_ready(runtime: Runtime) -> Iterator[Finding]:
    try:
        age = AgeSampler(_TABLE_SECONDS).sample(runtime)
    except MissingTables:
        return  # check_tables has named them
    rows = sum(table.ready + table.on_work for table in age.tables)
    undated = sum(table.undated for table in age.tables)
    about = "" if all(table.is_exact for table in age.tables) else "about "
    oldest = "" if age.oldest_seconds is None else f", the oldest {age.oldest_seconds / 60:,.0f} minutes old"
    yield ok("ready rows", f"{about}{rows:,}{oldest}")
    if undated:
        text = f"{undated:,} of them have no usable inserted_date, so their waiting time is unknown"
        yield warning("ready rows", text, "let the partner leave inserted_date to its default")


def check_moments(runtime: Runtime) -> Iterator[Finding]:
    """Whether import and store come from backups of one moment."""
    with read_only_transaction(runtime.engine) as imported, runtime.connections(imported) as connections:
        if not (is_prepared(imported, runtime) and has_store(connections.store, runtime)):
            return
        if fault := read_moments(connections, runtime).fault(runtime):
            yield error("moments", fault, "`etl verify` shows what is missing, `etl verify --repair` offers it again")


def check_sequences(runtime: Runtime) -> Iterator[Finding]:
    """Those of our own tables; `etl verify` looks at the partner's too."""
    for one in sequences_behind(runtime):
        yield warning("sequences", str(one), "`etl verify --repair` raises it, as the next run does")


def check_readers(runtime: Runtime) -> Iterator[Finding]:
    """Readers of out_ tables that have not confirmed for long."""
    if not runtime.settings.has_out_migration:
        return
    for one, days in absent_readers(runtime):
        limit = runtime.settings.out_migration.reader_days
        found = f"{one.reader} of {one.schema_name} has not confirmed for {days:.0f} days"
        cure = f"after {limit} (readerDays) `etl clean` retires it; `etl out reader remove {one.reader}` if it is gone"
        yield warning("readers", found, cure)


def check_out_versions(runtime: Runtime) -> Iterator[Finding]:
    """Versions that do not follow, as a value of the store does not fit into their tables."""
    for one in versions_behind(runtime):
        found = f"{one.schema_name} stays as it was: a value of the store does not fit into its tables ({one.reason})"
        cure = f"move its readers to a newer version, then `etl out retire {one.environment_version}`"
        yield error("out_ versions", found, cure)


def check_run(runtime: Runtime) -> Iterator[Finding]:
    status = read_status(runtime)
    if status.is_unreadable:
        return  # check_versions has named it
    if status.decision == "take_over":
        yield warning("marker", status.reason, "`etl run` takes it over and continues")
    elif status.marker and status.marker["ins_inkafka_status"] == 2 and status.decision == "wait":
        do = "correct the rows and hand over again, or `etl run --accept`"
        yield warning("marker", status.reason, do)
    elif status.is_marker_faulty:
        yield error("marker", status.reason, "correct the rows of process_tracking as said: no run starts before")
    else:
        yield ok("marker", status.reason)
    if status.run and (reason := waits_for(status.tasks)):
        do = "deal with that: the run continues by itself"
        yield error("run", f"run {status.run['run']} waits for the server: {reason}", do)
    if status.marker and status.marker["is_ahead"]:
        found = (
            f"id={status.marker['id']} was written by hand, and the sequence of process_tracking has not come so far"
        )
        do = "let the partner leave id to its default: a row of a lower id is not looked at, one of the same is refused"
        yield warning("marker", found, do)


def check_statuses(runtime: Runtime) -> Iterator[Finding]:
    """Rows that no run will ever take, because their in_status is unknown."""
    for table in runtime.company.in_tables():
        try:
            with read_only_transaction(runtime.engine, seconds=_TABLE_SECONDS) as connection:
                found = unknown_statuses(connection, runtime.company, runtime.in_schema, [table])
        except EnvironmentFault as fault:
            if fault.sqlstate not in (_TIMED_OUT, _UNDEFINED_TABLE, _UNDEFINED_COLUMN):
                raise
            continue  # too many rows to search here, as why_not does; or check_tables has named what is missing
        for one in found:
            yield warning("in_status", str(one), "let the partner set in_status to '' and hand over")


def check_feed(runtime: Runtime) -> Iterator[Finding]:
    """Whether hand-overs come when they are due, and are read in time."""
    feed = read_feed(runtime)
    if feed is None:
        return
    if feed.late_since:
        do = "ask the partner; freshnessDue and freshnessMinutes say when it is due"
        yield warning("freshness", f"a hand-over is overdue since {feed.late_since:%F %T %Z}", do)
    if feed.stalled_since:
        do = "see `etl status`; stalledMinutes says how long reading may take"
        yield warning("freshness", f"a hand-over should have been read by {feed.stalled_since:%F %T %Z}", do)
    if not (feed.late_since or feed.stalled_since):
        last = f"{feed.last_hand_over:%F %T %Z}" if feed.last_hand_over else "none yet"
        yield ok("freshness", f"nothing is overdue; the last hand-over: {last}")
