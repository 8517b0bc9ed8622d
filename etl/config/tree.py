"""The values of this package: a text with its version, and the tree of them as it stood when it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from etl.errors import ConfigurationError, Problem


@dataclass(frozen=True)
class Text:
    """One file or node. `version` changes whenever its content does: ZooKeeper's mzxid, a file's mtime in ns."""

    # Texts hold passwords: neither a log line nor a traceback may show one by accident.
    content: str = field(repr=False)
    version: str


@dataclass(frozen=True)
class Tree:
    """All texts by their path, such as `configs/InMigrationConfig.txt`, and the URL they come from.

    `open_texts`: path -> why others than us and the administrator may have written the text; the rest is not there.
    `readable`: paths of texts that any user may read.
    """

    texts: Mapping[str, Text]
    origin: str
    open_texts: Mapping[str, str] = field(default_factory=dict)
    readable: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", MappingProxyType(dict(self.texts)))
        object.__setattr__(self, "open_texts", MappingProxyType(dict(self.open_texts)))

    @property
    def contents(self) -> dict[str, str]:
        """Path → content, as `settings` and `metadata` take it."""
        return {path: text.content for path, text in self.texts.items()}


class UnreachableTreeError(ConfigurationError):
    """The tree cannot be read now, so the configuration is unknown."""


class ChangedTreeError(ConfigurationError):
    """A text is not any more what was read."""

    def __init__(self, location: str) -> None:
        super().__init__(Problem("was changed meanwhile, and nothing was written: call the command again", location))


class MissingTreeError(UnreachableTreeError):
    """The directory or the ZooKeeper node that holds the tree does not exist yet."""


def missing_tree(url: str, what: str) -> MissingTreeError:
    """The error of both sources when there is nothing at their root."""
    return MissingTreeError(f"{what} does not exist: `etl config init --to {url}` writes it, or correct ETL_CONFIG")
