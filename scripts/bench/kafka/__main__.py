"""Time topics in and out beside the floor: `make bench-kafka`, `make nightly`; docs/speed.md says what it measures.

Variables: BENCH_ROWS (300000 records), BENCH_REPEATS (3), BENCH_SCENARIOS (all), BENCH_JSON (a file),
BENCH_POSTGRES_BIN (another PostgreSQL), BENCH_FOLDER (where server and broker keep their data meanwhile).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from scripts.bench import report as pages
from scripts.bench.kafka.broker import running_broker
from scripts.bench.kafka.report import broken, measurements, show
from scripts.bench.kafka.rounds import SCENARIOS, Results, Round, make_templates
from scripts.bench.server import empty_server
from scripts.bench.variables import check_variables


def main() -> int:
    console = pages.console()
    check_variables()
    rows, repeats = int(_variable("BENCH_ROWS", "300000")), int(_variable("BENCH_REPEATS", "3"))
    wanted = _variable("BENCH_SCENARIOS", " ".join(SCENARIOS)).split()
    if unknown := set(wanted) - set(SCENARIOS):
        raise SystemExit(f"BENCH_SCENARIOS: unknown {', '.join(sorted(unknown))}")
    results, found = Results(), dict[str, Any]()
    with empty_server() as server:
        broker_home = server.home / "broker"
        broker_home.mkdir()
        with running_broker(broker_home) as broker:
            make_templates(server, broker)
            for number in range(1, repeats + 1):
                Round(server, broker, rows, number, results, _tell).play(wanted)
                found = {"rows": rows, "repeats": number, "server": server.version(), **measurements(results)}
                _write(found)
    show(console, found)
    complaints = broken(found) if "--check" in sys.argv[1:] else []
    for line in complaints:
        console.print(line, style="red")
    return 1 if complaints else 0


def _write(found: dict[str, Any]) -> None:
    if chosen := _variable("BENCH_JSON", ""):
        Path(chosen).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _variable(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
