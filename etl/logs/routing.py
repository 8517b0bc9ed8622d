"""A LogStructure as the dictionary that `logging.config.dictConfig` takes."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from etl.logs.line import Line
from etl.logs.redaction import REDACTION
from etl.logs.rolling_file import RollingFile
from etl.settings.convert import TRUE_WORDS
from etl.settings.logging.structure import LEVELS, ROOT, Destination, LogStructure

# The platform's names of the category for imports, and our logger.
_LOGGERS = {"tracer_in_pg_migration": "in_pg_migration", "inMigrationTracer": "in_pg_migration"}
# Libraries that log each step; a category of their own makes them louder.
_QUIET = ("kazoo", "sqlalchemy", "psycopg", "uvicorn")


def routing(
    structure: LogStructure, folder: Path, environ: Mapping[str, str], *, is_service: bool, former: Iterable[str] = ()
) -> dict[str, Any]:
    """The dictionary. `former`: loggers that an earlier routing has named, and that lose their handlers now.

    Unless `is_service`, streams get WARN and worse only: the output of a command has the rest.
    """
    loggers: dict[str, dict[str, Any]] = {name: {"level": "NOTSET", "handlers": []} for name in former}
    loggers |= {name: {"level": LEVELS["WARN"], "handlers": []} for name in _QUIET}
    for name, category in structure.categories.items():
        level = "NOTSET" if category.level is None else category.level
        # Two categories may mean the same logger of ours: it goes to the destinations of both.
        before = loggers.get(_LOGGERS.get(name, name), {}).get("handlers", [])
        handlers = list(dict.fromkeys([*before, *category.destinations]))
        loggers[_LOGGERS.get(name, name)] = {"level": level, "handlers": handlers}
    root = loggers.pop(ROOT, {"level": LEVELS["INFO"], "handlers": []})
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"redaction": {"()": lambda: REDACTION}},
        "formatters": {
            name: {"()": _line, "destination": destination, "environ": environ}
            for name, destination in structure.destinations.items()
        },
        "handlers": {
            name: _handler(name, destination, folder, is_service)
            for name, destination in structure.destinations.items()
        },
        "loggers": loggers,
        "root": root,
    }


def _handler(name: str, destination: Destination, folder: Path, is_service: bool) -> dict[str, Any]:
    common = {"level": destination.level, "formatter": name, "filters": ["redaction"]}
    if destination.kind == "rolling_file":
        path = str(folder / f"{destination.file}.log")
        limits = {"max_bytes": destination.max_bytes, "files_count": destination.files_count}
        return common | {"()": RollingFile, "path": path, **limits}
    if not is_service:
        common["level"] = max(destination.level, LEVELS["WARN"])
    return common | {"class": "logging.StreamHandler", "stream": f"ext://sys.{destination.kind}"}


def _line(destination: Destination, environ: Mapping[str, str]) -> Line:
    layout = destination.layout
    is_terminal = destination.kind != "rolling_file" and getattr(sys, destination.kind).isatty()
    enabled = environ.get("MYBPM_LOGS_COLORED", "").strip().upper() in TRUE_WORDS
    return Line(layout.colored if layout.colored and (is_terminal or enabled) else layout.pattern)
