"""The company whose console is measured: two objects and a link, a store and errors of any size, made by SQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.merge.errors.catalogue import CATALOGUE
from etl.web.roles import Role
from scripts.bench.company import STORE, Place, configure
from scripts.bench.engine import run_etl
from scripts.bench.server import ROLE, Server, Session, run_script

DATABASE: Final = "web"
PARTNER: Final = "bench_partner"
RUNS: Final = 100
_FIRST_ROWS: Final = 1_000
# A load of this size needs no WAL of its own, and is made again rather than recovered.
LOADING: Final = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "maintenance_work_mem": "1GB",
}
_INDEXES = """
select
    format('alter table %I.%I drop constraint %I', n.nspname, c.relname, k.conname),
    format('alter table %I.%I add constraint %I ', n.nspname, c.relname, k.conname) || pg_get_constraintdef(k.oid)
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = current_schema() and c.relname = 'err' and k.contype = 'p'
union all
select format('drop index %I.%I', schemaname, indexname), indexdef
from pg_indexes
where schemaname = current_schema() and tablename = 'err' and indexname <> 'err_pkey'
"""
# What is recorded of sizes when the first run has ended: an index that is made later renews it.
_KEEP_SIZES = """
create table public.bench_size as
select c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.relallvisible
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('in_tables', 'store_bench', 'out_bench_1_1')
"""
_OLD_SIZES = """
update pg_class c
set relpages = b.relpages, reltuples = b.reltuples, relallvisible = b.relallvisible
from public.bench_size b
join pg_namespace n on n.nspname = b.nspname
where c.relname = b.relname and c.relnamespace = n.oid
"""


@dataclass(frozen=True)
class Made:
    """The company: its folder, its database, how much it has, and examples for the addresses of pages."""

    server: Server
    home: Path
    errors: int
    rows: int
    newest: int

    def session(self, user: str = ROLE) -> Session:
        """A session of the engine's role, or of another."""
        return self.server.session(DATABASE, user)


def make(server: Server, errors: int, tell: Callable[[str], None]) -> Made:
    """A company with this number of errors, three tenths as many instances, and statistics of when it was small."""
    home = server.home / DATABASE
    home.mkdir()
    server.make(DATABASE, "template0")
    server.administer(f"create role {PARTNER} login", f"grant {PARTNER} to {ROLE}")
    configure(home / "config", Place(server.host, server.port, DATABASE, ROLE))
    roles = "; ".join(f"{role}:{role}" for role in Role)
    web = f"identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles={roles}\npartnerRole={PARTNER}\n"
    (home / "config/configs/WebConfig.txt").write_text(web, encoding="utf-8")
    run_etl(home, "generate-ddl", "--apply")
    rows = max(errors * 3 // 20, _FIRST_ROWS + 100)
    with server.session(DATABASE) as session:
        _run(session, "first", first=_FIRST_ROWS)
        # Of a thousand clients twenty are rejected: the command ends with 1.
        run_etl(home, "run", expected=(0, 1))
        run_etl(home, "grants", "--partner", PARTNER, "--reader", PARTNER, "--apply")
    with server.session(DATABASE, "postgres") as session:
        session.execute("vacuum analyze")
        session.execute(_KEEP_SIZES)
        newest = _load(session, errors, rows, tell)
        session.execute(_OLD_SIZES)
    return Made(server, home, errors, rows, newest)


def _load(session: Session, errors: int, rows: int, tell: Callable[[str], None]) -> int:
    """All that is large; returns the number of the newest run."""
    base = _number(session, "select max(id) from in_tables.run")
    given = {"base": base, "runs": RUNS, "rows": rows, "errors": errors, "first": _FIRST_ROWS}
    tell(f"loading {rows:,} clients, addresses and links")
    _run(session, "units", **given)
    newest = _number(session, "select max(number) from public.bench_run")
    _run(session, "rows", newest=newest, **given)
    codes = [one.code for one in CATALOGUE if one.code != "CHUNK_QUARANTINED"]
    for schema in ("in_tables", STORE):
        tell(f"loading {errors:,} errors into {schema}")
        with _without_indexes(session, schema):
            _run(session, "errors", codes=codes, code_count=len(codes), **given)
    return newest


@contextmanager
def _without_indexes(session: Session, schema: str) -> Iterator[None]:
    """The indexes of err are made again at the end: much faster than row by row."""
    session.execute(f"set search_path = {schema}")
    found = session.execute(_INDEXES).fetchall()
    for away, _ in found:
        session.execute(away)
    yield
    for _, back in found:
        session.execute(back)
    session.execute("reset search_path")


def _run(session: Session, name: str, **values: object) -> None:
    run_script(session, f"web_{name}", values)


def _number(session: Session, question: str) -> int:
    [found] = session.execute(question).fetchone() or [0]
    return int(found)
