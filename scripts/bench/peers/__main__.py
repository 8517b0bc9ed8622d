"""`make bench-peers`: other tools beside the engine, in turn, each first into an empty table and then unchanged again.

Variables: BENCH_ROWS (200000), BENCH_REPEATS (3), BENCH_PEERS (names, separated by semicolons), BENCH_JSON,
BENCH_POSTGRES_BIN, BENCH_FOLDER.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.table import Table

from scripts.bench import report
from scripts.bench.contestants import ENGINE_TEMPLATE, Engine, make_templates, warm_up
from scripts.bench.peers.tools import NOT_RUN, PEERS, Ends, Peer, provide
from scripts.bench.server import LOOPBACK, PASSWORD, ROLE, Server, run_script, running_server
from scripts.bench.variables import check_variables

_SOURCE, _TARGET = "peer_source", "peer_target"
_COLUMNS = (
    "in_id, surname, name, patronymic, email, cast(balance as numeric(24,4)), cast(credit_limit as numeric(24,4)), "
    "cast(born_at as timestamp with time zone), vip"
)
_DIGEST = "select count(*), coalesce(sum(hashtextextended(cast(t as text), 0)), 0) from (select {} from {}) t"
_TABLE = """
create table peer.client (
    id bigint, in_id varchar(100) primary key, out_id varchar(32), inserted_date timestamp with time zone,
    in_status varchar(100), occupied_id bigint, occupied_at timestamp with time zone, removed bool, surname text,
    name text, patronymic text, email text, balance numeric(24,4), credit_limit numeric(24,4),
    born_at timestamp with time zone, vip bool
)
"""
_LOADS = ("first_load", "unchanged")
# Ours -> its workers.
_OURS = {"etl": 1, "etl, two workers": 2}

# Tool -> load -> its runs: (seconds by the clock, of the processor, for client and server together).
Runs = dict[str, dict[str, list[tuple[float, float]]]]


def main() -> int:
    check_variables()
    rows = int(os.environ.get("BENCH_ROWS") or "200000")
    repeats = int(os.environ.get("BENCH_REPEATS") or "3")
    chosen = [one for one in (os.environ.get("BENCH_PEERS") or "").split(";") if one]
    peers = [peer for peer in PEERS if not chosen or peer.name in chosen]
    for name in dict.fromkeys(need for peer in peers for need in peer.needs):
        provide(name)
    runs: Runs = {}
    with running_server(rows, on_network=True) as server:
        make_templates(server)
        warm_up(server, "fill_client", rows)
        server.make(_SOURCE, ENGINE_TEMPLATE)
        for _ in range(repeats):
            for name, workers in _OURS.items():
                _ours(server, name, workers, rows, runs)
            for peer in peers:
                _peer(server, peer, rows, runs)
            _write(rows, runs)
    _show(rows, runs, peers)
    return 0


def _ours(server: Server, name: str, workers: int, rows: int, runs: Runs) -> None:
    """The whole job for the one table."""
    engine = Engine(server, "engine", workers=workers)
    engine.make()
    for load in _LOADS:
        engine.feed("fill_client", rows=rows)
        engine.tidy()
        measured = engine.run()
        _note(runs, name, load, measured.seconds, measured.cpu_seconds)
    engine.drop()


def _peer(server: Server, peer: Peer, rows: int, runs: Runs) -> None:
    server.make(_TARGET, "template0")
    state = server.home / "peer_state"
    subprocess.run(["rm", "-rf", state], check=True)
    state.mkdir()
    with server.session(_TARGET) as session:
        session.execute("create schema peer")
        if not peer.makes_own_table:
            session.execute(_TABLE)
            session.execute("create sequence peer.client_id")
    for load in _LOADS:
        with server.session(_SOURCE) as session:
            run_script(session, "fill_client", {"rows": rows})
            session.execute("vacuum analyze in_tables.in_client")
        server.checkpoint()
        _note(runs, peer.name, load, *_run(server, peer, state))
        _compare(server, peer)


def _run(server: Server, peer: Peer, state: Path) -> tuple[float, float]:
    place = f"postgresql://{ROLE}:{PASSWORD}@{LOOPBACK}:{server.port}"
    ends = Ends(f"{place}/{_SOURCE}", f"{place}/{_TARGET}", server.port, PASSWORD, state)
    # Their own reports of usage would go to a network that a benchmark has no business with.
    environ = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "DO_NOT_TRACK": "1", "HOME": str(state)}
    environ.pop("PYTHONPATH", None)
    started, processor = time.monotonic(), _processor(server)
    done = subprocess.run(peer.command(ends), env=environ, cwd=state, capture_output=True, text=True, check=False)
    taken = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(f"{peer.name} ended with {done.returncode}: {done.stderr[-2000:]}")
    return taken, _processor(server) - processor


def _processor(server: Server) -> float:
    """Of all tools that have ended, and of their sessions."""
    server.await_end(_SOURCE, _TARGET)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime + server.processor_seconds()


def _compare(server: Server, peer: Peer) -> None:
    with server.session(_SOURCE) as session:
        source = session.execute(_DIGEST.format(_COLUMNS, "in_tables.in_client")).fetchone()
    with server.session(_TARGET) as session:
        tables = session.execute("select tablename from pg_tables where schemaname = 'peer'").fetchall()
        name = "in_client" if ("in_client",) in tables else "client"
        target = session.execute(_DIGEST.format(_COLUMNS, f"peer.{name}")).fetchone()
    if source != target:
        raise RuntimeError(f"{peer.name} brought (rows, digest) {target}, not {source}")


def _note(runs: Runs, name: str, load: str, taken: float, processor: float) -> None:
    runs.setdefault(name, {}).setdefault(load, []).append((round(taken, 3), round(processor, 3)))
    _tell(f"{name:30} {load:10} {taken:8.2f} s, {processor:8.2f} s of processor time")


def _medians(runs: Runs, name: str, load: str) -> tuple[float, float]:
    taken, processor = zip(*runs[name][load], strict=True)
    return statistics.median(taken), statistics.median(processor)


def _write(rows: int, runs: Runs) -> None:
    if chosen := os.environ.get("BENCH_JSON"):
        found = {"rows": rows, "runs": runs, "not_run": NOT_RUN}
        Path(chosen).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _show(rows: int, runs: Runs, peers: list[Peer]) -> None:
    console = report.console()
    table = Table(title=f"{rows:,} rows of in_client into an out table; ours does its whole job")
    heads = ("tool", *(f"{load} {what}" for load in _LOADS for what in ("s", "× ours", "× two workers", "cpu × ours")))
    for number, head in enumerate(heads):
        table.add_column(head.replace("_", " "), justify="right" if number else "left", overflow="fold")
    for name in (*_OURS, *(peer.name for peer in peers)):
        cells = []
        for load in _LOADS:
            taken, processor = _medians(runs, name, load)
            (one, our_processor), (two, _) = (_medians(runs, ours, load) for ours in _OURS)
            cells += [f"{taken:.2f}", f"{taken / one:.2f}", f"{taken / two:.2f}", f"{processor / our_processor:.2f}"]
        table.add_row(name, *cells)
    console.print(table)
    for name, reason in NOT_RUN.items():
        console.print(f"{name}: not run, {reason}")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
