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

from etl.database.embedded import EmbeddedServer
from tests.crash import runner
from tests.crash.batch import CLIENTS, deliver
from tests.crash.books import Books, audit, differences, read_books
from tests.crash.proxy import Mode, Proxy, Strike, proxying
from tests.fix_company import IMPORT_CONFIG, PATIENCE_SECONDS, Ended, Row, Site, new_site, until
from tests.fix_database import Database, fresh_database

# The heartbeat must not beat by itself within a trial: it would shift the numbers of the round trips.
# Nor does anybody fix the server meanwhile: a trial is over with the first run.
_QUIET = {"leaseSeconds": 3600, "heartbeatSeconds": 600, "faultPatienceSeconds": 0}
_DONE, _STOPPED = (0, 1), 3
_AGAIN = 75
# More new owners than this in a row make no progress.
_NEW_OWNERS = 3


@dataclass
class Lab:
    """One company, a proxy before its server, and the state that every trial begins with.

    `straight`: the same configuration past the proxy, for runners whose round trips nobody counts. With several
    `workers` no two runs have the same round trips, and a run may end before it is struck.
    """

    site: Site
    eyes: psycopg.Connection[Row]
    proxy: Proxy
    fast_value: Path
    sow: runner.Sow | None = None
    expected: Books = field(default_factory=dict)
    trips: list[str] = field(default_factory=list)
    code: int = 0
    patience: float = PATIENCE_SECONDS
    workers: int = 1

    def look(self, query: str, parameters: Any = None) -> list[Row]:
        cursor = self.eyes.execute(query, parameters)
        return list(cursor.fetchall()) if cursor.description else []

    def start(self, *arguments: str) -> runner.Runner:
        """A runner that goes through the proxy."""
        started = runner.start(self.site.home, self._environ, self.sow, *(arguments or ("run", "--json")))
        return replace(started, patience=self.patience)

    def start_at(self, gate: Any) -> runner.Runner:
        """A runner that waits at the gate until all have come."""
        started = runner.start(self.site.home, self._environ, self.sow, "run", "--json", gate=gate)
        return replace(started, patience=self.patience)

    def start_unseen(self, *sows: runner.Sow) -> runner.Runner:
        """A runner that goes past the proxy."""
        sow = partial(runner.all_of, (*sows, *([self.sow] if self.sow else [])))
        started = runner.start(self.site.home, self._past_the_proxy, sow, "run", "--json")
        return replace(started, patience=self.patience)

    def run(self, *arguments: str) -> Ended:
        """A runner to its end."""
        return self.start(*arguments).ended()

    @property
    def _environ(self) -> Mapping[str, str]:
        return {**self.site.environ, "ETL_CONFIG": self.site.url, "HOME": str(self.site.home)}

    @property
    def _past_the_proxy(self) -> Mapping[str, str]:
        return {**self._environ, "ETL_CONFIG": f"file:{self.fast_value}"}

    def learn(self) -> None:
        """The undisturbed run: its round trips and what it leaves behind.

        It is done three times: the first two make what no reset takes back, schemas and an index of links.
        """
        self.keep()
        for _ in range(3):
            self.reset()
            self.proxy.arm(None)
            ended = self.run()
            assert ended.code in (*_DONE, _STOPPED), ended
            assert "Traceback" not in ended.err, ended.err
        self.trips, self.code, self.expected = self.proxy.trips, ended.code, read_books(self.look)
        audit(self.look)

    def keep(self) -> None:
        """Copies every table aside."""
        names = (
            "format('%I.%I', schemaname, tablename) as name, format('kept.%I', schemaname || '.' || tablename) as copy"
        )
        tables = self.look(f"select {names} from pg_tables where schemaname ~ '^(in_tables|store_|out_)' order by 1")
        script = "".join(f"create table {t['copy']} as table {t['name']};" for t in tables)
        self.look(f"create schema kept; {script}")
        self._restore = "".join(f"delete from {t['name']}; insert into {t['name']} table {t['copy']};" for t in tables)
        self._tables = [t["name"] for t in tables]

    def reset(self) -> None:
        """Back to what was kept; tables made since are dropped."""
        self._end_backends()
        made = self.look(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables "
            "where schemaname ~ '^(in_tables|store_|out_)'"
        )
        new = "".join(f"drop table {t['name']} cascade;" for t in made if t["name"] not in self._tables)
        self.look(f"begin; {new} {self._restore} commit;")

    def _end_backends(self) -> None:
        """Those of a dead runner that have not noticed yet."""
        self.look(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and application_name like 'etl:%%'"
        )

    def age(self) -> None:
        """The lease runs out."""
        if self.look("select 1 where to_regclass('in_tables.run') is not null"):
            self.look("update in_tables.run set heartbeat_at = heartbeat_at - interval '1 day'")

    def try_at(self, at: int, mode: Mode, aim: str = "") -> Ended:
        """One trial; raises AssertionError when what is there afterwards is not as if undisturbed."""
        self.reset()
        strike = Strike(at, mode, aim)
        self.proxy.arm(strike)
        try:
            return self._try(strike)
        except AssertionError as error:
            said = f"round trip {at} of {len(self.trips)}, {mode}: {strike.trip}"
            raise AssertionError(f"{said}\n{error}") from error

    def _try(self, strike: Strike) -> Ended:
        struck = self.start()
        self.proxy.aim_at(struck.pid)
        try:
            return self._judge(strike, struck)
        finally:
            strike.check_cancelled.set()
            struck.end()

    def _judge(self, strike: Strike, struck: runner.Runner) -> Ended:
        was_done = False
        if strike.mode is Mode.FREEZE and self._is_reached(strike, struck):
            was_done = self._is_done()
            self._new_owners_finish(strike.mode)
            self.is_as_expected()
            strike.check_cancelled.set()
            struck.signal(signal.SIGCONT)
        ended = struck.ended()
        audit(self.look)
        if not strike.reached.is_set():
            assert self.workers > 1, f"it has not come so far: {ended}"
            assert ended.code == self.code, f"nobody has struck it: {ended}"
            self.is_as_expected()
            return ended
        assert self.workers > 1 or _kind(strike.trip) == _kind(self.trips[strike.at - 1]), (
            "the round trips have shifted"
        )
        self._ended_as_it_should(strike.mode, ended, was_done=was_done)
        begun = self._begun()
        if strike.mode is not Mode.FREEZE and not self._is_done():
            self._new_owners_finish(strike.mode)
        self.is_as_expected()
        self._attempts_counted(begun)
        return ended

    def _is_reached(self, strike: Strike, struck: runner.Runner) -> bool:
        until(lambda: strike.reached.is_set() or struck.process.exitcode is not None, "the runner is struck or ends")
        return strike.reached.is_set()

    def _ended_as_it_should(self, mode: Mode, ended: Ended, *, was_done: bool) -> None:
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
        return self.start_unseen(*([runner.after_the_lease] if is_late else [])).ended()

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

    def _attempts_counted(self, begun: Mapping[int, int]) -> None:
        rows = self.look(
            "select seq, attempts from in_tables.task where run = (select max(run) from in_tables.task) order by seq"
        )
        for row in rows:
            wanted = begun.get(row["seq"], 0) + 1
            assert row["attempts"] >= wanted, f"task {row['seq']} was taken {wanted} times, counted {row['attempts']}"

    def wrong(self) -> str:
        """What is not as if undisturbed."""
        return differences(self.expected, read_books(self.look))

    def is_as_expected(self) -> None:
        """Raises AssertionError when what is there is not as if undisturbed."""
        audit(self.look)
        wrong = self.wrong()
        assert not wrong, wrong


