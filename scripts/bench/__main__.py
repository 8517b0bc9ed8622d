"""`python -m scripts.bench`: see docs/speed.md. BENCH_ROWS, BENCH_REPEATS, BENCH_SCENARIOS, BENCH_JSON."""

import json
import os
import sys
from pathlib import Path

from scripts.bench.contestants import make_templates
from scripts.bench.rounds import CHAIN, Result, Round, figures
from scripts.bench.server import running_server


def main() -> None:
    rows = int(os.environ.get("BENCH_ROWS") or "1000000")
    repeats = int(os.environ.get("BENCH_REPEATS") or "3")
    scenarios = (os.environ.get("BENCH_SCENARIOS") or " ".join(CHAIN)).split()
    results: dict[str, Result] = {}
    with running_server(rows) as server:
        make_templates(server)
        for number in range(1, repeats + 1):
            Round(server, rows, number, results, _tell).play(scenarios)
    found = {"rows": rows, **figures(results)}
    if chosen := os.environ.get("BENCH_JSON"):
        Path(chosen).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for name, one in figures(results).items():
        print(name, one["seconds"], one["floor_seconds"], one["ratio"])


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
