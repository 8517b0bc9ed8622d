"""Writes texts into a source: the samples at first use, and whole trees between directory and ZooKeeper."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from etl.config.source import ConfigSource
from etl.config.text import checked, encode
from etl.config.tree import MissingTreeError
from etl.errors import ConfigurationError, Problem


class Clash(StrEnum):
    KEEP = "keep"
    REPLACE = "replace"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Transfer:
    """The result for each path. `kept`: a different text exists and stays."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]


def transfer(texts: Mapping[str, str], target: ConfigSource, clash: Clash) -> Transfer:
    """Write `texts` into `target`. Refuses before the first text is written."""
    present = _present(target)
    unchanged = tuple(path for path in texts if present.get(path) == texts[path])
    differing = tuple(path for path in texts if path in present and path not in unchanged)
    if clash is Clash.REFUSE and differing:
        last = "nothing was written: choose another target, or say --force"
        refused = [Problem(f"differs from the text in {target.url}", path) for path in differing]
        raise ConfigurationError(*refused, last)
    kept = differing if clash is Clash.KEEP else ()
    written = tuple(path for path in texts if path not in unchanged and path not in kept)
    _check_folders({*texts, *present}, target)
    for path in written:
        encode(texts[path], checked(path))
    for path in written:
        target.write(path, texts[path])
    return Transfer(written, unchanged, kept)


def _present(source: ConfigSource) -> dict[str, str]:
    """The texts of `source`, none when it does not exist yet."""
    try:
        return source.snapshot().contents
    except MissingTreeError:
        return {}


def _check_folders(paths: set[str], target: ConfigSource) -> None:
    """A ZooKeeper node may be text and folder at once, a file may not: such a tree cannot go into a directory."""
    if not target.url.startswith("file:"):
        return
    folders = {path[:end] for path in paths for end, letter in enumerate(path) if letter == "/"}
    both = sorted(folders & paths)
    if both:
        raise ConfigurationError(f"{both[0]} is a text and has texts below it, which no directory can hold: rename it")