def _kind(trip: str) -> str:
    """What tells a round trip from others, whatever its values are."""
    return re.sub(r"\d{6,}", "0", trip.partition("\n")[0])[:60]


@contextmanager
def open_lab(
    server: EmbeddedServer,
    template: Database,
    folder: Path,
    sow: runner.Sow | None = None,
    handed_over: Callable[[Site], None] | None = None,
    documents: Mapping[str, str] | None = None,
    workers: int = 1,
    **settings: object,
) -> Iterator[Lab]:
    """A company in a database of its own, with a batch handed over."""
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(server, template))
        folder.mkdir(exist_ok=True)
        quiet: dict[str, Any] = {**_QUIET, "copyTables": "false", **settings}
        site = new_site(database, folder, documents or CLIENTS, **quiet)
        stack.callback(site.partner.session.close)
        site.write("consumers/InMigration.workerCount", f"comeKafkaInMigration={workers}")
        (handed_over or deliver)(site)
        fast_value = Path(shutil.copytree(folder / "tree", folder / "straight"))
        proxy = stack.enter_context(proxying(database.port))
        site.edit(IMPORT_CONFIG, f"port={database.port}", f"port={proxy.port}\nsslmode=disable")
        lab = Lab(site, connect(database), proxy, fast_value, sow, workers=workers)
        stack.callback(lambda: lab.eyes.close())
        lab.learn()
        yield lab


def connect(database: Database) -> psycopg.Connection[Row]:
    return psycopg.connect(
        host=database.host,
        port=database.port,
        dbname=database.name,
        user=database.username,
        autocommit=True,
        row_factory=dict_row,
    )
