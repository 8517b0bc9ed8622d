"""Alerts of topics, outputs and out_ versions: noted in the store when they begin and end, and sent to hooks.

What is noted and not sent, as the process has ended, the next command sends.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from etl.database import transaction
from etl.engine.beside import Thread
from etl.engine.notifications import hooks_of
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.notifications.alerts import Alerts, AlertSender

_log = logging.getLogger("in_kafka_migration")

_SEND_SECONDS = 30.0
_AGAIN_SECONDS = 60.0
_LAST_SECONDS = 1.5


class AlertKind(StrEnum):
    READING_STOPPED = "reading.stopped"
    PARTITION_STOPPED = "partition.stopped"
    PARTITION_HELD = "partition.held"
    SETTINGS_DIFFER = "settings.differ"
    RECORDS_LATE = "records.late"
    RECORDS_REJECTED = "records.rejected"
    LETTERS_UNSENT = "letters.unsent"
    OUTPUT_STOPPED = "output.stopped"
    VERSION_BEHIND = "version.behind"


class TopicAlerts:
    """Notes alerts in the store of one runtime, and sends them in a thread of its own. Any thread may call it.

    A store that does not answer is no fault: what is still wrong is noted at the next call.
    """

    def __init__(self, runtime: Runtime, name: str) -> None:
        self._engine = runtime.store_engine
        self._alerts = Alerts(runtime.store.schema)
        self._sender = _sender(runtime)
        self._thread = Thread(f"alerts of {name}", self._send, every=_SEND_SECONDS)
        self._is_owed = False
        # When this process noted last that something is right, so that it need not do so after each step.
        self._ended: dict[tuple[str, str], float] = {}

    def start(self) -> None:
        """Sends from now on, first what others have left."""
        self._thread.start()

    def stop(self) -> None:
        """Sends what is owed, unless that takes long: then the next command does."""
        self._thread.stop()
        self._thread.join(_LAST_SECONDS)
        if self._is_owed:
            last = threading.Thread(target=self.send_now, name="last alerts", daemon=True)
            last.start()
            last.join(_LAST_SECONDS)

    def begin(self, kind: AlertKind, subject: str, message: str) -> None:
        self._ended.pop((kind, subject), None)

        def note() -> bool:
            with transaction(self._engine) as connection:
                return self._alerts.begin(connection, kind, subject, message, self._sender.channels)

        self._owe(note)

    def end(self, kind: AlertKind, subject: str) -> None:
        now, at = time.monotonic(), self._ended.get((kind, subject))
        if at is None or now - at > _AGAIN_SECONDS:
            self.keep(kind, {}, [subject])
            self._ended[kind, subject] = now

    def keep(self, kind: AlertKind, wrong: Mapping[str, str], among: Collection[str] | None = None) -> None:
        """Of these subjects (None: of all) only those in `wrong` are wrong now, each with a message."""

        def note() -> bool:
            with transaction(self._engine) as connection:
                return self._alerts.end(connection, kind, among, list(wrong))

        self._owe(note)
        for subject, message in wrong.items():
            self.begin(kind, subject, message)

    def send_now(self) -> None:
        """Sends at once, where the process ends."""
        _noted(self._send)

    def _owe(self, note: Callable[[], bool]) -> None:
        is_new = False

        def act() -> None:
            nonlocal is_new
            is_new = note()

        if _noted(act) and is_new:
            self._is_owed = True
            self._thread.wake()

    def _send(self) -> None:
        self._is_owed = False
        self._sender.send()


def send_alerts(runtime: Runtime) -> None:
    """Sends what no process has sent. Never raises: a hook is no reason for a command to fail."""
    sender = _sender(runtime)
    if sender.channels:
        _noted(sender.send)


def _sender(runtime: Runtime) -> AlertSender:
    return AlertSender(runtime.store_engine, runtime.store.schema, runtime.company.code, hooks_of(runtime.settings))


def _noted(act: Callable[[], None]) -> bool:
    try:
        act()
    except EtlError as fault:
        _log.warning("alerts are noted or sent later: %s", fault)
        return False
    return True
