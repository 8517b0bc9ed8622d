"""Time the engine beside the floor: `make bench`, `make nightly`. docs/speed.md tells what each figure means.

Variables: BENCH_ROWS (1000000; several sizes with commas), BENCH_REPEATS (3), BENCH_SCENARIOS (all but those on
demand), BENCH_JSON (a file), BENCH_PICTURES (a folder), BENCH_POSTGRES_BIN (another PostgreSQL), BENCH_SETTINGS (keys
of configs/InMigrationConfig.txt), BENCH_BUFFERS (shared_buffers, 2GB), BENCH_FOLDER (where the server keeps its data
meanwhile), BENCH_SECONDS (600; of the scenario `handovers`).
"""

import json
import os
import sys
from pathlib import Path

from rich.console import Console

from scripts.bench import growth, report
from scripts.bench.bounds import broken
from scripts.bench.contestants import make_templates, warm_up
from scripts.bench.report import draw, show
from scripts.bench.results import Measurements, Results
from scripts.bench.rounds import ALONE, BESIDE, CHAIN, ON_DEMAND, Round
from scripts.bench.server import TIDIED_BETWEEN, running_server
from scripts.bench.variables import check_variables


def main() -> int:
    console = report.console()
    check_variables()
    match _variable("BENCH_SCENARIOS", "").split():
        case ["growth"]:
            return _growth(console)
        case ["handovers"]:
            return _handovers(console)
    sizes: list[Measurements] = []
    for rows in _variable("BENCH_ROWS", "1000000").split(","):
        sizes.append({})
        _measure(int(rows), sizes)
        show(console, sizes[-1])
    if folder := _variable("BENCH_PICTURES", ""):
        console.print("drawn:", *draw(Path(folder), sizes))
    if "--check" not in sys.argv[1:]:
        return 0
    complaints = [line for one in sizes for line in broken(one)]
    for line in complaints:
        console.print(line, style="red")
    return 1 if complaints else 0


def _measure(rows: int, sizes: list[Measurements]) -> None:
    """All rounds of one size; the JSON file is written after each, so that a broken series is not in vain."""
    repeats = int(_variable("BENCH_REPEATS", "3"))
    wanted = _variable("BENCH_SCENARIOS", " ".join((*CHAIN, *BESIDE))).split()
    if alone := set(wanted) & {*ALONE}:
        raise SystemExit(f"BENCH_SCENARIOS: {', '.join(sorted(alone))}: played alone, so name no other beside it")
    if unknown := set(wanted) - {*CHAIN, *BESIDE, *ON_DEMAND}:
        raise SystemExit(f"BENCH_SCENARIOS: unknown {', '.join(sorted(unknown))}")
    results = Results()
    with running_server(rows, also=TIDIED_BETWEEN) as server:
        make_templates(server)
        warm_up(server, "fill", rows)
        for number in range(1, repeats + 1):
            Round(server, rows, number, results, _tell).play(wanted)
            sizes[-1] = {"rows": rows, "repeats": number, "server": server.version(), **results.measurements()}
            _write(sizes)


def _growth(console: Console) -> int:
    """The feeds of one object into stores of several sizes, and nothing else."""
    repeats = int(_variable("BENCH_REPEATS", "3"))
    sizes: list[Measurements] = []
    for rows in map(int, _variable("BENCH_ROWS", "2000000,8000000").split(",")):
        growth.check_room(rows)
        results = Results()
        with running_server(1, also=TIDIED_BETWEEN) as server:
            make_templates(server)
            growth.warm_up(server, rows)
            sizes.append({})
            for number in range(1, repeats + 1):
                growth.Round(server, rows, number, results, _tell).play()
                found = growth.measurements(results)
                sizes[-1] = {"rows": rows, "repeats": number, "server": server.version(), "growth": found}
                _write(sizes)
    growth.show(console, sizes)
    return 0


def _handovers(console: Console) -> int:
    """Small deliveries without a pause into a store of BENCH_ROWS instances, for BENCH_SECONDS."""
    rows, seconds = int(_variable("BENCH_ROWS", "3000000")), float(_variable("BENCH_SECONDS", "600"))
    growth.check_room(rows)
    with running_server(1) as server:
        make_templates(server)
        series = growth.play_handovers(server, rows, seconds, _tell)
        found = {"rows": rows, "server": server.version(), "handovers": series.measurements()}
    _write([found])
    console.print_json(data=found)
    return 0


def _write(sizes: list[Measurements]) -> None:
    """The scenarios of the last size at the top; all sizes, if there are several, under `sizes`."""
    if chosen := _variable("BENCH_JSON", ""):
        several = {"sizes": {str(one["rows"]): one for one in sizes}} if len(sizes) > 1 else {}
        Path(chosen).write_text(json.dumps({**sizes[-1], **several}, indent=2) + "\n", encoding="utf-8")


def _variable(name: str, default: str) -> str:
    return os.environ.get(name) or default


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
