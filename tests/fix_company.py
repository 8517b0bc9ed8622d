"""A company on the test server: its configuration, the partner who knows only SQL, and the real command.

Engine and partner are roles of their own without any privilege beyond their tables; they connect over TCP with a
password. Only the test itself looks with a superuser's eyes.
"""

import base64
import hashlib
import hmac
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psycopg
import pytest
from psycopg.rows import dict_row

from etl import ddl
from etl.config import open_source
from etl.database import transaction
from etl.embedded import EmbeddedServer
from etl.engine import Outcome, Runtime, build_version, open_runtime, prepare, run_once
from tests.fix_database import LOOPBACK, SESSIONS, Database, create_database, fresh_database, running_server
from tests.forked import command, fork
from tests.forked.started import Started

CODE = "demo"
STORE = "store_demo"
OUT = "out_demo_1_1"
IMPORT_CONFIG = "configs/InMigrationPostgresConfig.txt"
STORE_CONFIG = "configs/StorePostgresConfig.txt"
OUT_CONFIG = "configs/OutMigrationPostgresConfig.txt"
PASSWORD_VARIABLE = "ETL_TEST_PASSWORD"
PASSWORD = "s3cret of the engine"
PARTNER_PASSWORD = "s3cret of the partner"

ONE, APART, THREE_SERVERS = "one database", "databases apart", "three servers"
BOTH_LAYOUTS = pytest.mark.parametrize("layout", [ONE, APART], indirect=True)
"""For tests of what must be the same whether import, store and out are one database or several."""
ONE_AND_NIGHTLY_APART = pytest.mark.parametrize(
    "layout", [ONE, pytest.param(APART, marks=pytest.mark.nightly)], indirect=True
)
"""For sweeps whose other tests have both layouts."""
ONLY_ONE = pytest.mark.parametrize("layout", [ONE], indirect=True)
"""For the few tests of what there is only in one database; each says why."""
ONLY_APART = pytest.mark.parametrize("layout", [APART], indirect=True)
ONLY_THREE_SERVERS = pytest.mark.parametrize("layout", [THREE_SERVERS], indirect=True)

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
CLAIMS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
  - {{code: Watchers, type: BO, bo: Client, {_FLAGS}}}
""",
}
"""A small company: claims have one client and any number of watchers."""

# How long a condition may take that the machine's speed decides; nothing waits so long when all is well.
PATIENCE_SECONDS = 40.0

Row = dict[str, Any]
Answer = TypeVar("Answer")
Session = psycopg.Connection[Row]


def until(condition: Callable[[], Answer], what: str, *, seconds: float = PATIENCE_SECONDS) -> Answer:
    """The first true answer of `condition`; a failure that says `what` was waited for when time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.02)
    return answer


@dataclass(frozen=True)
class Partner:
    """The partner: inserts, updates and deletes by plain SQL, each statement its own transaction."""

    session: Session

    def __call__(self, query: str, parameters: Sequence[Any] | None = None) -> list[Row]:
        """Runs SQL (names without a schema are those of in_tables) and returns its rows, if it has any."""
        cursor = self.session.execute(query, parameters)
        return list(cursor.fetchall()) if cursor.description else []

    def fill(self, table: str, *rows: Row) -> None:
        """Inserts rows, each a mapping column -> value."""
        with self.session.cursor() as cursor:
            for columns, group in groupby(rows, key=tuple):
                places = ", ".join(["%s"] * len(columns))
                statement = f"insert into {table} ({', '.join(columns)}) values ({places})"
                cursor.executemany(statement, [tuple(row.values()) for row in group])

    def redeliver(self, table: str, *rows: Row) -> None:
        """The rows take the place of the table's old ones."""
        self(f"delete from {table}")
        if rows:
            self.fill(table, *rows)

    def hand_over(self) -> None:
        """Way 1: the marker table is cleared."""
        self("delete from process_tracking")

    def hand_over_by_row(self) -> int:
        """Way 2: a row of its own, then load_status=1; returns its id."""
        [row] = self("insert into process_tracking (oper_date, load_status) values (current_date, 0) returning id")
        self("update process_tracking set load_status = 1 where id = %s", [row["id"]])
        return int(row["id"])

    def marker(self) -> Row:
        """The row with the highest id."""
        [row] = self("select * from process_tracking order by id desc limit 1")
        return row

    def statuses(self, table: str) -> dict[str, int]:
        """in_status -> rows."""
        rows = self(f"select in_status, count(*) as n from {table} group by in_status")
        return {row["in_status"]: row["n"] for row in rows}

    @contextmanager
    def holding(self, *statements: str) -> Iterator[Session]:
        """A second session with an open transaction in which the statements have run; committed at the end."""
        with psycopg.connect(self.session.info.dsn, password=PARTNER_PASSWORD, row_factory=dict_row) as session:
            for statement in statements:
                session.execute(statement)
            yield session


