"""What readers of the out_ tables cost a run: `python -m scripts.bench.readers`.

Variables: BENCH_ROWS (100000 of each kind), BENCH_REPEATS (3), BENCH_FOLDER. A first load, then changes of one row in a
hundred, without readers, with one and with three, in turns; each reader reads as the page docs/readers.md says.
Seconds of the processor, of the command and of all its sessions; medians.
"""

import os
from collections import defaultdict
from statistics import median
from typing import Final

from scripts.bench.company import OUT
from scripts.bench.contestants import FLOOR_TEMPLATE, Engine, make_templates, warm_up
from scripts.bench.engine import run_etl
from scripts.bench.server import ROLE, Server, Session, running_server

READERS: Final = (0, 1, 3)
_TABLES: Final = {
    "client": ("system_id",),
    "address": ("system_id",),
    "_client_address_": ("client_id", "address_id"),
}

Results = dict[tuple[str, int], list[float]]


class Reading(Engine):
    """The engine on a database that has an empty out_ version from the start, so that readers can be added first."""

    def make(self) -> None:
        self.configure()
        self.server.make(self.database, FLOOR_TEMPLATE)
        with self.session() as session:
            session.execute("delete from in_tables.process_tracking")
        self.work()  # a copied database is another one: its version is compared with the store


def take(server: Server, session: Session, reader: str) -> float:
    """One delivery, as a reader takes it; seconds of the processor that its session took."""
    before = server.backend_seconds(session)
    session.execute("begin isolation level repeatable read")
    row = session.execute(f"select upto_position from {OUT}_reader.ask(%s)", [reader]).fetchone()
    assert row
    for table, columns in _TABLES.items():
        same = " and ".join(f"o.{one} = c.{one}" for one in columns)
        session.execute(
            f"select c.is_removed, o.* from {OUT}_reader.{table}_changes c left join {OUT}.{table} o on {same} "
            "where c.reader = %s",
            [reader],
        ).fetchall()
    session.execute("commit")
    session.execute(f"select {OUT}_reader.confirm(%s, %s)", [reader, row[0]])
    return server.backend_seconds(session) - before


def play(server: Server, rows: int, readers: int, results: Results) -> None:
    engine = Reading(server, f"readers_{readers}")
    engine.make()
    names = [f"reader_{number}" for number in range(readers)]
    for name in names:
        run_etl(engine.home, "out", "reader", "add", name, "--role", ROLE)
    with engine.session() as session:
        for name in names:
            take(server, session, name)
    for load, script, values in (("first load", "fill", {"rows": rows, "version": 0}), ("delta", "touch", {})):
        engine.feed(script, **values)
        engine.tidy()
        measured = engine.run()
        results[load, readers].append(measured.cpu_seconds)
        results[f"{load}, WAL", readers].append(measured.wal_bytes / 1e6)
        engine.tidy()
        with engine.session() as session:
            for name in names:
                results[f"{load}, a delivery", readers].append(take(server, session, name))
    engine.drop()


def main() -> None:
    rows, repeats = int(os.environ.get("BENCH_ROWS", "100000")), int(os.environ.get("BENCH_REPEATS", "3"))
    results: Results = defaultdict(list)
    with running_server(rows) as server:
        make_templates(server)
        warm_up(server, "fill", rows)
        for number in range(repeats):
            for readers in READERS if number % 2 else reversed(READERS):
                play(server, rows, readers, results)
    for (what, readers), values in sorted(results.items()):
        print(f"{what}, {readers} readers: {median(values):.2f} ({min(values):.2f} - {max(values):.2f})")


if __name__ == "__main__":
    main()
