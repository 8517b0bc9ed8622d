"""Progress bars on a terminal while files are read and written; none in a pipe."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from etl.quoting import printable


class Bars:
    """One bar per file, called with its name, how much is done and of how much."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, done: int, total: int) -> None:
        """Moves the bar of a file, which begins with its first call."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(_safe(name), total=total)
        self._progress.update(self._tasks[name], completed=done)


class Counts:
    """One line per table, called with its name and how many rows are done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, rows: int) -> None:
        """Moves the count of a table, which begins with its first call."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task("", total=None)
        self._progress.update(self._tasks[name], description=f"{_safe(name)}: {rows:,} rows")


def _safe(name: str) -> str:
    return Text(printable(name)).markup


@contextmanager
def bars(*, quiet: bool) -> Iterator[Bars]:
    """Bars on the standard error output, if that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with _progress(*columns, quiet=quiet) as progress:
        yield Bars(progress)


@contextmanager
def counts(*, quiet: bool) -> Iterator[Counts]:
    """Counts on the standard error output, if that is a terminal."""
    with _progress(TextColumn("{task.description}"), TimeElapsedColumn(), quiet=quiet) as progress:
        yield Counts(progress)


def _progress(*columns: TextColumn | BarColumn | TaskProgressColumn | TimeElapsedColumn, quiet: bool) -> Progress:
    disable = quiet or not sys.stderr.isatty()
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=disable)
