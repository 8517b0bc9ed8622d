"""One suite, both sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kazoo.client import KazooClient

from etl.config import ConfigSource, open_source


@dataclass
class World:
    """A source under test, and a way to put raw bytes into it behind its back."""

    source: ConfigSource
    directory: Path
    client: KazooClient | None = None
    chroot: str = ""

    def put(self, path: str, data: bytes) -> None:
        if self.client:
            self.client.ensure_path(f"{self.chroot}/{path}")
            self.client.set(f"{self.chroot}/{path}", data)
        else:
            target = self.directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def place(self, path: str) -> str:
        """How an error names the text."""
        return f"{self.source.url.removeprefix('file:')}/{path}"


@pytest.fixture(params=["directory", "zookeeper"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "directory":
        (tmp_path / "tree").mkdir()
        with open_source(f"file:{tmp_path / 'tree'}") as source:
            yield World(source, tmp_path / "tree")
    else:
        client, chroot = (request.getfixturevalue(f"zookeeper_{name}") for name in ("client", "chroot"))
        with open_source(request.getfixturevalue("zookeeper_url")) as source:
            yield World(source, tmp_path, client, chroot)
