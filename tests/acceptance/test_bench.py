"""The benchmark at a tiny size: the command works, its file has what it promises, and it notices a wrong result."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from etl.web.roles import Role
from scripts.bench.growth import check_room
from scripts.bench.judge import WrongResult, compare
from scripts.bench.kafka.report import broken
from scripts.bench.variables import check_variables
from scripts.bench.web.pages import Timed
from scripts.bench.web.report import broken as too_slow
from scripts.bench.web.viewers import Cost
from tests.documentation import CHECKOUT

ROWS = "2000"
# The nightly part `bench` takes the others.
SCENARIOS = ("first_load", "unchanged", "idle", "fill", "export_csv")
KEYS = {"seconds", "floor_seconds", "ratio", "wal_bytes", "rss_bytes", "temp_bytes"}


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One round; it ends well only if engine and floor end with equal tables after every scenario."""
    file = tmp_path_factory.mktemp("bench") / "bench.json"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    environ |= {"BENCH_ROWS": ROWS, "BENCH_REPEATS": "1", "BENCH_JSON": str(file), "COLUMNS": "40"}
    environ |= {"BENCH_SCENARIOS": " ".join(SCENARIOS), "BENCH_FOLDER": str(file.parent / "not" / "there yet")}
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench"], cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(file.read_text())
    return {**found, "out": done.stdout}


@pytest.mark.nightly
def test_the_file_tells_every_scenario(reported: dict[str, Any]) -> None:
    for name in SCENARIOS:
        assert set(reported[name]) >= KEYS
        assert reported[name]["seconds"] > 0
        assert reported[name]["floor_seconds"] > 0
        assert reported[name]["rss_bytes"] > 1024 * 1024
    assert reported["first_load"]["wal_bytes"] > reported["unchanged"]["wal_bytes"] > reported["idle"]["wal_bytes"]


@pytest.mark.nightly
def test_the_table_tells_every_scenario(reported: dict[str, Any]) -> None:
    """Its output is no terminal: nothing is cut, however narrow COLUMNS says it is."""
    assert all(name in reported["out"] for name in SCENARIOS)
    assert "…" not in reported["out"]
    assert "scenario" in reported["out"]
    assert " goal " in reported["out"]
    assert "MB WAL" in reported["out"]
    assert "idle tick" in reported["out"]


@pytest.mark.nightly
def test_topics_in_and_out(tmp_path: Path) -> None:
    """The benchmark of topics; it ends well only if engine and floor end with equal tables and equal records."""
    file = tmp_path / "kafka.json"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    environ |= {"BENCH_ROWS": "300", "BENCH_REPEATS": "1", "BENCH_JSON": str(file), "BENCH_FOLDER": str(tmp_path)}
    environ["BENCH_SCENARIOS"] = "known again out first_load_2 narrow"
    command = [sys.executable, "-m", "scripts.bench.kafka"]
    done = subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(file.read_text())
    for name in ("first_load", "known", "again", "out", "narrow"):
        assert set(found[name]) >= {"cpu_seconds", "floor_cpu_seconds", "cpu_ratio", "wal_bytes", "rss_bytes"}
    assert found["first_load_2"]["to_one_worker"] > 0
    assert found["narrow"]["jdbc_sink_cpu_seconds"] > 0
    assert "memory of the process" in done.stdout


