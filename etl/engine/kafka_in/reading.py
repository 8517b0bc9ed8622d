"""The reading of topics on one host: workers, and beside them what follows their commits and what schedules ask for.

A fault of the environment ends nothing: all is opened again after a pause that grows.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import tzinfo

from etl.engine.beside import Scheduled, Thread
from etl.engine.hold import hold_here
from etl.engine.kafka_in.dead_letters import DeadLetterSender
from etl.engine.kafka_in.partition_watch import PartitionWatch
from etl.engine.kafka_in.records_watch import RecordsWatch
from etl.engine.kafka_in.sharing import TopicSizes
from etl.engine.kafka_in.worker import SharedReading
from etl.engine.kafka_in.workers import Workers
from etl.engine.preparation import prepare_without_import
from etl.engine.record_batches import record_store_of, show_batches
from etl.engine.runtime import Runtime
from etl.engine.store_cleaning import clean_store
from etl.engine.timezone import zone_of
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.engine.versions import keep_version_alerts
from etl.engine.wiring import build_runtime
from etl.errors import RunStopped
from etl.kafka import Admin
from etl.metadata import Company
from etl.retry import Backoff, ServiceRetry
from etl.settings import Schedule, Settings
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.rules import rules_of
from etl.sources.kafka.upkeep import apply_references, clean_records

_log = logging.getLogger("in_kafka_migration")

_BACKOFF = Backoff(first=0.5, longest=30.0)
_SEND_SECONDS = 15.0
_WATCH_SECONDS = 15.0
_QUESTION_SECONDS = 5.0
_STOP_SECONDS = 4.0
_POLL_SECONDS = 0.1
# Between two looks whether an operator lets records be read.
_HOLD_SECONDS = 1.0


class RecordReading:
    """Reads the topics of one company, under one configuration, in threads of its own from start() to end(). `changed`
    is called after each commit.

    `failed`: why it has ended by itself, which only too many rejected records (errorLimit) do.
    """

    def __init__(
        self, settings: Settings, company: Company, environ: Mapping[str, str], changed: Callable[[], None]
    ) -> None:
        self._settings, self._company, self._environ, self._changed = settings, company, environ, changed
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kafka", daemon=True)
        self.failed: RunStopped | None = None

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.start()

    def end(self) -> None:
        """Asks it to end; returns at once."""
        self._is_ending.set()

    def join(self, seconds: float) -> None:
        """Waits for its end: batches are finished or rolled back, partitions given back, the group left."""
        self._thread.join(min(seconds, _STOP_SECONDS))

    def _run(self) -> None:
        ServiceRetry(_BACKOFF, _log).run("records wait", self._prepare_and_read, self._is_ending)

    def _prepare_and_read(self) -> None:
        try:
            with build_runtime(self._settings, self._company, self._environ) as runtime:
                while not self._is_ending.is_set():
                    if self._waits_for_release(runtime):
                        prepare_without_import(runtime)
                        self._read_and_alert(runtime)
        except RunStopped as stop:
            self.failed = stop
            _log.error("%s", stop)

    def _waits_for_release(self, runtime: Runtime) -> bool:
        """Waits as long as an operator lets nothing begin here; False: the service ends."""
        reported = ""
        while not self._is_ending.is_set():
            hold = hold_here(runtime)
            if hold is None:
                return True
            if str(hold) != reported:
                reported = str(hold)
                _log.info("no records are read: %s", reported)
            self._is_ending.wait(_HOLD_SECONDS)
        return False

    def _read_and_alert(self, runtime: Runtime) -> None:
        alerts = TopicAlerts(runtime, "reading")
        alerts.start()
        try:
            self._read(runtime, alerts)
        except RunStopped as stop:
            alerts.begin(AlertKind.READING_STOPPED, "", str(stop))
            alerts.send_now()
            raise
        finally:
            alerts.stop()

    def _read(self, runtime: Runtime, alerts: TopicAlerts) -> None:
        """Reads until it is stopped or on hold. Raises the fault of the first worker that ends."""
        source = self._settings.kafka.in_migration
        into = record_store_of(runtime, rules_of(source))
        owner = f"{socket.gethostname()} {runtime.owner}"
        zone = zone_of(self._settings.in_migration.time_zone, self._environ)
        beside = _Beside(runtime, into, owner, zone, alerts, self._changed)
        shared = SharedReading(runtime, into, source, beside.committed, beside.taken)
        workers = Workers(shared, owner, self._environ)
        workers.start()
        for thread in beside.threads:
            thread.start()
        try:
            looked_at = time.monotonic()
            while not self._is_ending.wait(_POLL_SECONDS):
                if time.monotonic() - looked_at >= _HOLD_SECONDS:
                    looked_at = time.monotonic()
                    if hold_here(runtime):
                        break
                workers.check()
        finally:
            workers.stop()
            for thread in beside.threads:
                thread.stop()
            workers.join()
            for thread in beside.threads:
                thread.join(1.0)


class _Beside:
    """What follows commits, and what schedules ask for. `changed` is called after each commit."""

    def __init__(
        self,
        runtime: Runtime,
        into: RecordStore,
        owner: str,
        zone: tzinfo,
        alerts: TopicAlerts,
        changed: Callable[[], None],
    ) -> None:
        source, connection = runtime.settings.kafka.in_migration, runtime.settings.kafka.connection
        self._runtime, self._alerts, self._changed = runtime, alerts, changed
        self._has_merged = False
        self._sizes = TopicSizes(runtime.settings.worker_count)
        sender = DeadLetterSender(into, source, connection)
        watch = PartitionWatch(into, Admin(connection, seconds=_QUESTION_SECONDS), source, owner, alerts)
        of_records = RecordsWatch(into, Admin(connection, seconds=_QUESTION_SECONDS), source, alerts)
        scheduled = Scheduled(_schedules(runtime, into, self._follow_soon), zone)
        self._follower = Thread("out_ tables of records", self._follow)
        self._watch = Thread("the watch of partitions", watch, every=_WATCH_SECONDS)
        self._watch_of_versions = Thread(
            "the watch of out_ versions", lambda: keep_version_alerts(runtime, alerts), every=_WATCH_SECONDS
        )
        self._watch_of_records = Thread("the watch of records", of_records, every=_WATCH_SECONDS)
        self._post = Thread("dead letters", lambda: _without_result(sender.send()), every=_SEND_SECONDS)
        self.threads = (
            self._follower,
            self._post,
            self._watch,
            self._watch_of_records,
            self._watch_of_versions,
            Thread("schedules of records", scheduled, every=scheduled.every),
        )

    def committed(self, outcome: BatchOutcome) -> None:
        if outcome.unit is not None:
            self._has_merged = True
            self._follow_soon()
        if outcome.dead_letters:
            self._post.wake()
            self._watch_of_records.wake()

    def taken(self, sizes: Mapping[str, int]) -> None:
        """Partitions have come: some may be stopped, and the workers may share those of a topic unevenly."""
        for text in self._sizes.notices(sizes):
            _log.warning("%s", text)
        self._watch.wake()

    def _follow_soon(self) -> None:
        self._follower.wake()
        self._changed()

    def _follow(self) -> None:
        show_batches(self._runtime)
        if self._has_merged:
            self._alerts.end(AlertKind.READING_STOPPED, "")


def _without_result(_: object) -> None:
    """Drops the number of letters that were sent: a thread asks for a function without a result."""


def _schedules(
    runtime: Runtime, into: RecordStore, changed: Callable[[], None]
) -> dict[str, tuple[Schedule, Callable[[], None]]]:
    source = runtime.settings.kafka.in_migration
    in_migration = runtime.settings.in_migration
    limit, days = in_migration.clean_limit, in_migration.clean_days
    schedules, interval = source.schedules, source.interval_minutes

    def apply() -> None:
        outcome = apply_references(into, interval_minutes=interval)
        if outcome.unit is not None:
            _log.info("waiting links were tried again: batch %d", outcome.unit)
            changed()

    def clean() -> None:
        cleaned = clean_records(into, limit=limit, dead_letter_days=days)
        _log.info("%d recordIds and %d dead letters were deleted", cleaned.record_ids, cleaned.dead_letters)

    def clean_references() -> None:
        cleaned = clean_store(runtime)
        _log.info("%d waiting links that have found their end were deleted", cleaned.ended)
        _log.info("%d rows of the journal and %d old units were deleted", cleaned.journal, cleaned.units)

    return {
        "applyRefBoi": (schedules.apply_references, apply),
        "deleteRecords": (schedules.delete_records, clean),
        "deleteUnActualRecords": (schedules.delete_references, clean_references),
    }
