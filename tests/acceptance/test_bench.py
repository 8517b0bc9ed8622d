"""The benchmark at a tiny size: the command works, its file has what it promises, and it notices a wrong result."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from scripts.bench.judge import WrongResult, compare
from tests.documentation import CHECKOUT

ROWS = "2000"
SCENARIOS = ("first_load", "unchanged", "changed_1", "delta_1", "idle", "fill", "export_parquet", "export_csv")
KEYS = {"seconds", "floor_seconds", "ratio", "wal_bytes", "rss_bytes", "temp_bytes"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One round; it ends well only if engine and floor end with equal tables after every scenario."""
    file = tmp_path_factory.mktemp("bench") / "bench.json"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    environ |= {"BENCH_ROWS": ROWS, "BENCH_REPEATS": "1", "BENCH_JSON": str(file), "COLUMNS": "120"}
    environ |= {"BENCH_SCENARIOS": " ".join(SCENARIOS)}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench"], cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(file.read_text())
    return {**found, "out": done.stdout}


def test_the_file_tells_every_scenario(told: dict[str, Any]) -> None:
    for name in SCENARIOS:
        assert set(told[name]) >= KEYS
        assert told[name]["seconds"] > 0
        assert told[name]["floor_seconds"] > 0
        assert told[name]["rss_bytes"] > 1024 * 1024
    assert told["first_load"]["wal_bytes"] > told["unchanged"]["wal_bytes"] > told["idle"]["wal_bytes"]


def test_the_table_tells_every_scenario(told: dict[str, Any]) -> None:
    assert all(name in told["out"] for name in SCENARIOS)
    assert "idle tick" in told["out"]


def test_a_wrong_result_is_named() -> None:
    with pytest.raises(WrongResult, match=r"unchanged .* \{.out client.: [^}]*\}$"):
        compare({"out client": (2, 17), "journal": (1, 1)}, {"out client": (2, 18), "journal": (1, 1)}, "unchanged")
