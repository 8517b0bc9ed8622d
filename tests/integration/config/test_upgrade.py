"""`etl config upgrade`: old names of keys are replaced in a directory and in ZooKeeper, all texts or none."""

import json

import pytest

from etl.config import ChangedTreeError
from etl.settings import renamed
from etl.settings.renamed import RenamedKey
from tests.integration.config.conftest import World
from tests.integration.config.test_commands import run

MAIN = "configs/InMigrationConfig.txt"
OWN = f"companies/demo/{MAIN}"
BEFORE = "# how many\nrowsPerChunk=5000\ncompanyCode=demo\n"
AFTER = "# how many\nchunkRows=5000\ncompanyCode=demo\n"


@pytest.fixture(autouse=True)
def _renames(monkeypatch: pytest.MonkeyPatch) -> None:
    rename = RenamedKey(MAIN, "rowsPerChunk", "chunkRows", since="0.1.0", until="99.0.0")
    monkeypatch.setattr(renamed, "RENAMED", (rename,))


@pytest.fixture
def older(world: World) -> World:
    world.source.write(MAIN, BEFORE)
    world.source.write(OWN, "rowsPerChunk=6000")
    return world


def test_it_is_shown_first_and_written_when_asked(older: World) -> None:
    url = older.source.url
    shown = run(url, "upgrade")
    assert f"{MAIN}:2: rowsPerChunk -> chunkRows, since etl 0.1.0\n" in shown.output
    assert "Nothing is written" in shown.output
    assert older.source.snapshot().contents == {MAIN: BEFORE, OWN: "rowsPerChunk=6000"}
    assert json.loads(run(url, "upgrade", "--apply", "--json").output)["is_written"]
    assert older.source.snapshot().contents == {MAIN: AFTER, OWN: "chunkRows=6000"}
    assert "has no old names" in run(url, "upgrade", "--apply").output


def test_the_check_warns_of_each_line(older: World) -> None:
    result = run(older.source.url, "check")
    assert result.exit_code == 0
    assert f"Warning: {older.place(MAIN)}:2: rowsPerChunk: is called chunkRows" in result.output
    reported = json.loads(run(older.source.url, "check", "--json").output)
    assert (reported["ok"], len(reported["warnings"])) == (True, 2)


def test_a_text_that_was_changed_meanwhile_is_not_replaced(older: World) -> None:
    """Nor is any other."""
    seen = older.source.snapshot()
    older.source.write(OWN, "rowsPerChunk=7000")
    with pytest.raises(ChangedTreeError, match="was changed meanwhile, and nothing was written"):
        older.source.replace_all({MAIN: AFTER, OWN: "chunkRows=6000"}, seen)
    assert older.source.snapshot().contents == {MAIN: BEFORE, OWN: "rowsPerChunk=7000"}


@pytest.mark.parametrize("world", ["zookeeper"], indirect=True)
def test_a_change_in_the_last_moment(older: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """ZooKeeper compares within its transaction. Files have none: there it is the last step before the first write."""
    client = older.client
    assert client is not None
    request = client.transaction().__class__
    commit = request.commit_async

    def late(self: object, *arguments: object) -> object:
        client.set(f"{older.chroot}/{OWN}", b"rowsPerChunk=8000")
        return commit(self, *arguments)

    monkeypatch.setattr(request, "commit_async", late)
    seen = older.source.snapshot()
    changes = {MAIN: AFTER, OWN: "chunkRows=6000"}
    with pytest.raises(ChangedTreeError):
        older.source.replace_all(changes, seen)
    monkeypatch.undo()
    assert older.source.snapshot().contents == {MAIN: BEFORE, OWN: "rowsPerChunk=8000"}
