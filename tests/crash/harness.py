"""A company whose runner dies at a given round trip, again and again, each time from the same state."""

import re
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from etl.embedded import EmbeddedServer
from tests.crash import runner
from tests.crash.batch import CLIENTS, deliver
from tests.crash.invariants import check_invariants
from tests.crash.proxy import Fault, Mode, Proxy, proxying
from tests.crash.snapshot import Snapshot, differences, take_snapshot
from tests.fix_company import IMPORT_CONFIG, PATIENCE_SECONDS, Ended, Row, Site, new_site, until
from tests.fix_database import Database, fresh_database

# The heartbeat must not beat by itself within a trial: it would shift the numbers of the round trips.
# Nor is the server fixed meanwhile: a trial ends with the first run.
_QUIET = {"leaseSeconds": 3600, "heartbeatSeconds": 600, "faultPatienceSeconds": 0}
_DONE, _STOPPED = (0, 1), 3
_AGAIN = 75
# More new owners than this in a row make no progress.
_NEW_OWNERS = 3


@dataclass
class Harness:
    """One company, a proxy before its server, and the state that every trial starts from.

    `direct_config`: the same configuration past the proxy, for runners whose round trips are not counted.
    With several `workers` no two runs have the same round trips, and a run may end before the fault comes.
    """

    site: Site
    observer: psycopg.Connection[Row]
    proxy: Proxy
    direct_config: Path
    inject: runner.Injection | None = None
    expected: Snapshot = field(default_factory=dict)
    trips: list[str] = field(default_factory=list)
    code: int = 0
    patience: float = PATIENCE_SECONDS
    workers: int = 1

    def look(self, query: str, parameters: Any = None) -> list[Row]:
        cursor = self.observer.execute(query, parameters)
        return list(cursor.fetchall()) if cursor.description else []

    def start(self, *arguments: str) -> runner.Runner:
        """A runner that goes through the proxy."""
        started = runner.start(self.site.home, self._environ, self.inject, *(arguments or ("run", "--json")))
        return replace(started, patience=self.patience)

    def start_at_barrier(self, start_barrier: Any) -> runner.Runner:
        """A runner that waits at the barrier until all have come."""
        started = runner.start(self.site.home, self._environ, self.inject, "run", "--json", start_barrier=start_barrier)
        return replace(started, patience=self.patience)

    def start_directly(self, *injections: runner.Injection) -> runner.Runner:
        """A runner that goes past the proxy."""
        inject = partial(runner.inject_all, (*injections, *([self.inject] if self.inject else [])))
        started = runner.start(self.site.home, self._environ_without_proxy, inject, "run", "--json")
        return replace(started, patience=self.patience)

    def run(self, *arguments: str) -> Ended:
        """A runner to its end."""
        return self.start(*arguments).ended()

    @property
    def _environ(self) -> Mapping[str, str]:
        return {**self.site.environ, "ETL_CONFIG": self.site.url, "HOME": str(self.site.home)}

    @property
    def _environ_without_proxy(self) -> Mapping[str, str]:
        return {**self._environ, "ETL_CONFIG": f"file:{self.direct_config}"}

    def record_baseline(self) -> None:
        """The undisturbed run: its round trips and its outcome.

        It is done three times: the first two make what no reset takes back, schemas and an index of links.
        """
        self.save_tables()
        for _ in range(3):
            self.reset()
            self.proxy.arm(None)
            ended = self.run()
            assert ended.code in (*_DONE, _STOPPED), ended
            assert "Traceback" not in ended.err, ended.err
        self.trips, self.code, self.expected = self.proxy.trips, ended.code, take_snapshot(self.look)
        check_invariants(self.look)

    def save_tables(self) -> None:
        """Copies every table aside."""
        names = (
            "format('%I.%I', schemaname, tablename) as name, format('kept.%I', schemaname || '.' || tablename) as copy"
        )
        tables = self.look(f"select {names} from pg_tables where schemaname ~ '^(in_tables|store_|out_)' order by 1")
        script = "".join(f"create table {t['copy']} as table {t['name']};" for t in tables)
        self.look(f"create schema kept; {script}")
        self._restore = "".join(f"delete from {t['name']}; insert into {t['name']} table {t['copy']};" for t in tables)
        self._tables, self._functions = [t["name"] for t in tables], self._list_functions()

    def reset(self) -> None:
        """Back to what was kept; tables and functions made since are dropped."""
        self._end_backends()
        made = self.look(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables "
            "where schemaname ~ '^(in_tables|store_|out_)'"
        )
        new = "".join(f"drop table {t['name']} cascade;" for t in made if t["name"] not in self._tables)
        new += "".join(f"drop function {one} cascade;" for one in self._list_functions() if one not in self._functions)
        self.look(f"begin; {new} {self._restore} commit;")

    def _list_functions(self) -> list[str]:
        rows = self.look(
            "select cast(oid as regprocedure)::text as name from pg_proc "
            "where pronamespace::regnamespace::text ~ '^(in_tables|store_|out_)'"
        )
        return [row["name"] for row in rows]

    def _end_backends(self) -> None:
        """Those of a dead runner that have not noticed yet."""
        self.look(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and application_name like 'etl:%%'"
        )

    def expire_lease(self) -> None:
        """As if a day had passed since the last heartbeat."""
        if self.look("select 1 where to_regclass('in_tables.run') is not null"):
            self.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")

    def run_trial(self, at: int, mode: Mode, contains: str = "") -> Ended:
        """One trial; raises AssertionError when the outcome is not that of the undisturbed run."""
        self.reset()
        fault = Fault(at, mode, contains)
        self.proxy.arm(fault)
        try:
            return self._run_trial(fault)
        except AssertionError as error:
            place = f"round trip {at} of {len(self.trips)}, {mode}: {fault.trip}"
            raise AssertionError(f"{place}\n{error}") from error

    def _run_trial(self, fault: Fault) -> Ended:
        started = self.start()
        self.proxy.set_target(started.pid)
        try:
            return self._check_trial(fault, started)
        finally:
            fault.resume.set()
            started.end()

    def _check_trial(self, fault: Fault, started: runner.Runner) -> Ended:
        was_done = False
        if fault.mode is Mode.FREEZE and self._is_reached(fault, started):
            was_done = self._is_done()
            self._new_owners_finish(fault.mode)
            self.check_outcome()
            fault.resume.set()
            started.signal(signal.SIGCONT)
        ended = started.ended()
        check_invariants(self.look)
        if not fault.reached.is_set():
            assert self.workers > 1, f"it has not come so far: {ended}"
            assert ended.code == self.code, f"no fault was injected: {ended}"
            self.check_outcome()
            return ended
        assert self.workers > 1 or _kind(fault.trip) == _kind(self.trips[fault.at - 1]), "the round trips have shifted"
        self._check_exit(fault.mode, ended, was_done=was_done)
        begun = self._begun()
        if fault.mode is not Mode.FREEZE and not self._is_done():
            self._new_owners_finish(fault.mode)
        self.check_outcome()
        self._check_attempts(begun)
        return ended

    def _is_reached(self, fault: Fault, started: runner.Runner) -> bool:
        until(
            lambda: fault.reached.is_set() or started.process.exitcode is not None,
            "the fault is injected or the runner ends",
        )
        return fault.reached.is_set()

    def _check_exit(self, mode: Mode, ended: Ended, *, was_done: bool) -> None:
        assert "Traceback" not in ended.err, ended.err
        if mode.kills:
            assert ended.code == -9, ended
        elif mode is Mode.TERMINATE:
            assert ended.code == 143, ended
        elif was_done:
            assert ended.code == self.code, f"it had finished: {ended}"
        elif mode is Mode.FREEZE:
            assert ended.code in (0, _AGAIN), f"woken after a takeover it should write nothing and say so: {ended}"
        else:
            assert ended.code in (self.code, 4), f"there is no other runner: {ended}"

    def _new_owners_finish(self, mode: Mode) -> None:
        """Only a killed or frozen runner leaves a lease that must run out."""
        for _ in range(_NEW_OWNERS):
            new_owner = self._new_owner(is_late=mode.kills or mode is Mode.FREEZE)
            assert new_owner.code in (0, self.code), f"the new owner: {new_owner}"
            if self._is_done():
                return
        raise AssertionError("the run is not done")

    def _new_owner(self, *, is_late: bool) -> Ended:
        return self.start_directly(*([runner.expire_all_leases] if is_late else [])).ended()

    def _is_done(self) -> bool:
        """Whether the marker says that all is read or stopped, and no run is under way."""
        return bool(
            self.look("select 1 where to_regclass('in_tables.run') is not null")
            and self.look("select 1 from in_tables.process_tracking where ins_inkafka_status in (1, 2)")
            and not self.look("select 1 from in_tables.run where state = 'running'")
        )

    def _begun(self) -> dict[int, int]:
        """seq -> attempts of the tasks that the runner had taken and not finished."""
        if not self.look("select 1 where to_regclass('in_tables.task') is not null"):
            return {}
        rows = self.look(
            "select seq, attempts from in_tables.task where state = 'running' or (state = 'todo' and attempts > 0)"
        )
        return {row["seq"]: row["attempts"] for row in rows}

    def _check_attempts(self, begun: Mapping[int, int]) -> None:
        rows = self.look(
            "select seq, state, attempts from in_tables.task where run = (select max(run) from in_tables.task) "
            "order by seq"
        )
        for row in rows:
            # Tasks that no runner has taken are left when a run is stopped.
            wanted = begun.get(row["seq"], 0) + (row["state"] == "done")
            assert row["attempts"] >= wanted, f"task {row['seq']} was taken {wanted} times, counted {row['attempts']}"

    def differences(self) -> str:
        """Where the outcome differs from that of the undisturbed run; empty when it does not."""
        return differences(self.expected, take_snapshot(self.look))

    def check_outcome(self) -> None:
        """Raises AssertionError when the outcome is not that of the undisturbed run."""
        check_invariants(self.look)
        wrong = self.differences()
        assert not wrong, wrong


