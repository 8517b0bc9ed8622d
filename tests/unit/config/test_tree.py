"""A snapshot does not change and does not show its contents."""

import pytest

from etl.config import Text, Tree
from etl.config.zookeeper import ZooKeeperSource


def test_tree_is_immutable() -> None:
    given = {"a": Text("1", "7")}
    tree = Tree(given, "file:/x")
    given["b"] = Text("2", "8")
    assert dict(tree.texts) == {"a": Text("1", "7")}
    with pytest.raises(TypeError):
        tree.texts["b"] = Text("2", "8")  # type: ignore[index]


def test_repr_shows_no_content() -> None:
    assert "hunter2" not in repr(Tree({"a": Text("password=hunter2", "7")}, "file:/x"))


def test_zookeepers_own_nodes_are_no_configuration_when_the_root_is_the_chroot() -> None:
    names = ["zookeeper", "mybpm", ".x", "X.errors.txt"]
    assert ZooKeeperSource("zookeeper://h").children("", names) == ["mybpm"]
    assert ZooKeeperSource("zookeeper://h/mybpm").children("", names) == ["mybpm", "zookeeper"]
    assert ZooKeeperSource("zookeeper://h").children("mybpm", names) == ["mybpm/mybpm", "mybpm/zookeeper"]
