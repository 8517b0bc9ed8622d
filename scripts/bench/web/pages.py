"""Every page of the console and its JSON, asked several times in each role that sees something of its own."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final
from urllib.parse import quote

from etl.web.roles import Role
from etl.web.route import json_path
from etl.web.routes import ROUTES
from scripts.bench.company import CODE
from scripts.bench.web.company import Made
from scripts.bench.web.console import Console

LIMIT_MS: Final = 200
ROLES: Final = (Role.OPERATOR, Role.PARTNER, Role.READER)
"""A viewer sees the pages of an operator."""
# What a company without topics, or a run that cannot be undone, is answered with.
_ANSWERS: Final = (200, 404, 409, 410)
# Of lists: the questions that an operator asks of them; `{…}` are examples of the company.
_QUESTIONS: Final[Mapping[str, Sequence[str]]] = {
    "/c/{company}/runs": ("", "?before={old_run}", "?source=in_tables"),
    "/c/{company}/errors": (
        "",
        "?run={run}",
        "?run={old_run}",
        "?code=NUMBER_NOT_FINITE",
        "?table=in_Address",
        "?table=in_Address&code=NO_ID&run={old_run}",
        "?open=1",
        "?after={after}",
    ),
    "/c/{company}/instance": (
        "",
        "?table=in_Client&in_id=C{rejected}",
        "?table=in_Client&in_id=C{taken}",
        "?table=in_Address&in_id=A{taken}",
        "?table=in_Client&in_id=unknown",
    ),
}


@dataclass(frozen=True)
class Timed:
    """How long the answers to one question took: the first one, and those that came after it; `busy_ms`: what these
    took of the processor, in the middle, which other work on the machine hardly moves."""

    path: str
    role: Role
    statistics: str
    status: int
    first_ms: int
    ms: tuple[int, ...]
    busy_ms: float

    @property
    def p50(self) -> float:
        """The median, in milliseconds."""
        return median(self.ms)

    @property
    def is_slow(self) -> bool:
        """Whether an answer took longer than it may."""
        return max(self.ms) > LIMIT_MS


def time_pages(console: Console, made: Made, statistics: str, repeats: int, tell: Callable[[str], None]) -> list[Timed]:
    """All pages. Raises RuntimeError where one is answered with a fault."""
    found: list[Timed] = []
    known = _examples(console, made)
    for role in ROLES:
        tell(f"asking all pages as {role}, {statistics} statistics")
        for path in _paths(role, known):
            answers = [console.ask(path, role) for _ in range(repeats + 1)]
            if bad := [one for one in answers if one.status not in _ANSWERS]:
                raise RuntimeError(f"{path} as {role}: {bad[0].status} {bad[0].body[:2000]!r}")
            ms = tuple(one.ms for one in answers[1:])
            busy = median(one.busy_ms for one in answers[1:])
            found.append(Timed(path, role, statistics, answers[-1].status, answers[0].ms, ms, round(busy, 1)))
    return found


def _paths(role: Role, known: Mapping[str, str]) -> Iterator[str]:
    for route in ROUTES:
        if role in route.roles:
            for question in _QUESTIONS.get(route.path, ("",)):
                for path in (route.path, json_path(route)):
                    yield _filled(path + question, known)


def _filled(path: str, known: Mapping[str, str]) -> str:
    """With an example for each name in braces; 1 for a name that is not known."""
    parts = path.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        filled += [quote(known.get(name, "1"), safe=""), rest]
    return "".join(filled)


def _examples(console: Console, made: Made) -> dict[str, str]:
    with made.session() as session:
        row = session.execute(
            "select max(r.id), (select id from in_tables.run order by id offset 5 limit 1), (select max(e.id) from "
            "in_tables.err e) from in_tables.run r"
        ).fetchone()
    assert row
    known = {"company": CODE, "run": str(row[0]), "old_run": str(row[1]), "error": str(row[2])}
    known |= {"rejected": str(made.rows // 30 * 15), "taken": str(made.rows // 30 * 15 + 7), "after": ""}
    first = json.loads(console.ask(f"/api/v1/c/{CODE}/errors", Role.OPERATOR).body)
    return known | {"after": first["next"]}
