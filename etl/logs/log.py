"""The log of this process: follows the configuration's text, and keeps the last good routing."""

import logging
import logging.config
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from etl.errors import Problem
from etl.logs.redaction import REDACTION
from etl.logs.routing import routing
from etl.settings.logging import read_log_structure
from etl.settings.logging.structure import BUILT_IN, LEVELS, LogStructure


class Log:
    """One for a process. Files lie below `folder`; a service shows on its streams what a command keeps to itself."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, is_service: bool) -> None:
        self._folder, self._environ, self._is_service = folder, environ, is_service
        self._structure: LogStructure | None = None
        self._loggers: set[str] = set()
        sys.excepthook = _report_fault
        threading.excepthook = lambda found: _report_fault(found.exc_type, found.exc_value, found.exc_traceback)
        logging.addLevelName(LEVELS["TRACE"], "TRACE")
        # A closed standard error output is no reason to write tracebacks to it.
        logging.raiseExceptions = False

    def follow(self, texts: Mapping[str, str], location: str) -> list[Problem]:
        """Takes the routing of the configuration's texts; with a problem the former one stays, at first the built-in.

        `location` is where a person finds the text. Returns what is wrong with it.
        """
        structure, problems = read_log_structure(texts, location)
        if problems:
            structure = self._structure or BUILT_IN
        if structure != self._structure:
            self._take(structure)
        return problems

    def _take(self, structure: LogStructure) -> None:
        found = routing(structure, self._folder, self._environ, is_service=self._is_service, former=self._loggers)
        logging.config.dictConfig(found)
        self._loggers = set(found["loggers"])
        self._structure = structure


def _report_fault(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Logs the traceback of an unexpected exception, and prints it as Python would, masked."""
    text = REDACTION.masked("".join(traceback.format_exception(kind, error, trace)))
    logging.getLogger("etl").debug("a fault of the program: %s", text)
    print(text, file=sys.stderr, end="")
