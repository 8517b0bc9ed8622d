"""Which branches of `etl/` the tests take: `make coverage`, or `python -m scripts.covered tests/unit` for some of them.

The whole are all tests of `make test`. Started programs and forked processes are measured too; what a SIGKILL ends
cannot say what it did. build/coverage.json says which branches are not taken. Ends with 1 when the tests fail, and with
2 when they take less than the bound, which is asked only of a whole run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
LEAST_PERCENT = 95.0
# The files that are named beside the total.
WORST = 15
REPORT = CHECKOUT / "build/coverage.json"
PYTEST = ("run", "-m", "pytest", "--numprocesses", "2", "--dist", "worksteal")


def main(arguments: list[str]) -> int:
    """Measures a pytest run with these arguments; no folder or file among them: the whole suite."""
    with tempfile.TemporaryDirectory(prefix="etl-coverage-") as name:
        Path(name).chmod(0o1733)  # a program that root lets another account start writes there too
        environ = {**os.environ, "COVERAGE_FILE": str(Path(name) / "coverage")}
        has_failed = _run(environ, *PYTEST, *arguments) != 0
        _run(environ, "combine", "--quiet")
        REPORT.parent.mkdir(exist_ok=True)
        _run(environ, "json", "--quiet", "-o", str(REPORT))
        report = json.loads(REPORT.read_text(encoding="utf-8"))
    percent = branches_taken(report)
    for line in worst(report):
        print(line)
    print(
        f"{percent:.1f} % of the branches of etl/, {report['totals']['percent_statements_covered']:.1f} % of its lines"
    )
    if has_failed:
        return 1
    return 2 if is_whole(arguments) and percent < LEAST_PERCENT else 0


def _run(environ: dict[str, str], *arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "coverage", *arguments], cwd=CHECKOUT, env=environ, check=False
    ).returncode


def is_whole(arguments: list[str]) -> bool:
    """Whether pytest chooses among no tests."""
    return not any(argument in ("-k", "-m") or not argument.startswith("-") for argument in arguments)


def branches_taken(report: dict[str, Any]) -> float:
    """Percent of the branches in coverage.py's JSON report."""
    totals = report["totals"]
    covered, branches = int(totals["covered_branches"]), int(totals["num_branches"])
    return 100.0 * covered / branches


def worst(report: dict[str, Any]) -> list[str]:
    """The files with the most branches that no test takes."""
    missing = {path: file["summary"] for path, file in report["files"].items()}
    paths = sorted(missing, key=lambda path: (-missing[path]["missing_branches"], path))[:WORST]
    return [
        f"{missing[path]['missing_branches']:4} of {missing[path]['num_branches']:4} branches are not taken: {path}"
        for path in paths
        if missing[path]["missing_branches"]
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