@dataclass(frozen=True)
class Relations:
    """Names with commas between them, as `grant` takes them."""

    tables: str
    sequences: str


@dataclass
class Site:
    """A configured company: where its configuration lies, its database, and who works there."""

    url: str
    home: Path
    database: Database
    environ: dict[str, str]
    partner: Partner
    store_database: Database
    out_database: Database

    def write(self, path: str, text: str) -> None:
        """One text of the configuration."""
        with open_source(self.url) as source:
            source.write(path, text)

    def text(self, path: str) -> str:
        with open_source(self.url) as source:
            return source.snapshot().texts[path].content

    def edit(self, path: str, old: str, new: str) -> None:
        """One replacement in a text of the configuration."""
        text = self.text(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def document(self, code: str, text: str) -> None:
        self.write(f"companies/{CODE}/business-objects/{code}.yaml", text)

    def set(self, **settings: object) -> None:
        """Keys of configs/InMigrationConfig.txt beside the company's code."""
        lines = [f"{key}={value}" for key, value in {"companyCode": CODE, **settings}.items()]
        self.write("configs/InMigrationConfig.txt", "\n".join(lines))

    def create_in_tables(self) -> None:
        """What the administrator does: `etl generate-ddl --apply`, and the partner's privileges."""
        with self.runtime() as runtime, transaction(runtime.engine) as connection:
            ddl.bring_up(
                connection,
                runtime.company,
                "in",
                in_schema="in_tables",
                store_schema=STORE,
                out_schema=OUT,
            )
        self.grant_partner()

    def grant_partner(self, only: "Relations | None" = None) -> None:
        """The partner's privileges in in_tables: on all that is there, or on some of it."""
        there = only or self.relations()
        self.look(
            f"grant usage on schema in_tables to {self.partner_role};"
            f"grant select, insert, update, delete, truncate on {there.tables} to {self.partner_role};"
            f"grant usage on sequence {there.sequences} to {self.partner_role}"
        )

    def relations(self) -> "Relations":
        """What is in the schema in_tables now."""
        listed = "select string_agg(oid::regclass::text, ', ') from pg_class where relkind = any(%s) and "
        listed += "relnamespace = 'in_tables'::regnamespace"
        tables, sequences = (self.value(listed, [kinds], at=self.database) for kinds in (["r", "v"], ["S"]))
        return Relations(str(tables), str(sequences))

    @property
    def engine_role(self) -> str:
        return f"engine_{self.database.name}"

    @property
    def partner_role(self) -> str:
        return f"partner_{self.database.name}"

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        with open_runtime(self.url, CODE, self.environ) as runtime:
            yield runtime

    def run(self) -> Outcome:
        """A run inside this process."""
        with self.runtime() as runtime:
            return run_once(runtime)

    def look(self, query: str, parameters: Sequence[Any] | None = None, *, at: Database | None = None) -> list[Row]:
        """What the superuser sees, in the database of the schema that the query names, or in a given one."""
        with SESSIONS.one(at or self._home(query)) as session:
            cursor = session.execute(query, parameters)
            return list(cursor.fetchall()) if cursor.description else []

    def _home(self, query: str) -> Database:
        if "in_tables." in query:
            return self.database
        if "store_" in query and ".out_version" not in query:  # which is where the versions are
            return self.store_database
        return self.out_database if "out_" in query else self.database

    @property
    def databases(self) -> tuple[Database, ...]:
        """Those of import, store and out; each once."""
        return tuple(dict.fromkeys((self.database, self.store_database, self.out_database)))

    def value(self, query: str, parameters: Sequence[Any] | None = None, *, at: Database | None = None) -> Any:
        [row] = self.look(query, parameters, at=at)
        [value] = row.values()
        return value

    def count(self, table: str) -> int:
        return int(self.value(f"select count(*) from {table}"))

    def fingerprint(self) -> dict[str, str]:
        """Table of the store_ and out_ schemas -> a digest that any write would change.

        Without what tasks between databases note, and what the store notes of each run.
        """
        names = (
            "select schemaname || '.' || quote_ident(tablename) as name from pg_tables "
            "where tablename not like 'remote\\_%' "
            "and tablename not in ('unit_number', 'unit', 'reference_position', 'store_fence', 'backup_record') "
            "and schemaname like "
        )
        tables = [
            *self.look(names + "'store_%' order by 1", at=self.store_database),
            *self.look(names + "'out_%' order by 1", at=self.out_database),
        ]
        digest = "select md5(coalesce(string_agg(xmin::text || ctid::text, ',' order by ctid), '')) from"
        return {table["name"]: str(self.value(f"{digest} {table['name']}")) for table in tables}

    def errors(self, run: int | None = None) -> list[Row]:
        """The rows of err of the newest run, or of a given one."""
        chosen = run or self.value("select max(id) from in_tables.run")
        return self.look("select * from in_tables.err where run = %s order by id", [chosen])

    @contextmanager
    def locking(self, table: str) -> Iterator[None]:
        """No other session can write to the table; readers are not held up."""
        with psycopg.connect(**superuser(self._home(table))) as session:
            session.execute(f"lock table {table} in exclusive mode")
            yield

    @contextmanager
    def holding_after_claims(self) -> Iterator[None]:
        """The next run has claimed its rows, and is held up before it merges any: a file without content is unread."""
        self.partner.fill("in_fileStorage", {"file_id": "held up"})
        with self.locking(f"{STORE}.file_storage"):
            yield

    @contextmanager
    def locking_rows(self, table: str) -> Iterator[None]:
        """No other session can change the rows that are there now."""
        with psycopg.connect(**superuser(self._home(table))) as session:
            session.execute(f"select 1 from {table} for update")
            yield

    def wait_for_statistics(self, at: Database) -> None:
        """Until what ended sessions have counted shows: in PostgreSQL 14 a process collects it, in order, later on.

        Those in which `look` has looked are ended for it.
        """
        self._end_own(at)
        if self.value("select current_setting('server_version_num')::int >= 150000", at=at):
            return
        self.look("create table public.last_counted (); select from public.last_counted", at=at)
        self._end_own(at)
        counted = "select sum(seq_scan) from pg_stat_user_tables where relname = 'last_counted'"
        until(lambda: self.value(counted, at=at), "the counters are collected")
        self.look("drop table public.last_counted", at=at)

    def _end_own(self, at: Database) -> None:
        pids = SESSIONS.close(at)
        left = "select count(*) from pg_stat_activity where pid = any(%s)"
        until(lambda: not self.value(left, [pids], at=at), "the sessions of the test have ended")

    def wait_for_blocked_fill(self) -> None:
        """Until a fill waits for a lock."""
        blocked = (
            "select count(*) from pg_stat_activity where application_name = 'etl:fill' and wait_event_type = 'Lock'"
        )
        until(lambda: self.value(blocked, at=self.database), "a fill waits for a lock")

    def wait_for_blocked(self, *, by: int = 0) -> None:
        """Until a runner's backend waits for a lock, for one of the session with the backend pid `by` if given."""
        blocked = (
            "select count(*) from pg_stat_activity where datname = any(%s) "
            "and application_name like 'etl:%%' and wait_event_type = 'Lock' "
            "and (%s = 0 or %s = any(pg_blocking_pids(pid)))"
        )
        names = [one.name for one in self.databases]
        until(
            lambda: any(self.value(blocked, [names, by, by], at=one) for one in self.databases),
            "a runner waits for a lock",
        )

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """A session of the partner's role where the out_ schemas are."""
        place = {"host": LOOPBACK, "port": self.out_database.port, "dbname": self.out_database.name}
        role = {"user": self.partner.session.info.user, "password": PARTNER_PASSWORD}
        with psycopg.connect(**place, **role, autocommit=True, row_factory=dict_row) as session:  # type: ignore[arg-type]
            yield session

    def start(self, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
        """The real command, started, in a fork of a process that has imported it: signals, pipes and all."""
        return Started(arguments, self._environ(environ), self.home)

    def start_program(self, *arguments: str, **environ: str) -> "subprocess.Popen[str]":
        """The same with an interpreter of its own, whose start and whose memory count."""
        return start_etl(*arguments, environ={**self.environ, "ETL_CONFIG": self.url, **environ}, cwd=self.home)

    def etl(self, *arguments: str, **environ: str) -> "Ended":
        """The real command, run to its end; it gets no signals or input, so it need not start again."""
        out, err = (self.home / f"{time.monotonic_ns()}.{stream}" for stream in ("out", "err"))
        process = fork(command, out, err, self._environ(environ), self.home, arguments)
        process.join(PATIENCE_SECONDS * 2)
        assert process.exitcode is not None, f"`etl {' '.join(arguments)}` has not ended: {err.read_text()}"
        return Ended(process.exitcode, out.read_text(), err.read_text())

    def _environ(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), **self.environ, "ETL_CONFIG": self.url, **more}


@dataclass(frozen=True)
class Ended:
    """What a command left: negative codes are signals that killed it."""

    code: int
    out: str
    err: str


_MEASURING = "COVERAGE_PROCESS_CONFIG"


def inherited() -> dict[str, str]:
    """What a started program is given of this process's environment: where its modules are, and what measures it."""
    return {name: os.environ[name] for name in ("PYTHONPATH", _MEASURING) if name in os.environ}


def is_measured() -> bool:
    """Whether it is counted which branches started programs take."""
    return _MEASURING in os.environ


_ETL = (sys.executable, "-m", "etl")


def start_etl(
    *arguments: str, environ: Mapping[str, str], cwd: Path, program: Sequence[str] = _ETL
) -> "subprocess.Popen[str]":
    """`etl` in a clean environment and a folder of its own."""
    clean = {"PATH": os.environ["PATH"], **inherited(), "HOME": str(cwd), "LANG": "C.UTF-8", **environ}
    command = [*program, *arguments]
    return subprocess.Popen(command, env=clean, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Waits for a started command."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS * 2)
    return Ended(process.returncode, out, err)


def peak_of(process: "subprocess.Popen[str]") -> float:
    """Waits for a started command; its highest resident MiB as Linux keeps it (a child's usage would count our own)."""
    highest = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        highest = max([highest, *(int(found) for found in re.findall(r"VmHWM:\s+(\d+) kB", status))])
        time.sleep(0.005)
    return highest / 1024


class MakeSite(Protocol):
    def __call__(self, documents: Mapping[str, str], *, url: str = ..., **settings: object) -> Site: ...


@pytest.fixture
def layout(request: pytest.FixtureRequest) -> str:
    """Where import, store and out lie: in one database, unless the test or ETL_TEST_LAYOUT says otherwise."""
    return str(getattr(request, "param", os.environ.get("ETL_TEST_LAYOUT", ONE)))


@dataclass(frozen=True)
class Prepared:
    """Template databases of one set of documents: with in_ tables, store and an out_ version, all empty.

    `databases` is one, or those of import, store and out; `owner` is the role that owns what lies in them;
    `partners` is what the partner works with.
    """

    databases: tuple[Database, ...]
    owner: str
    partners: Relations


def make_store_and_out(site: Site) -> None:
    """As before a first run, of which a test's first run then need do nothing."""
    with site.runtime() as runtime:
        prepare(runtime)
        build_version(runtime, None, lambda _: None)


class PreparedTemplates:
    """Makes them on first use, on one server; they live as long as it."""

    def __init__(self, server: EmbeddedServer, empty: Database, home: Path) -> None:
        self._server = server
        self._empty = empty
        self._home = home
        self._made: dict[tuple[str, tuple[tuple[str, str], ...]], Prepared] = {}

    def of(self, documents: Mapping[str, str], layout: str) -> Prepared:
        """The templates of these documents in a layout (ONE or APART)."""
        key = (layout, tuple(documents.items()))
        if key not in self._made:
            self._made[key] = self._make(documents, number=len(self._made), count=3 if layout == APART else 1)
        return self._made[key]

    def _make(self, documents: Mapping[str, str], number: int, count: int) -> Prepared:
        names = [f"prepared_{number}_{part}" for part in range(count)]
        databases = tuple(create_database(self._server, name, self._empty) for name in names)
        folder = self._home / str(number)
        folder.mkdir()
        site = new_site(databases[0], folder, documents, others=databases[1:])
        partners = site.relations()
        make_store_and_out(site)
        site.partner.session.close()
        site.look(f"drop owned by {site.partner_role}")  # each copy has a partner of its own
        return Prepared(databases, site.engine_role, partners)


@pytest.fixture(scope="session")
def prepared_templates(
    server: EmbeddedServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> PreparedTemplates:
    return PreparedTemplates(server, template, tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def make_site(
    request: pytest.FixtureRequest, server: EmbeddedServer, template: Database, tmp_path: Path, layout: str
) -> Iterator[MakeSite]:
    """Makes a company from documents (code -> YAML) with its in_ tables; the configuration is a directory or `url`.

    Store and out_ version are there too, copied from a template (on three servers made each time), where the test is
    marked `prepared` and not `first_run`: then the first run need not make them.
    """
    is_prepared = request.node.get_closest_marker("prepared") and not request.node.get_closest_marker("first_run")
    with ExitStack() as stack:

        def make(documents: Mapping[str, str], *, url: str = "", **settings: object) -> Site:
            if is_prepared and layout != THREE_SERVERS:
                templates: PreparedTemplates = request.getfixturevalue("prepared_templates")
                prepared = templates.of(documents, layout)
                copies = [stack.enter_context(fresh_database(server, one)) for one in prepared.databases]
                site = copied_site(prepared, copies, tmp_path, documents, url=url, **settings)
            else:
                others: list[Database] = []
                if layout == APART:
                    others = [stack.enter_context(fresh_database(server, template)) for _ in range(2)]
                if layout == THREE_SERVERS:
                    servers = [stack.enter_context(running_server()) for _ in range(2)]
                    others = [stack.enter_context(fresh_database(one)) for one in servers]
                database: Database = request.getfixturevalue("database")
                site = new_site(database, tmp_path, documents, url=url, others=others, **settings)
                if is_prepared:
                    make_store_and_out(site)
            stack.callback(site.partner.session.close)
            return site

        yield make


def copied_site(
    prepared: Prepared,
    copies: Sequence[Database],
    folder: Path,
    documents: Mapping[str, str],
    *,
    url: str = "",
    **settings: object,
) -> Site:
    """A company in copies of prepared templates, owned by roles of its own."""
    site = _configured(copies[0], folder, url or f"file:{folder / 'tree'}", copies[1:])
    site.set(**settings)
    for code, text in documents.items():
        site.document(code, text)
    for copy in copies:
        site.look(f"reassign owned by {prepared.owner} to {site.engine_role}", at=copy)
    # A version notes of which database it is, so that a restored one is noticed; the copy is no restored one.
    site.look(
        rf"update {STORE}.out_version set place = regexp_replace(place, '^(\d+) \d+', '\1 ' || oid) "
        "from pg_database where datname = current_database()",
        at=site.out_database,
    )
    # A mirror is called after its database.
    site.look(
        f"update {STORE}.out_version set schema_name = %s where schema_name = %s",
        [f"mirror in {site.out_database.name}", f"mirror in {prepared.databases[-1].name}"],
        at=site.store_database,
    )
    site.grant_partner(prepared.partners)
    return site


def new_site(
    database: Database,
    folder: Path,
    documents: Mapping[str, str],
    *,
    url: str = "",
    others: Sequence[Database] = (),
    **settings: object,
) -> Site:
    """A company in an empty database; the caller closes the partner's session.

    `others`: the databases of store and out, if they have their own.
    """
    site = _configured(database, folder, url or f"file:{folder / 'tree'}", others)
    site.set(**settings)
    for code, text in documents.items():
        site.document(code, text)
    site.create_in_tables()
    return site


def _configured(database: Database, folder: Path, url: str, others: Sequence[Database]) -> Site:
    engine_role, partner_role = f"engine_{database.name}", f"partner_{database.name}"
    for one in (database, *others):
        with SESSIONS.one(one) as session:
            if not session.execute("select 1 from pg_roles where rolname = %s", [engine_role]).fetchone():
                session.execute(
                    f"create role {engine_role} login password '{stored(PASSWORD)}';"
                    f"create role {partner_role} login password '{stored(PARTNER_PASSWORD)}'"
                )
            session.execute(f"grant create on database {one.name} to {engine_role}")
    if url.startswith("file:"):
        Path(url.removeprefix("file:")).mkdir()
    store, out = others or (database, database)
    site = Site(url, folder, database, {PASSWORD_VARIABLE: PASSWORD}, partner_of(database), store, out)

    def place(of: Database) -> str:
        lines = [f"host={LOOPBACK}", f"port={of.port}", f"dbName={of.name}", f"username={engine_role}"]
        return "\n".join([*lines, f"password:ENV={PASSWORD_VARIABLE}", ""])

    site.write(IMPORT_CONFIG, place(database) + "hasInMigration=true")
    site.write(OUT_CONFIG, "hasOutMigration=true\n" + (place(out) if others else ""))
    if others:
        site.write(STORE_CONFIG, place(store))
    return site


@cache
def stored(password: str) -> str:
    """What a server keeps of a password (SCRAM-SHA-256), of one round: its usual 4,096 are milliseconds a session."""
    salt = b"sixteen bytes of"
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    keys = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    client, server = keys
    kept = (base64.b64encode(one).decode() for one in (salt, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256$1:{}${}:{}".format(*kept)


def partner_of(database: Database, role: str = "") -> Partner:
    """The partner's session in a database, under its own role of that database or a given one."""
    session = psycopg.connect(
        host=LOOPBACK,
        port=database.port,
        dbname=database.name,
        user=role or f"partner_{database.name}",
        password=PARTNER_PASSWORD,
        options="-c search_path=in_tables",
        autocommit=True,
        row_factory=dict_row,
    )
    return Partner(session)


def superuser(database: Database) -> dict[str, Any]:
    return {"host": database.host, "port": database.port, "dbname": database.name, "user": database.username}
