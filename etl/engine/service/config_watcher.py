"""The configuration of a service: it follows the tree, and a faulty edit leaves the last good values in force."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from etl.config import ErrorsBeside, Tree, UnreachableTreeError, open_source
from etl.engine.timezone import zone_of
from etl.engine.wiring import parse_configuration
from etl.errors import ConfigurationError, Problem
from etl.logs import Log
from etl.metadata import Company
from etl.settings import Settings
from etl.settings.logging import LOGGING

_log = logging.getLogger("in_pg_migration")

# Seconds between two full reads of the texts: a watch may be lost, and a file's modification time may be wrong.
_READ_SECONDS = 60.0


@dataclass(frozen=True)
class ConfigSnapshot:
    """One snapshot of the configuration, checked."""

    settings: Settings
    company: Company
    zone: tzinfo


class ConfigWatcher:
    """Settings and metadata as they count now, from a tree that may change at any time.

    `is_reachable` is false while the tree cannot be reached: then nothing may start.
    """

    def __init__(
        self, url: str, company: str | None, environ: Mapping[str, str], log: Log, changed: Callable[[], None]
    ) -> None:
        self._source = open_source(url)
        self._source.call_on_change(changed)
        self._errors = ErrorsBeside(self._source)
        self._company, self._environ, self._log = company, environ, log
        self._contents: dict[str, str] | None = None
        self._read_at = 0.0
        self._complaint = ""
        self.current: ConfigSnapshot | None = None
        self.is_reachable = False

    def refresh(self, *, again: bool = False) -> bool:
        """Loads what has changed, with `again` even without a sign of a change; returns whether there are new values.

        Raises ConfigurationError only while no good values have been read yet.
        """
        try:
            if not (again or self._is_time() or self._source.may_have_changed()):
                self.is_reachable = True
                return False
            tree = self._source.snapshot()
        except UnreachableTreeError as error:
            self.is_reachable = False
            self._complain(f"no run starts while the configuration cannot be read: {error}")
            return False
        except ConfigurationError as error:
            return self._keep_last(error, list(error.problems), ())
        self._read_at = time.monotonic()
        self.is_reachable = True
        if tree.contents == self._contents and not again:
            return False
        self._contents = tree.contents
        return self._take(tree)

    def close(self) -> None:
        self._source.close()

    def _is_time(self) -> bool:
        return self._contents is None or time.monotonic() - self._read_at > _READ_SECONDS

    def _take(self, tree: Tree) -> bool:
        context = f"{tree.origin.removeprefix('file:').rstrip('/')}/{LOGGING}"
        problems = self._log.follow(tree.contents, context)
        for problem in problems:
            _log.warning("keeping the previous logging configuration: %s", problem)
        try:
            settings, company = parse_configuration(tree, self._company, self._environ)
            zone = zone_of(settings.in_migration.time_zone, self._environ)
        except ConfigurationError as error:
            return self._keep_last(error, [*error.problems, *problems], tree.texts)
        self._errors.write(problems, tree.texts)
        if self.current is not None:
            _log.info("the configuration was read again from %s", tree.origin)
        self._complaint = ""
        self.current = ConfigSnapshot(settings, company, zone)
        return True

    def _keep_last(
        self, error: ConfigurationError, problems: list[Problem], paths: "Mapping[str, object] | tuple[()]"
    ) -> bool:
        self._errors.write(problems, paths)
        if self.current is None:
            raise error
        self._complain(f"the configuration is faulty, its last good values count: {error}")
        return False

    def _complain(self, text: str) -> None:
        """Logs the message, once until another message comes."""
        if text != self._complaint:
            self._complaint = text
            _log.warning("%s", text)
