"""Signals of the service in a process of their own; and the watchdog of systemd."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

from etl.engine.service import signals
from etl.engine.service.systemd import ServiceManager
from etl.errors import Stopped
from tests.forked import fork


def _begin() -> signals.Signals:
    signals._TASK_SECONDS = signals._CLOSING_SECONDS = 0.05
    made = signals.Signals()
    os.kill(os.getpid(), signal.SIGALRM)  # of somebody else
    made.check()
    os.kill(os.getpid(), signal.SIGTERM)
    return made


def _stuck() -> None:
    _begin()
    while True:
        time.sleep(0.01)


def _at_work() -> None:
    made = _begin()
    try:
        made.is_at_work = True
        while True:
            time.sleep(0.01)
    except Stopped as stopped:
        signal.setitimer(signal.ITIMER_REAL, 0)
        os._exit(stopped.exit_code + 1)


def _ended(act: object) -> int | None:
    process = fork(act)  # type: ignore[arg-type]
    process.join(30)
    return process.exitcode


def test_a_process_that_is_stuck_ends_all_the_same() -> None:
    """A timer without a signal that asks it to end does nothing."""
    assert _ended(_stuck) == 128 + signal.SIGTERM


def test_what_is_at_work_is_interrupted_first() -> None:
    assert _ended(_at_work) == 128 + signal.SIGTERM + 1


def test_the_watchdog_hears_nothing_of_a_service_that_is_stuck(tmp_path: Path) -> None:
    answers = [False, False, True]
    address = str(tmp_path / "notify")

    def is_alive() -> bool:
        if not answers:
            threading.Event().wait()  # for ever: it asks no more, and nothing else ends its thread
        return answers.pop(0)

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        ear.settimeout(30)
        manager = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000"})
        assert manager.watchdog_seconds == 0.03
        manager.watch(is_alive)
        assert ear.recv(100) == b"WATCHDOG=1"
        assert answers == []
        manager.status("stuck")
        assert ear.recv(100) == b"STATUS=stuck", "once for the one time that it lived"
