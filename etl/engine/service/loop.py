"""`etl run --loop`: the service. It waits for the schedule, a hand-over or a change of its configuration, and runs.

A run is pinned to the configuration it began with. No fault of the environment ends the loop: it waits and continues.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from typing import Never

from etl.database import longest_silence, progress_at, transaction
from etl.engine.helper import help_run
from etl.engine.hold import refuse_on_hold
from etl.engine.notifications import watch_feed
from etl.engine.outcome import Outcome
from etl.engine.preparation import is_prepared
from etl.engine.privilege_errors import naming_causes
from etl.engine.run import run_once
from etl.engine.runtime import Runtime
from etl.engine.service.config_watcher import ConfigSnapshot, ConfigWatcher
from etl.engine.service.directory import DirectorySyncs
from etl.engine.service.hand_over_listener import HandOverListener
from etl.engine.service.signals import Signals
from etl.engine.service.systemd import ServiceManager
from etl.engine.service.topics import Alone, Topics
from etl.engine.timing import Ticks
from etl.engine.wiring import build_runtime
from etl.errors import ConfigurationError, EnvironmentFault, EtlError, FencedOut, LeaseLost, MarkerHeld, OnHold
from etl.logs import Log
from etl.retry import Backoff, ServiceRetry
from etl.sources.in_tables.handshake import Action, Decision

_log = logging.getLogger("in_pg_migration")

# The longest wait: how often a directory is checked for changes.
_POLL_SECONDS = 1.0
# Outside of a run the loop passes every second; within one a server answers, or is seen to execute a statement. A
# server that does not answer may delay one pass, until its connection is closed.
_STUCK_SECONDS = 60.0
# After faults of the environment, as long as they last.
_BACKOFF = Backoff(first=1.0, longest=60.0)

OnOutcome = Callable[[Outcome], None]
RuntimeScope = Callable[[Runtime], AbstractContextManager[object]]


def run_loop(
    url: str,
    company: str | None,
    environ: Mapping[str, str],
    log: Log,
    on_outcome: OnOutcome,
    scope_of: RuntimeScope = nullcontext,
) -> Never:
    """Serves until a signal ends it, and raises Stopped then; `on_outcome` is called with each finished run. Beside
    runs it reads topics of Kafka and writes into them, where the configuration says so.

    `scope_of` is entered for as long as one configuration is in force.

    Raises ConfigurationError if the configuration is faulty from the start.
    """
    Loop(url, company, environ, log, on_outcome, scope_of, Topics(environ)).run()


def read_topics(url: str, company: str | None, environ: Mapping[str, str], log: Log) -> Never:
    """Reads topics of Kafka and starts no run, until a signal ends it; raises Stopped then.

    Raises ConfigurationError if the configuration is faulty from the start or reads no topics, RunStopped when more
    records are rejected than errorLimit allows.
    """
    _of_topics(url, company, environ, log, Topics(environ, Alone.READING))


def write_topics(
    url: str, company: str | None, environ: Mapping[str, str], log: Log, names: Collection[str] = ()
) -> Never:
    """Writes outputs, all or those of these names, and starts no run, until a signal ends it; raises Stopped then.

    Raises ConfigurationError if the configuration is faulty from the start or has no such output.
    """
    _of_topics(url, company, environ, log, Topics(environ, Alone.WRITING, names))


def _of_topics(url: str, company: str | None, environ: Mapping[str, str], log: Log, topics: Topics) -> Never:
    Loop(url, company, environ, log, lambda outcome: None, nullcontext, topics, has_runs=False).run()


class Loop:
    """One service for one company."""

    def __init__(
        self,
        url: str,
        company: str | None,
        environ: Mapping[str, str],
        log: Log,
        on_outcome: OnOutcome,
        scope_of: RuntimeScope,
        topics: Topics,
        *,
        has_runs: bool = True,
    ) -> None:
        self._environ, self._on_outcome, self._scope_of, self._has_runs = environ, on_outcome, scope_of, has_runs
        self._topics = topics
        self._signals = Signals()
        self._config_watcher = ConfigWatcher(url, company, environ, log, self._signals.wake)
        self._manager = ServiceManager(environ)
        self._start = datetime.now(UTC)
        self._directory = DirectorySyncs(environ, self._start)
        self._listener = HandOverListener()
        self._opened = ExitStack()
        self._runtime: Runtime | None = None
        self._ticks: Ticks | None = None
        self._retry = ServiceRetry(_BACKOFF, _log)
        # No run starts before, on the monotonic clock; 0: no fault since the last success.
        self._paused_until = 0.0
        # A scheduled time has come, and the marker could not be read yet.
        self._is_owed = False
        self._next_poll = 0.0
        self._may_start_another = False
        self._reported = ""
        self._tried_runs = 0
        self._alive_at = time.monotonic()

    def run(self) -> Never:
        """Serves until a signal ends it."""
        self._manager.watch(self._is_alive)
        try:
            while True:
                self._signals.check()
                self._alive_at = time.monotonic()
                seconds = self._pass()
                self._signals.wait(min(seconds, _POLL_SECONDS), self._listener.files)
        finally:
            self._manager.stopping()
            self._topics.stop()
            self._directory.stop()
            self._close_runtime()
            self._config_watcher.close()

    def _pass(self) -> float:
        """Does what is due; returns the seconds until something may be due again."""
        self._configure()
        current = self._config_watcher.current
        if current is None or self._ticks is None or not self._config_watcher.is_reachable:
            self._manager.status("waits for its configuration")
            return _POLL_SECONDS
        self._topics.begin(current)
        if self._has_runs:
            self._directory.begin(current)
        if not self._has_runs:
            self._manager.status(self._topics.status)
            return _POLL_SECONDS
        if not current.settings.has_in_migration or current.settings.schedule.is_off:
            why = "the schedule is off" if current.settings.has_in_migration else "hasInMigration is false"
            self._say_once(f"no run starts: {why}")
            return _POLL_SECONDS
        is_due = self._is_due(self._ticks)
        if is_due and time.monotonic() >= self._paused_until:
            self._try(current)
        left = self._ticks.seconds_left(datetime.now(UTC))
        poll = max(self._next_poll, self._paused_until) - time.monotonic()
        return max(min(poll, _POLL_SECONDS if left is None else left), 0)

    def _configure(self) -> None:
        is_reload, self._signals.is_reload_asked = self._signals.is_reload_asked, False
        if is_reload:
            self._manager.reloading()
        is_first = self._config_watcher.current is None
        if self._config_watcher.refresh(again=is_reload) and self._config_watcher.current:
            self._topics.stop()
            self._directory.stop()
            self._close_runtime()
            current = self._config_watcher.current
            self._ticks = Ticks.begin(current.settings.schedule, current.zone, self._start, datetime.now(UTC))
            self._next_poll = 0.0
            self._end_pauses()
            _log.info("%s; %s", "the service is up" if is_first else "the service continues", self._ticks)
        if is_reload or (is_first and self._config_watcher.current):
            self._manager.ready()

    def _is_due(self, ticks: Ticks) -> bool:
        """Whether to look at the marker. A hand-over during a pause after a fault is found after the pause."""
        if ticks.is_due(datetime.now(UTC)):
            self._is_owed = True
        return self._listener.has_hand_over() or self._is_owed or time.monotonic() >= self._next_poll

    def _try(self, current: ConfigSnapshot) -> None:
        try:
            self._signals.is_at_work = True
            runtime = self._open_runtime(current)
            try:
                self._listener.open(runtime)
                with naming_causes(runtime):
                    self._run(runtime)
            finally:
                watch_feed(runtime)
            self._end_pauses()
        except OnHold as hold:
            self._say_once(str(hold))
            self._end_pauses()
        except (EnvironmentFault, ConfigurationError, LeaseLost) as fault:
            pause = self._retry.pause()
            self._paused_until = time.monotonic() + pause
            self._say_once(f"trying again later: {fault}", logging.WARNING)
            _log.debug("the next try comes in %.1f s", pause)
            self._listener.close()
        except (MarkerHeld, FencedOut) as held:
            self._say_once(str(held))
            self._end_pauses()
        except EtlError as stop:  # the rows are the reason: RunStopped
            _log.error("%s", stop)
            self._end_pauses()
        finally:
            self._signals.is_at_work = False
            soon = self._paused_until or self._may_start_another
            self._next_poll = time.monotonic() + (0 if soon else current.settings.in_migration.poll_seconds)
            self._may_start_another = False

    def _end_pauses(self) -> None:
        self._retry.succeed()
        self._paused_until = 0.0

    def _run(self, runtime: Runtime) -> None:
        decision = _decision(runtime)
        if decision and decision.action is Action.HELD:
            self._help(runtime)
            return
        if not self._may_start(runtime, decision):
            self._is_owed = False
            return
        # Notifications are not read during a run, and the server would keep every one that any session sends.
        self._listener.close()
        self._tried_runs += 1
        thread = threading.current_thread()
        name, thread.name = thread.name, f"tryToStartMigration-run-{self._tried_runs}"
        self._manager.status("performs a run")
        try:
            outcome = run_once(runtime, check_cancelled=self._signals.check)
        except MarkerHeld:
            self._help(runtime)
            return
        finally:
            thread.name = name
        self._is_owed = False
        self._topics.wake()
        if outcome.run is not None:
            self._reported = ""
            self._may_start_another = True
            _log.info("run %s done in %.1f s, %d error rows", outcome.run, outcome.seconds, outcome.errors)
            self._on_outcome(outcome)

    def _help(self, runtime: Runtime) -> None:
        """Helps with the run that another runner owns; looks again at once when it has ended or was taken over."""
        refuse_on_hold(runtime)
        self._manager.status("helps another runner")
        self._listener.close()
        help_run(runtime, check_cancelled=self._signals.check)
        self._may_start_another = True

    def _may_start(self, runtime: Runtime, decision: Decision | None) -> bool:
        on_hand_over = runtime.settings.in_migration.start_on_hand_over
        if decision is None:  # nothing is prepared yet: the first run does that
            return self._is_owed or on_hand_over
        if not decision.starts:
            self._say_once(decision.reason)
            return False
        # A run whose owner is gone is taken over, whatever the schedule says: its rows are claimed.
        return self._is_owed or on_hand_over or decision.action is Action.TAKE_OVER

    def _open_runtime(self, current: ConfigSnapshot) -> Runtime:
        if self._runtime is None:
            runtime = self._opened.enter_context(build_runtime(current.settings, current.company, self._environ))
            self._opened.enter_context(self._scope_of(runtime))
            self._runtime = runtime
        return self._runtime

    def _close_runtime(self) -> None:
        self._listener.close()
        self._opened.close()
        self._opened, self._runtime = ExitStack(), None

    def _is_alive(self) -> bool:
        """For the watchdog: no thread waits for a server that does not answer, and the loop or a run makes progress."""
        moved = max(self._alive_at, progress_at()) if self._signals.is_at_work else self._alive_at
        hook = self._runtime.settings.in_migration.hook_seconds if self._runtime else 0
        return longest_silence() < _STUCK_SECONDS and time.monotonic() - moved < _STUCK_SECONDS + hook

    def _say_once(self, text: str, level: int = logging.INFO) -> None:
        """Logs why nothing starts, once per change."""
        self._manager.status(text)
        if text != self._reported:
            self._reported = text
            _log.log(level, "12VQDGGLXH :: миграция не началась: %s", text)


def _decision(runtime: Runtime) -> Decision | None:
    """One cheap look that writes nothing; None when our tables do not exist yet."""
    with transaction(runtime.engine) as connection:
        if not is_prepared(connection, runtime, to_write=True):
            return None
        return runtime.handshake.decide(connection)[0]