@pytest.mark.nightly
def test_growing_stores_and_small_hand_overs(tmp_path: Path) -> None:
    file = tmp_path / "growth.json"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    environ |= {"BENCH_REPEATS": "1", "BENCH_JSON": str(file), "BENCH_FOLDER": str(tmp_path), "BENCH_SECONDS": "3"}
    command = [sys.executable, "-m", "scripts.bench"]
    asked = {"growth": "2000,3000", "handovers": "2000"}
    found = {}
    for name, rows in asked.items():
        chosen = environ | {"BENCH_SCENARIOS": name, "BENCH_ROWS": rows}
        done = subprocess.run(command, cwd=CHECKOUT, env=chosen, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(file.read_text())
    for size in ("2000", "3000"):
        times = found["growth"]["sizes"][size]["growth"]
        for feed in ("first_load", "unchanged", "delta", "delta_200000", "append"):
            assert times[f"{feed}_seconds"] > times[f"{feed}_floor_seconds"] > 0
    measured = found["handovers"]["handovers"]
    assert measured["handovers"] > 0
    assert 0 < measured["p50_seconds"] <= measured["longest_seconds"]


def test_too_little_room_is_named_before_hours_of_measuring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_FOLDER", str(tmp_path))
    with pytest.raises(SystemExit, match=r"^BENCH_FOLDER: 900,000,000,000 rows need .* GB, and .* has .* GB free: "):
        check_room(900_000_000_000)


@pytest.mark.nightly
def test_pages_of_the_console(tmp_path: Path) -> None:
    """The benchmark of pages, which the nightly part `web` makes at its full size; tests/integration/web asks all."""
    file = tmp_path / "web.json"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    environ |= {"BENCH_ROWS": "2000", "BENCH_REPEATS": "1", "BENCH_JSON": str(file)}
    command = [sys.executable, "-m", "scripts.bench.web"]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environ | {"BENCH_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    # A busy machine may well take longer for a page than the limit is.
    assert done.returncode in (0, 1), done.stderr
    assert "milliseconds of server time" in done.stdout, done.stderr
    found: dict[str, Any] = json.loads(file.read_text())
    asked = {(one["path"].partition("?")[0], one["role"]) for one in found["pages"]}
    for path in ("/c/bench/now", "/api/v1/c/bench/now", "/c/bench/errors"):
        assert (path, "partner") in asked
    assert {one["statistics"] for one in found["pages"]} == {"old", "new"}
    assert [one["viewers"] for one in found["viewers"]] == [1, 100]
    assert all(one["events"] > 0 for one in found["viewers"])


def test_what_is_too_slow_is_named() -> None:
    slow = Timed("/c/bench/now", Role.READER, "old", 200, 5, (10, 201, 10), 9.0)
    quick = Timed("/c/bench/out", Role.OPERATOR, "new", 200, 900, (200,), 90.0)
    costs = [Cost(1, 4.0, 0, 0, 1), Cost(100, 6.0, 0, 0, 1)]
    assert too_slow([slow, quick], costs) == [
        "/c/bench/now as reader with old statistics: 201 ms, more than 200",
        "100 open pages: 6.0 transactions a second, more than 1.25 times the 4.0 of one",
    ]


def test_the_guard_names_what_is_slower_than_its_bound() -> None:
    assert broken({"rows": 50_000, "out": {"cpu_ratio": 9.0}, "known": {"cpu_ratio": 0.5}}) == [
        "out: 9.00 times the floor's processor time, more than 2.2"
    ]


def test_a_wrong_result_is_named() -> None:
    with pytest.raises(WrongResult, match=r"unchanged .* \{.out client.: [^}]*\}$"):
        compare({"out client": (2, 17), "journal": (1, 1)}, {"out client": (2, 18), "journal": (1, 1)}, "unchanged")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BENCH_FOLDER", "/proc/nowhere", "BENCH_FOLDER: the folder /proc/nowhere cannot be made"),
        ("BENCH_FOLDER", "{file}/below", "cannot be made"),
        ("BENCH_PICTURES", "/proc/nowhere", "BENCH_PICTURES: the folder /proc/nowhere cannot be made"),
        ("BENCH_JSON", "/proc/nowhere/bench.json", "BENCH_JSON: the folder /proc/nowhere cannot be made"),
        ("BENCH_JSON", "{folder}", "is a folder: name a file"),
        ("BENCH_ROWS", "many", "BENCH_ROWS: 'many' is not a number"),
        ("BENCH_ROWS", "10,0", "BENCH_ROWS: '0' is not a number of at least 1"),
        ("BENCH_REPEATS", "-1", "BENCH_REPEATS: '-1' is not a number"),
        ("BENCH_POSTGRES_BIN", "{folder}", "has no postgres"),
    ],
)
def test_a_faulty_variable_is_named_before_anything_is_measured(
    name: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv(name, value.format(file=file, folder=tmp_path))
    with pytest.raises(SystemExit) as stopped:
        check_variables()
    assert said in str(stopped.value)


def test_missing_folders_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BENCH_FOLDER", "BENCH_PICTURES"):
        monkeypatch.setenv(name, str(tmp_path / name / "below"))
    monkeypatch.setenv("BENCH_JSON", str(tmp_path / "json" / "bench.json"))
    check_variables()
    assert (tmp_path / "BENCH_FOLDER" / "below").is_dir()
    assert (tmp_path / "BENCH_PICTURES" / "below").is_dir()
    assert (tmp_path / "json").is_dir()


@pytest.mark.nightly
def test_what_readers_cost_is_measured(tmp_path: Path) -> None:
    environ = {**os.environ, "BENCH_ROWS": "500", "BENCH_REPEATS": "1", "BENCH_FOLDER": str(tmp_path)}
    words = [sys.executable, "-m", "scripts.bench.readers"]
    done = subprocess.run(words, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"first load, {readers} readers: " in done.stdout for readers in (0, 1, 3))
