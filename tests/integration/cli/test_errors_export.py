"""`etl errors export`: whole files or none, and no more memory for more errors."""

import csv
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.fix_company import PATIENCE_SECONDS, STORE
from tests.integration.merge.conftest import Inbound


@pytest.mark.parametrize("of_store", [[], ["--all"]])
def test_export_writes_all_columns(rejected: Inbound, of_store: list[str]) -> None:
    rejected.site.look("update in_tables.err set value = E'a,\"b\\n\\\\.\\u0001' where code = 'OPTION_UNKNOWN'")
    rejected.site.look(f"update {STORE}.err set value = E'a,\"b\\n\\\\.\\u0001' where code = 'OPTION_UNKNOWN'")
    for name in ("errors.csv", "errors.JSONL"):
        done = rejected.site.etl("errors", "export", name, "--code", "OPTION_UNKNOWN", *of_store)
        assert done.code == 0, done
        assert done.out.startswith(f"{name}: 2 errors of")
    with (rejected.site.home / "errors.csv").open(newline="", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    lines = (rejected.site.home / "errors.JSONL").read_text(encoding="utf-8").splitlines()
    for found in (rows, [json.loads(line) for line in lines]):
        assert [(row["in_id"], row["value"]) for row in found] == [("a", 'a,"b\n\\.\x01'), ("b", 'a,"b\n\\.\x01')]
        assert {"message", "message_rus", "created_at", "run"} <= set(found[0])


def test_what_a_partner_wrote_is_no_formula_in_a_spreadsheet(rejected: Inbound) -> None:
    values = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@x", "\t=1", "-5"]
    for number, value in enumerate(values):
        rejected.site.look(
            "insert into in_tables.err (run, in_table, in_id, code, message, message_rus, value, severity) "
            f"values ({number}, 'in_Client', '=id', 'NO_ID', 'm', 'm', $q${value}$q$, 'error')"
        )
    assert rejected.site.etl("errors", "export", "e.csv", "--code", "NO_ID").code == 0
    path = rejected.site.home / "e.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(newline="", encoding="utf-8") as file:
        found = [(row["in_id"], row["value"]) for row in csv.DictReader(file)]
    assert found[: len(values)] == [("'=id", f"'{value}") for value in values[:-1]] + [("'=id", "-5")]
    assert rejected.site.etl("errors", "export", "e.jsonl", "--code", "NO_ID").code == 0
    lines = (rejected.site.home / "e.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["value"] == values[0]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_an_exported_file_is_private_whatever_the_umask(rejected: Inbound, umask: int) -> None:
    old = rejected.site.home / "e.csv"
    old.write_text("old")
    old.chmod(0o666)
    before = os.umask(umask)
    try:
        done = [rejected.site.etl("errors", "export", name).code for name in ("e.csv", "e.jsonl")]
    finally:
        os.umask(before)
    assert done == [0, 0]
    assert {path.stat().st_mode & 0o777 for path in rejected.site.home.glob("e.*")} == {0o600}


def test_an_export_that_fails_leaves_the_old_file(rejected: Inbound) -> None:
    (rejected.site.home / "errors.csv").write_text("old")
    rejected.site.look("alter table in_tables.err rename to elsewhere")
    assert rejected.site.etl("errors", "export", "errors.csv").code == 4
    assert (rejected.site.home / "errors.csv").read_text() == "old"
    assert [path.name for path in rejected.site.home.glob("*errors*")] == ["errors.csv"]


@pytest.mark.parametrize("name", ["errors", "errors.xlsx"])
def test_an_export_needs_a_format(rejected: Inbound, name: str) -> None:
    done = rejected.site.etl("errors", "export", name)
    assert done.code == 2
    assert "must end with .csv or .jsonl" in done.err


def test_an_export_into_no_folder_is_refused(rejected: Inbound) -> None:
    done = rejected.site.etl("errors", "export", "no/errors.csv")
    assert (done.code, done.err) == (2, "etl: no/errors.csv cannot be written: No such file or directory\n")


@pytest.mark.nightly
def test_a_large_export_needs_no_more_memory(rejected: Inbound) -> None:
    rejected.site.look(
        "insert into in_tables.err (run, in_table, code, message, message_rus, severity) "
        "select 1, 'in_Client', 'NO_ID', repeat('m', 400), repeat('r', 400), 'error' from generate_series(1, 200000)"
    )
    small, large = (
        _peak_kb(rejected, "errors", "export", f"{code}.csv", "--code", code) for code in ("JSON_INVALID", "NO_ID")
    )
    assert (rejected.site.home / "NO_ID.csv").stat().st_size > 150_000_000
    assert large - small < 20_000


def _peak_kb(inbound: Inbound, *arguments: str) -> int:
    """The most memory that a command ever held."""
    program = (
        f"import resource; from etl.cli import etl; etl.main({list(arguments)}, standalone_mode=False); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**inbound.site.environ, "ETL_CONFIG": inbound.site.url, "PYTHONPATH": ":".join(sys.path)},
        cwd=inbound.site.home,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    return int(done.stdout.splitlines()[-1])
