"""What a service does with a directory beside its runs: by its schedule it brings all users, in a thread of its own."""

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from etl.engine.service.config_watcher import ConfigSnapshot
from etl.engine.timing import Ticks
from etl.engine.wiring import build_runtime
from etl.errors import EtlError

_log = logging.getLogger("AdMigration")

_STOP_SECONDS = 4.5
_LONGEST_WAIT = 60.0


class DirectorySyncs:
    """Syncs from begin() to stop(), as the configuration says. Repetitions count from `start`, that of the service."""

    def __init__(self, environ: Mapping[str, str], start: datetime) -> None:
        self._environ, self._start = environ, start
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, current: ConfigSnapshot) -> None:
        """Begins what the configuration asks for and has not begun."""
        settings = current.settings.directory
        if self._thread is not None or not settings.is_used or settings.schedule.is_off:
            return
        self._ending = threading.Event()
        ticks = Ticks.begin(settings.schedule, current.zone, self._start, datetime.now(UTC))
        _log.info("users of the directory are brought: %s", ticks)
        # A daemon: a read of a silent controller must not keep the service from ending; nothing is written before it.
        arguments = (current, ticks, self._ending)
        self._thread = threading.Thread(target=self._serve, args=arguments, name="directory-syncs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it within five seconds; a sync under way is rolled back, or completed."""
        self._ending.set()
        if self._thread:
            self._thread.join(_STOP_SECONDS)
        self._thread = None

    def _serve(self, current: ConfigSnapshot, ticks: Ticks, ending: threading.Event) -> None:
        while True:
            left = ticks.seconds_left(datetime.now(UTC))
            if ending.wait(min(max(left if left is not None else _LONGEST_WAIT, 0.05), _LONGEST_WAIT)):
                return
            if ticks.is_due(datetime.now(UTC)):
                self._sync(current)

    def _sync(self, current: ConfigSnapshot) -> None:
        # Here, so that programs without a directory start without it.
        from etl.engine.directory import directory_source, sync

        try:
            with build_runtime(current.settings, current.company, self._environ) as runtime:
                outcome = sync(runtime, directory_source(runtime))
        except EtlError as fault:
            _log.error("the sync with the directory changed nothing: %s", fault)
            return
        for stop in outcome.stops:
            _log.error("the sync with the directory is stopped by %s", stop)
        for one in outcome.left_out:
            _log.warning("%s", one)
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(outcome.counts.items()))
        _log.info("the sync with the directory is done: %d users, %s", outcome.users, counts or "nothing differs")
