"""ConfigWatcher a tree: that something changed is noticed, and what is wrong with a text stands beside it."""

import os
from pathlib import Path

import pytest
from kazoo.client import KazooClient, KazooState

from etl.config import ErrorsBeside, UnreachableTreeError, open_source
from etl.engine import zone_of
from etl.errors import ConfigurationError, Problem
from tests.fix_company import until
from tests.integration.config.conftest import World


def test_a_change_is_noticed_and_a_look_is_not(world: World) -> None:
    calls: list[int] = []
    world.source.call_on_change(lambda: calls.append(1))
    world.put("configs/X.txt", b"a=1")
    world.source.snapshot()
    assert not world.source.may_have_changed()
    for change in ((b"a=2"), (b"a=22")):
        world.put("configs/X.txt", change)
        until(world.source.may_have_changed, "a changed text is noticed")
        assert world.source.snapshot().contents == {"configs/X.txt": change.decode()}
        assert not world.source.may_have_changed()
    world.put("configs/new/Y.txt", b"b=1")
    until(world.source.may_have_changed, "a new text is noticed")
    assert len(world.source.snapshot().contents) == 2
    assert calls or not world.client


def test_a_text_of_the_same_size_and_time_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "X.txt"
    path.write_text("a=1")
    state = path.stat()
    with open_source(str(tmp_path)) as source:
        source.snapshot()
        path.write_text("a=2")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert source.may_have_changed()


def test_a_folder_that_goes_away_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with open_source(str(tmp_path / "tree")) as source:
        source.snapshot()
        (tmp_path / "tree").rmdir()
        with pytest.raises(UnreachableTreeError):
            source.may_have_changed()


def beside(world: World, path: str) -> str:
    if world.client:
        node = f"{world.chroot}/{path}"
        return world.client.get(node)[0].decode() if world.client.exists(node) else ""
    file = world.directory / path
    return file.read_text("utf-8") if file.exists() else ""


def test_errors_stand_beside_their_text_until_they_are_fixed(world: World) -> None:
    world.put("configs/X.txt", b"a=1\nb=x")
    errors = ErrorsBeside(world.source)
    faults = [
        Problem("is not a number", world.place("configs/X.txt"), 2, "b", 3, "b=x", 1),
        Problem("is no company", "environment"),
        Problem("has two faults", "configs/Y.txt", 1),
    ]
    errors.write(faults, ["configs/X.txt"])
    _, *lines = beside(world, "configs/X.errors.txt").splitlines()
    assert lines == ["", "line 2, column 3: b: is not a number", "    b=x", "      ¯"]
    assert "line 1: has two faults" in beside(world, "configs/Y.errors.txt")
    assert set(world.source.snapshot().contents) == {"configs/X.txt"}
    errors.write([], ["configs/X.txt"])
    assert beside(world, "configs/X.errors.txt") == beside(world, "configs/Y.errors.txt") == ""


def test_errors_of_a_former_process_are_taken_away(world: World) -> None:
    world.put("configs/X.txt", b"a=1")
    ErrorsBeside(world.source).write([Problem("is wrong", "configs/X.txt", 1)], [])
    ErrorsBeside(world.source).write([], ["configs/X.txt"])
    assert beside(world, "configs/X.errors.txt") == ""


def test_a_new_session_has_missed_something(zookeeper_client: KazooClient, zookeeper_url: str) -> None:
    with open_source(zookeeper_url) as source:
        source.call_on_change(lambda: None)
        source.snapshot()
        assert not source.may_have_changed()
        # A second connection that takes over the session and closes it: the first one's is expired then.
        client = source._client  # type: ignore[attr-defined]
        first = client.client_id
        other = KazooClient(hosts=",".join(f"{host}:{port}" for host, port in client.hosts), client_id=first)
        other.start()
        other.stop()
        other.close()
        until(lambda: client.client_id not in (None, first), "there is a new session")
        until(lambda: client.state == KazooState.CONNECTED, "its state is known")
        until(source.may_have_changed, "it is known that something may have been missed")
        source.snapshot()
        assert not source.may_have_changed()


def test_zones() -> None:
    assert str(zone_of("Asia/Almaty", {"TZ": "UTC"})) == "Asia/Almaty"
    assert str(zone_of("", {"TZ": ":Europe/Berlin"})) == "Europe/Berlin"
    assert zone_of("", {})
    for name, environ in (("Asia/Almatty", {}), ("", {"TZ": "nowhere"}), ("../etc/passwd", {})):
        with pytest.raises(ConfigurationError, match="is not a zone that this machine knows"):
            zone_of(name, environ)
