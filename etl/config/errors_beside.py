"""`*.errors.txt`: the problems of a text, written beside it for its editor."""

import logging
from collections.abc import Iterable
from datetime import datetime

from etl.config.source import ConfigSource
from etl.errors import ConfigurationError, Problem

_log = logging.getLogger(__name__)


class ErrorsBeside:
    """The error files of one source: written when faults come, removed when they are corrected."""

    def __init__(self, source: ConfigSource) -> None:
        self._source = source
        self._reported: dict[str, tuple[Problem, ...]] = {}

    def write(self, problems: Iterable[Problem], paths: Iterable[str]) -> None:
        """Writes the problems of each text, and removes the error files of the other `paths`.

        A source that cannot be written (a mounted volume) is reported in the log, beside the faults themselves.
        """
        found: dict[str, list[Problem]] = {}
        for problem in problems:
            path = self._path(problem)
            if path:
                found.setdefault(path, []).append(problem)
        for path in sorted({*found, *self._reported, *paths}):
            faults = tuple(found.get(path, ()))
            if self._reported.get(path) == faults:
                continue
            try:
                self._source.write_errors(path, _text(faults) if faults else "")
                self._reported[path] = faults
            except ConfigurationError as error:
                if faults:
                    _log.warning("%s", error)

    def _path(self, problem: Problem) -> str:
        """The path of the problem's text within the tree; empty when it is about none."""
        root = self._source.url.removeprefix("file:").rstrip("/") + "/"
        path = problem.path.removeprefix(root)
        is_inside = path and not path.startswith("/") and "://" not in path and "/" in path
        return path if is_inside else ""


def _text(faults: tuple[Problem, ...]) -> str:
    now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    lines = [f"# {now}: etl does not take this text; what it took before still counts."]
    for fault in faults:
        numbers = (("line", fault.line), ("column", fault.column))
        location = ", ".join(f"{name} {number}" for name, number in numbers if number)
        lines += ["", ": ".join(part for part in (location, fault.key, fault.message) if part)]
        if fault.excerpt:
            lines += [f"    {fault.excerpt}", "    " + " " * ((fault.column or 1) - 1) + "¯" * max(fault.width, 1)]
    return "\n".join(lines) + "\n"
