"""Whether what was measured was right: equal contents of engine and floor, no write where nothing changed."""

import re
from collections.abc import Collection
from pathlib import Path

from scripts.bench.contestants import Engine
from scripts.bench.server import Session

_FOLDER = Path(__file__).parent

Digests = dict[str, tuple[int, int]]


class WrongResult(Exception):
    """A contestant was fast at something else than the work."""


def digests(session: Session, chosen: Collection[str] = ()) -> Digests:
    """Name -> (rows, sum of the rows' hashes), of all contents or of some."""
    return digests_of(session, "", chosen)


def digests_of(session: Session, part: str, chosen: Collection[str] = ()) -> Digests:
    """The same, by the queries of a part of the benchmark."""
    session.execute("set work_mem = '256MB'")
    found = {}
    script = (_FOLDER / part / "sql/digests.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- of (.+)\n", script, flags=re.MULTILINE)[1:]
    for name, query in zip(parts[::2], parts[1::2], strict=True):
        if chosen and name not in chosen:
            continue
        inner = query.strip().rstrip(";")
        statement = f"select count(*), coalesce(sum(hashtextextended(cast(t as text), 0)), 0) from ({inner}) t"
        [rows, digest] = session.execute(statement).fetchone() or [0, 0]
        found[name] = (int(rows), int(digest))
    return found


def compare(engine: Digests, floor: Digests, scenario: str) -> None:
    """Raises WrongResult with the names of what differs."""
    wrong = {name: (engine[name], floor[name]) for name in engine if engine[name] != floor[name]}
    if wrong:
        raise WrongResult(f"after {scenario} the engine's tables differ from the floor's (rows, digest): {wrong}")


def written(session: Session) -> int:
    """Rows of store and out_ tables inserted, updated or deleted here so far, but for a run's own notes."""
    query = (
        "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables "
        "where (schemaname like 'store\\_%' or schemaname like 'out\\_%') "
        "and relname not in ('unit_number', 'unit', 'store_fence', 'reference_position')"
    )
    [rows] = session.execute(query).fetchone() or [0]
    return int(rows)


def compare_apart(engine: Engine, floor: Digests, scenario: str) -> None:
    """As `compare`, for an engine whose store and out tables are in other databases: of out tables, how many rows."""
    _, store, out = engine.databases
    with engine.session(store) as session:
        found = digests(session, {name for name in floor if name.startswith(("store", "journal"))})
    compare(found, floor, scenario)
    with engine.session(out) as session:
        shown = session.execute(
            "select (select count(*) from out_bench_1_1.client), (select count(*) from out_bench_1_1.address), "
            "(select count(*) from out_bench_1_1._client_address_)"
        ).fetchone()
    expected = tuple(floor[f"out {name}"][0] for name in ("client", "address", "link"))
    if shown != expected:
        raise WrongResult(f"after {scenario} the out_ tables hold {shown} rows, not {expected}")
