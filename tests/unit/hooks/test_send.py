"""What becomes of an event: a command that takes too long or fails, an address that does not answer."""

import logging
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.errors import Stopped
from etl.notifications.hooks.event import Event
from etl.notifications.hooks.send import Channel, Hooks

EVENT = Event("run.done", "demo", datetime(2026, 1, 2, tzinfo=UTC), "a run is done", {})


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", program)


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        (Hooks(python("import time; time.sleep(60)"), seconds=0.2), "it took longer than 0 s and was ended"),
        (Hooks(python("import sys; sys.exit('no disk\\nmore')")), "it ended with exit code 1: no disk"),
        (Hooks(python("import sys; sys.exit(3)")), "it ended with exit code 3"),
        (Hooks(("/no/such/program",)), "it cannot be started: No such file or directory"),
        (Hooks(url="http://127.0.0.1:1/x"), "Connection refused"),
        (Hooks(url="http://127.0.0.1:port/x"), "InvalidURL"),
    ],
)
def test_what_did_not_receive_it_is_in_the_log(hooks: Hooks, said: str, caplog: pytest.LogCaptureFixture) -> None:
    [_, channel] = hooks.channels
    assert hooks.send(channel, EVENT) is False
    assert caplog.messages == [f"{'hookUrl' if hooks.url else 'hookCommand'} did not receive run.done: {said}"]


def test_a_signal_ends_the_command_too(tmp_path: Path) -> None:
    """What waits for it is interrupted, and leaves no process behind."""

    def stop(number: int, _: object) -> None:
        raise Stopped(number)

    program = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Stopped):
            Hooks(python(program)).send(Channel.COMMAND, EVENT)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    started = (tmp_path / "pid").read_text() if (tmp_path / "pid").exists() else ""
    assert not started or not Path(f"/proc/{started}").exists()


def test_what_received_it_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    hooks = Hooks(python("import sys; sys.exit(0 if 'run.done' in sys.stdin.read() else 1)"))
    assert hooks.are_called
    assert hooks.send(Channel.COMMAND, EVENT) is True
    hooks.send_all(EVENT)
    assert caplog.messages == []
    assert hooks.send(Channel.LOG, EVENT) is True
    assert caplog.record_tuples == [("etl.notifications.hooks", logging.WARNING, "run.done: a run is done")]
    assert Hooks().channels == (Channel.LOG,)
