"""Small deliveries to a service, one after the other without a pause, into a large store."""

import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.bench.contestants import Engine
from scripts.bench.engine import environment
from scripts.bench.growth.rounds import deliver, feeds
from scripts.bench.server import Server, Session, run_script

ROWS = 1000
_POLL_SECONDS = 0.003
_PATIENCE_SECONDS = 300.0
_TELL_EACH_SECONDS = 30.0
_SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class HandOver:
    """`at`: seconds after the first; `seconds`: from the cleared marker until the out_ table shows the rows."""

    at: float
    seconds: float


@dataclass
class Series:
    """What was measured; sizes are bytes: name -> before and after."""

    handovers: list[HandOver]
    sizes: dict[str, tuple[int, int]]
    seconds: float

    def measurements(self) -> dict[str, Any]:
        times = [one.seconds for one in self.handovers]
        cuts = statistics.quantiles(times, n=100)
        return {
            "handovers": len(times),
            "per_minute": round(len(times) / self.seconds * 60, 1),
            "p50_seconds": round(cuts[49], 4),
            "p99_seconds": round(cuts[98], 4),
            "longest_seconds": round(max(times), 4),
            "longest_at_seconds": round(max(self.handovers, key=lambda one: one.seconds).at, 1),
            "p99_by_minute": [round(_p99(them), 4) for them in self._minutes()],
            **{f"{name}_bytes": [early, late] for name, (early, late) in self.sizes.items()},
        }

    def _minutes(self) -> Iterator[list[float]]:
        for minute in range(int(self.handovers[-1].at // 60) + 1):
            if them := [one.seconds for one in self.handovers if one.at // 60 == minute]:
                yield them


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98] if len(times) > 1 else times[0]


def play(server: Server, known: int, seconds: float, tell: Callable[[str], None]) -> Series:
    """Hands over for so long to `etl run --loop`, whose store has `known` addresses at first."""
    engine = Engine(server, "handovers")
    engine.make()
    deliver(engine, feeds(known)[0])
    engine.tidy()
    engine.run()
    engine.tidy()
    server.checkpoint()
    with _service(engine), engine.session() as session:
        _await(lambda: _is_ready(session), "the service has set no marker")
        _hand_over(session, known, 0)  # the first starts what runs share
        done: list[HandOver] = []
        before, began, reported_at = _sizes(session), time.monotonic(), 0.0
        while (at := time.monotonic() - began) < seconds:
            done.append(HandOver(at, _hand_over(session, known, len(done) + 1)))
            if at - reported_at > _TELL_EACH_SECONDS:
                tell(f"{at:5.0f} s: {len(done)} hand-overs, {done[-1].seconds:.3f} s")
                reported_at = at
        after = _sizes(session)
    engine.drop()
    return Series(done, {name: (before[name], after[name]) for name in before}, seconds)


def _hand_over(session: Session, known: int, number: int) -> float:
    values = {"known": known + number * ROWS // 2, "rows": ROWS, "number": number}
    run_script(session, "deliver_some", values, _SQL)
    began = time.monotonic()
    session.execute("delete from in_tables.process_tracking")
    _await(lambda: _is_shown(session, f"d{number}"), f"hand-over {number} was not taken")
    seconds = time.monotonic() - began
    _await(lambda: _is_ready(session), f"hand-over {number} did not end")
    return seconds


def _is_shown(session: Session, value: str) -> bool:
    """By the last row, which is in one transaction with the others."""
    found = session.execute(
        "select from (select in_id from in_tables.in_address order by id desc limit 1) i "
        'join store_bench.bo_address g on g._in_id = i.in_id collate "C" '
        'join out_bench_1_1.address o on o.system_id = g._id collate "default" where o.zip = %s',
        [value],
    )
    return found.fetchone() is not None


def _is_ready(session: Session) -> bool:
    """The service has written its answer, and waits for the next hand-over."""
    found = session.execute("select from in_tables.process_tracking where ins_inkafka_status = 1")
    return found.fetchone() is not None


def _await(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{otherwise} within {_PATIENCE_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)


def _sizes(session: Session) -> dict[str, int]:
    query = (
        "select case when n.nspname = 'pg_catalog' then 'catalog' when n.nspname like 'in\\_%' then 'in_tables' "
        "when n.nspname like 'out\\_%' then 'out_tables' else 'store' end, sum(pg_total_relation_size(c.oid)) "
        "from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and not c.relisshared "
        "and (n.nspname = 'pg_catalog' or n.nspname ~ '^(in|out|store)_') group by 1"
    )
    return {str(name): int(size) for name, size in session.execute(query).fetchall()}


@contextmanager
def _service(engine: Engine) -> Iterator[None]:
    command = [sys.executable, "-m", "etl", "run", "--loop"]
    with (engine.home / "err").open("wb") as err:
        process = subprocess.Popen(command, env=environment(engine.home), stdout=err, stderr=err)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE_SECONDS)