def _kind(trip: str) -> str:
    """What tells a round trip from others, whatever its values are."""
    return re.sub(r"\d{6,}", "0", trip.partition("\n")[0])[:60]


@contextmanager
def open_harness(
    server: EmbeddedServer,
    template: Database,
    folder: Path,
    inject: runner.Injection | None = None,
    handed_over: Callable[[Site], None] | None = None,
    documents: Mapping[str, str] | None = None,
    workers: int = 1,
    **settings: object,
) -> Iterator[Harness]:
    """A company in a database of its own, with a batch handed over."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server, template))
        folder.mkdir(exist_ok=True)
        quiet: dict[str, Any] = {**_QUIET, "copyTables": "false", **settings}
        site = new_site(database, folder, documents or CLIENTS, **quiet)
        stack.callback(site.partner.session.close)
        site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
        (handed_over or deliver)(site)
        direct_config = Path(shutil.copytree(folder / "tree", folder / "direct"))
        proxy = stack.enter_context(proxying(database.port))
        site.edit(IMPORT_CONFIG, f"port={database.port}", f"port={proxy.port}\nsslmode=disable")
        harness = Harness(site, connect(database), proxy, direct_config, inject, workers=workers)
        stack.callback(lambda: harness.observer.close())
        harness.record_baseline()
        yield harness


def connect(database: Database) -> psycopg.Connection[Row]:
    return psycopg.connect(
        host=database.host,
        port=database.port,
        dbname=database.name,
        user=database.username,
        autocommit=True,
        row_factory=dict_row,
    )
