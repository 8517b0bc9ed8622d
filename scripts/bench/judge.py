"""Whether what was measured was right: equal contents of engine and floor, and nothing written where nothing changed."""

import re
from pathlib import Path

from scripts.bench.server import Session

_SCRIPT = Path(__file__).parent / "sql/digests.sql"

Digests = dict[str, tuple[int, int]]


class WrongResult(Exception):
    """A contestant was fast at something else than the work."""


def digests(session: Session) -> Digests:
    """Name -> (rows, sum of the rows' hashes)."""
    session.execute("set work_mem = '256MB'")
    found = {}
    parts = re.split(r"^-- of (.+)\n", _SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for name, query in zip(parts[::2], parts[1::2], strict=True):
        inner = query.strip().rstrip(";")
        statement = f"select count(*), coalesce(sum(hashtextextended(cast(t as text), 0)), 0) from ({inner}) t"
        [rows, digest] = session.execute(statement).fetchone() or [0, 0]  # type: ignore[arg-type]
        found[name] = (int(rows), int(digest))
    return found


def compare(engine: Digests, floor: Digests, scenario: str) -> None:
    """Raises WrongResult with the names of what differs."""
    wrong = {name: (engine[name], floor[name]) for name in engine if engine[name] != floor[name]}
    if wrong:
        raise WrongResult(f"after {scenario} the engine's tables differ from the floor's (rows, digest): {wrong}")


def written(session: Session) -> int:
    """Rows of store and out_ tables that were ever inserted, updated or deleted here."""
    query = (
        "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables "
        "where schemaname like 'store\\_%' or schemaname like 'out\\_%'"
    )
    [rows] = session.execute(query).fetchone() or [0]
    return int(rows)
