"""A directory of text files as a source."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from etl.config.owners import make_folder, replace, unreadable
from etl.config.permissions import why_open
from etl.config.text import LARGEST_TEXT, checked_path, decode, encode, errors_path, is_ignored
from etl.config.tree import ChangedTreeError, Text, Tree, missing_tree
from etl.errors import ConfigurationError, Problem

# Attempts to read: a file that vanishes between listing and reading is being replaced, so the tree is read again.
_ATTEMPTS = 5


class DirectorySource:
    """The tree below one directory. Symbolic links are followed: Kubernetes mounts configuration that way.

    `is_private`: what is written is readable by its owner alone; else files that were there keep their modes.
    """

    def __init__(self, root: Path, *, is_private: bool = False) -> None:
        self.root = root
        self._is_private = is_private
        self.url = f"file:{root}"
        self._seen = ""

    def snapshot(self) -> Tree:
        """All texts below the directory; one ConfigurationError names every file that is no text."""
        self._expect_root()
        self._seen = self._stamp()
        for _ in range(_ATTEMPTS - 1):
            with contextlib.suppress(FileNotFoundError):
                return self._read()
        try:
            return self._read()
        except FileNotFoundError as error:
            raise ConfigurationError(
                Problem("is listed but not there: a dangling link? Remove or correct it", str(error.filename))
            ) from None

    def write(self, path: str, content: str) -> None:
        """Replace the file in one step, so that a reader sees the old text or the new one."""
        # A link stays a link: what it points to is replaced.
        target = Path(os.path.realpath(self.root / checked_path(path)))
        data = encode(content, str(target))
        try:
            make_folder(target.parent, is_private=self._is_private)
            replace(target, data, is_private=self._is_private)
        except OSError as error:
            raise ConfigurationError(Problem(f"cannot be written: {error.strerror}", str(target))) from None

    def replace_all(self, contents: Mapping[str, str], seen: Tree) -> None:
        """Each file in one step; all are compared with what was read before the first is replaced."""
        for path in contents:
            target = self.root / checked_path(path)
            try:
                is_same = _read_text(target, self.root) == seen.texts[path]
            except FileNotFoundError:
                is_same = False
            if not is_same:
                raise ChangedTreeError(str(target))
        for path, content in contents.items():
            self.write(path, content)

    def make_private(self, path: str) -> None:
        target = Path(os.path.realpath(self.root / checked_path(path)))
        try:
            target.chmod(0o600)
        except OSError as error:
            raise ConfigurationError(Problem(f"cannot be made private: {error.strerror}", str(target))) from None

    def write_errors(self, path: str, content: str) -> None:
        target = Path(os.path.realpath(self.root / checked_path(path))).with_name(PurePosixPath(errors_path(path)).name)
        try:
            if content:
                replace(target, encode(content, str(target)))
            else:
                target.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigurationError(Problem(f"cannot be written: {error.strerror}", str(target))) from None

    def may_have_changed(self) -> bool:
        """Whether a file came, went, or was written since the snapshot."""
        self._expect_root()
        return self._stamp() != self._seen

    def call_on_change(self, changed: Callable[[], None]) -> None:
        """A directory never calls: the caller must poll `may_have_changed`."""

    def close(self) -> None:
        """Nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _expect_root(self) -> None:
        try:
            mode = self.root.stat().st_mode
        except FileNotFoundError:
            raise missing_tree(self.url, f"the configuration directory {self.root}") from None
        except OSError as error:
            raise unreadable(self.root, error, self.root) from None
        if not stat.S_ISDIR(mode):
            raise ConfigurationError(Problem("is not a directory: correct ETL_CONFIG", str(self.root)))

    def _stamp(self) -> str:
        """A digest of names, sizes and times, which any change of a file changes."""
        digest = hashlib.sha256()
        with contextlib.suppress(FileNotFoundError, ConfigurationError):
            for path in _files(self.root, frozenset(), self.root):
                with contextlib.suppress(OSError):
                    state = path.stat()
                    marks = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_mode)
                    digest.update(os.fsencode(path) + f"\0{marks}\0".encode())
            return digest.hexdigest()
        return "unsettled"

    def _read(self) -> Tree:
        texts, problems = dict[str, Text](), list[Problem]()
        for path in _files(self.root, frozenset(), self.root):
            try:
                texts[path.relative_to(self.root).as_posix()] = _read_text(path, self.root)
            except ConfigurationError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigurationError(*problems)
        found = {path: why for path in texts if (why := why_open(self.root / path))}
        readable = frozenset(path for path in texts if (self.root / path).stat().st_mode & stat.S_IROTH)
        return Tree(texts, self.url, found, readable)


def _files(folder: Path, above: frozenset[tuple[int, int]], root: Path) -> Iterator[Path]:
    """Files below `folder`; a link that leads back to a folder above is not followed for ever."""
    try:
        state = folder.stat()
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(folder, error, root) from None
    here = (state.st_dev, state.st_ino)
    for name in names if here not in above else ():
        path = folder / name
        if is_ignored(name):
            continue
        # os.path.isdir does not raise for a folder that must not be read.
        if os.path.isdir(path):
            yield from _files(path, above | {here}, root)
        else:
            yield path


def _read_text(path: Path, root: Path) -> Text:
    location = str(path)
    if not location.isprintable():
        raise ConfigurationError(Problem("has a name that is not a printable text: rename it", ascii(location)))
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            # Opening a pipe would wait for a writer for ever.
            raise ConfigurationError(Problem("is not a regular file: only text files belong here", location))
        with path.open("rb") as file:
            data = file.read(LARGEST_TEXT + 1)
            return Text(decode(data, location), str(os.fstat(file.fileno()).st_mtime_ns))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(path, error, root) from None
