"""The one interface of both kinds of trees, and the URL that chooses between them."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etl.config.directory import DirectorySource
from etl.config.tree import Tree
from etl.errors import ConfigurationError


class ConfigSource(Protocol):
    """A tree of texts that can be read whole and written text by text. A context manager: leaving it closes it."""

    url: str

    def snapshot(self) -> Tree:
        """The whole tree; MissingTreeError when its root does not exist, ConfigurationError for what is no text."""
        ...

    def write(self, path: str, content: str) -> None:
        """Create or replace one text; what stands above it is created."""
        ...

    def replace_all(self, contents: Mapping[str, str], seen: Tree) -> None:
        """Replaces texts of the tree `seen`, if none of them has changed since. Raises ChangedTreeError where one has:
        then nothing is written."""
        ...

    def write_errors(self, path: str, content: str) -> None:
        """Write beside the text of that path what is wrong with it; an empty content removes it."""
        ...

    def may_have_changed(self) -> bool:
        """Whether a further snapshot may differ from the last one; cheap. UnreachableTreeError while that is
        unknown."""
        ...

    def call_on_change(self, changed: Callable[[], None]) -> None:
        """Registers `changed`, to be called from any thread after a change; a source may never call it."""
        ...

    def close(self) -> None:
        """Close the connections; may be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_source(url: str) -> ConfigSource:
    """`file:/path`, `/path`, or `zookeeper://host:2181,host2:2181/mybpm`; nothing is written."""
    if url.startswith("zookeeper://"):
        # kazoo is a slow import, and a directory needs none of it.
        from etl.config.zookeeper import ZooKeeperSource

        return ZooKeeperSource(url)
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", url)
    if not url.strip() or (scheme and scheme[1] != "file"):
        # Only the scheme is named: what follows may hold a password.
        named = f"{scheme[1]}:…" if scheme else "an empty text"
        raise ConfigurationError(
            f"{named} names no configuration: write file:/path/of/a/directory or zookeeper://host:2181/mybpm"
        )
    return DirectorySource(_directory(url))


def _directory(url: str) -> Path:
    path = url.removeprefix("file:")
    if path.startswith("///"):
        path = path[2:]
    return Path(path).expanduser().absolute()
