"""Keys that have another name now: the old one counts for a version, and is replaced without touching anything else."""

import pytest

from etl.errors import ConfigurationError
from etl.settings import renamed, renamed_lines, warnings_of, with_new_names
from etl.settings.catalogue import FILES
from etl.settings.renamed import RENAMED, RenamedKey
from tests.unit.settings.reading import MAIN, problems_of, settings_of

OLD = RenamedKey(MAIN, "rowsPerChunk", "chunkRows", since="0.1.0", until="99.0.0")
GONE = RenamedKey(MAIN, "leaseTime", "leaseSeconds", since="0.0.1", until="0.1.0")
OWN = f"companies/demo/{MAIN}"


@pytest.fixture(autouse=True)
def _renames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renamed, "RENAMED", (OLD, GONE))


def test_an_old_name_counts_and_is_warned_of() -> None:
    texts = {MAIN: "# rowsPerChunk\n\nrowsPerChunk=5000\n"}
    assert settings_of(texts).in_migration.chunk_rows == 5000
    [warning] = warnings_of(texts, "file:/c")
    assert str(warning) == (
        f"/c/{MAIN}:3: rowsPerChunk: is called chunkRows since etl 0.1.0, and etl 99.0.0 will not know the old name: "
        "`etl config upgrade` replaces it"
    )


def test_an_old_name_from_a_variable_and_in_a_company_s_own_text() -> None:
    texts = {MAIN: "chunkRows=7000", OWN: "rowsPerChunk:ENV=ROWS"}
    assert settings_of(texts, environ={"ROWS": "6000"}).in_migration.chunk_rows == 6000
    assert [one.path for one in renamed_lines(texts)] == [OWN]


def test_both_names_are_an_error() -> None:
    texts = {MAIN: "chunkRows=1000\nrowsPerChunk=5000"}
    expected = f"{MAIN}:2: rowsPerChunk: is the old name of chunkRows, which is here too: delete one of the two lines"
    assert problems_of(texts) == [f"/c/{expected}"]
    with pytest.raises(ConfigurationError, match="delete one of the two lines"):
        with_new_names(texts)


def test_an_old_name_counts_for_one_version_only() -> None:
    texts = {MAIN: "leaseTime=60"}
    expected = "leaseTime: is called leaseSeconds since etl 0.0.1: `etl config upgrade` replaces it"
    assert problems_of(texts) == [f"/c/{MAIN}:1: {expected}"]
    assert warnings_of(texts, "file:/c") == []
    assert with_new_names(texts) == {MAIN: "leaseSeconds=60"}


def test_all_else_of_a_text_stays() -> None:
    before = "# rowsPerChunk = 1\r\n  rowsPerChunk \t= rowsPerChunk\r\nleaseTime:ENV=LEASE\nworkMemMb=9\n\n"
    after = "# rowsPerChunk = 1\r\n  chunkRows \t= rowsPerChunk\r\nleaseSeconds:ENV=LEASE\nworkMemMb=9\n\n"
    assert with_new_names({MAIN: before, "configs/other.txt": before}) == {MAIN: after}
    assert with_new_names({MAIN: after}) == {}


def test_every_rename_leads_to_a_key() -> None:
    known = {(file.path, key.name) for file in FILES for key in file.keys}
    assert [one for one in RENAMED if (one.file, one.new) not in known or (one.file, one.old) in known] == []
