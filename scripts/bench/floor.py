"""Runs the floor: the statements of sql/floor.sql in one session, timed step by step."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.bench.server import Session, escaped

_SCRIPT = Path(__file__).parent / "sql/floor.sql"
_STEP = re.compile(r"^-- step (?P<name>.+)\n(?:-- if (?P<condition>.+)\n)?", re.MULTILINE)
# As the engine has it by default.
_WORK_MEM = "256MB"
# From this many claimed rows on, nested loops are out of the question.
_MANY_ROWS = 1000


@dataclass(frozen=True)
class Step:
    """A statement of the floor; `condition` names the step that must have written something, if one must."""

    name: str
    condition: str
    statement: str


@dataclass
class Steps:
    """What the floor did: seconds and rows by step."""

    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def note(self, name: str, seconds: float, rows: int) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.rows[name] = self.rows.get(name, 0) + max(rows, 0)


def read_steps() -> list[Step]:
    """The script as values."""
    _, *parts = re.split(r"^(?=-- step )", _SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for part in parts:
        head = _STEP.match(part)
        assert head, part
        found.append(Step(head["name"], head["condition"] or "", part[head.end() :].strip().rstrip(";")))
    return found


def run_floor(session: Session, run: int, only: str = "") -> Steps:
    """One whole run of the floor on what is ready in the in_ tables, or in one of them."""
    done = Steps()
    [started_at, journal] = session.execute(
        "select clock_timestamp(), coalesce(max(n), 0) from store_bench.journal"
    ).fetchone() or [None, None]
    values = {"run": run, "started_at": started_at, "journal": journal}
    session.execute(f"set work_mem = '{_WORK_MEM}'")
    session.execute("set jit = off")
    for step in read_steps():
        if only and only not in step.name.split():
            continue
        if step.condition and not done.rows[step.condition]:
            done.note(step.name, 0.0, 0)
            continue
        started = time.monotonic()
        rows = session.execute(escaped(step.statement, values), values).rowcount
        done.note(step.name, time.monotonic() - started, rows)
        if step.name.startswith("claim") and rows >= _MANY_ROWS:
            session.execute("set enable_nestloop = off")
    return done
