"""What holds for a directory and for ZooKeeper alike."""

import pytest

from etl.config import Clash, MissingTreeError, open_source, transfer
from etl.errors import ConfigurationError
from tests.integration.config.conftest import World


def test_empty_tree_is_no_error(world: World) -> None:
    assert world.source.snapshot().contents == {}


def test_what_is_written_is_read(world: World) -> None:
    world.source.write("configs/InMigrationConfig.txt", "chunkRows=5000\n")
    world.source.write("companies/demo/business-objects/Client.yaml", "name: Клиент\r\n")
    tree = world.source.snapshot()
    assert tree.contents == {
        "companies/demo/business-objects/Client.yaml": "name: Клиент\r\n",
        "configs/InMigrationConfig.txt": "chunkRows=5000\n",
    }
    assert tree.origin == world.source.url
    assert list(tree.texts) == sorted(tree.texts)


def test_writing_again_replaces_and_changes_the_version(world: World) -> None:
    world.source.write("a.txt", "1")
    before = world.source.snapshot().texts["a.txt"]
    assert world.source.snapshot().texts["a.txt"] == before
    world.source.write("a.txt", "2")
    after = world.source.snapshot().texts["a.txt"]
    assert (before.content, after.content) == ("1", "2")
    assert before.version != after.version


def test_empty_text_is_a_text(world: World) -> None:
    world.source.write("configs/empty.txt", "")
    assert world.source.snapshot().contents == {"configs/empty.txt": ""}


def test_dot_files_and_error_files_are_ignored(world: World) -> None:
    for path in (".git/config", "configs/.x.swp", "configs/X.errors.txt", "..data/x", "configs/X.txt"):
        world.put(path, b"\xff" if path != "configs/X.txt" else b"x")
    assert world.source.snapshot().contents == {"configs/X.txt": "x"}


def test_every_text_that_is_none_is_named(world: World) -> None:
    world.put("configs/A.txt", b"a=1\nb=\xff\n")
    world.put("configs/B.txt", b"\x00")
    world.put("configs/C.txt", b"fine")
    with pytest.raises(ConfigurationError) as caught:
        world.source.snapshot()
    assert str(caught.value).splitlines() == [
        f"{world.place('configs/A.txt')}:2: is not UTF-8: save it in that encoding",
        f"{world.place('configs/B.txt')}:1: holds a NUL byte: save it as plain UTF-8 text",
    ]


def test_byte_order_mark_is_taken_off(world: World) -> None:
    world.put("a.txt", b"\xef\xbb\xbfa=1")
    assert world.source.snapshot().contents == {"a.txt": "a=1"}


def test_a_large_text_goes_both_ways(world: World) -> None:
    content = "#" * 1_000_000
    world.source.write("a.txt", content)
    assert world.source.snapshot().contents == {"a.txt": content}
    with pytest.raises(ConfigurationError, match=r"a\.txt: is larger than 1 MiB"):
        world.source.write("a.txt", content * 2)
    assert world.source.snapshot().contents == {"a.txt": content}


@pytest.mark.parametrize("path", ["../x", "/x", ".x", "a//b", ""])
def test_nothing_is_written_outside_the_tree(world: World, path: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be the path"):
        world.source.write(path, "x")


def test_a_tree_that_does_not_exist_names_the_command_that_makes_it(world: World) -> None:
    with (
        open_source(f"{world.source.url}/nowhere") as source,
        pytest.raises(MissingTreeError, match=f"does not exist: `etl config init --to {source.url}` writes it"),
    ):
        source.snapshot()


def test_writing_makes_the_tree(world: World) -> None:
    with open_source(f"{world.source.url}/new/tree") as source:
        source.write("a.txt", "1")
        assert source.snapshot().contents == {"a.txt": "1"}


def test_closing_twice_does_no_harm(world: World) -> None:
    world.source.snapshot()
    world.source.close()
    world.source.close()


def test_transfer_keeps_what_is_there(world: World) -> None:
    world.source.write("a.txt", "mine")
    world.source.write("b.txt", "same")
    done = transfer({"a.txt": "theirs", "b.txt": "same", "c.txt": "new"}, world.source, Clash.KEEP)
    assert (done.written, done.kept, done.unchanged) == (("c.txt",), ("a.txt",), ("b.txt",))
    assert world.source.snapshot().contents == {"a.txt": "mine", "b.txt": "same", "c.txt": "new"}


def test_transfer_replaces_when_asked(world: World) -> None:
    world.source.write("a.txt", "mine")
    done = transfer({"a.txt": "theirs"}, world.source, Clash.REPLACE)
    assert done.written == ("a.txt",)
    assert world.source.snapshot().contents == {"a.txt": "theirs"}


def test_transfer_refuses_before_it_writes(world: World) -> None:
    world.source.write("b.txt", "mine")
    with pytest.raises(ConfigurationError, match=r"b\.txt: differs from the text in "):
        transfer({"a.txt": "new", "b.txt": "theirs"}, world.source, Clash.REFUSE)
    assert world.source.snapshot().contents == {"b.txt": "mine"}


def test_transfer_checks_all_before_it_writes_any(world: World) -> None:
    with pytest.raises(ConfigurationError, match=r"b\.txt:1: holds a NUL byte"):
        transfer({"a.txt": "new", "b.txt": "\0"}, world.source, Clash.KEEP)
    assert world.source.snapshot().contents == {}
