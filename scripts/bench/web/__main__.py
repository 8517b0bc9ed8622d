"""Time the console's pages beside millions of errors: `make bench-web`, `make nightly`; docs/speed.md says more.

Variables: BENCH_ROWS (10000000 errors; the store has three tenths as many instances), BENCH_REPEATS (5), BENCH_JSON (a
file), BENCH_POSTGRES_BIN (another PostgreSQL), BENCH_FOLDER (where the server keeps its data meanwhile). The exit code
is 1 where a page takes longer than 200 ms, or where many open pages cost the database more than one.
"""

import json
import os
import sys
import time
from pathlib import Path

from scripts.bench import report as pages_of_all
from scripts.bench.server import empty_server
from scripts.bench.variables import check_variables
from scripts.bench.web.company import LOADING, make
from scripts.bench.web.console import serving
from scripts.bench.web.pages import Timed, time_pages
from scripts.bench.web.report import broken, measurements, show
from scripts.bench.web.viewers import compare

_WATCH_SECONDS = 4.0  # as often as pages are asked


def main() -> int:
    console = pages_of_all.console()
    check_variables()
    errors, repeats = int(_variable("BENCH_ROWS", "10000000")), int(_variable("BENCH_REPEATS", "5"))
    found: list[Timed] = []
    begun = time.monotonic()
    with empty_server(also=LOADING) as server:
        made = make(server, errors, _tell)
        _tell(f"loaded after {time.monotonic() - begun:.0f} s")
        with serving(made) as served:
            found += time_pages(served, made, "old", repeats, _tell)
        with made.session("postgres") as session:
            session.execute("vacuum analyze")
        with serving(made) as served:
            found += time_pages(served, made, "new", repeats, _tell)
            _tell("following with one page, then with many")
            costs = compare(served, made, _WATCH_SECONDS * repeats)
        version = server.version()
    show(console, found, costs)
    if chosen := _variable("BENCH_JSON", ""):
        values = {"errors": made.errors, "instances": 2 * made.rows, "server": version, **measurements(found, costs)}
        Path(chosen).write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    complaints = broken(found, costs)
    for line in complaints:
        console.print(line, style="red")
    return 1 if complaints else 0


def _variable(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
