"""`etl run --loop` as a process, with its log as it grows."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from subprocess import Popen, TimeoutExpired
from typing import Any

from tests.fix_company import PATIENCE_SECONDS, Site, is_measured, until

# A service ends within five seconds.
_END_SECONDS = 15.0


@dataclass
class Service:
    """A started service; `log` is what it has written to the standard error output so far."""

    process: "Popen[str]"
    log: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        pairs = ((self.process.stderr, self.log), (self.process.stdout, self.lines))
        self._followers = [threading.Thread(target=self._follow, args=pair, daemon=True) for pair in pairs]
        for follower in self._followers:
            follower.start()

    @staticmethod
    def _follow(stream: Any, into: list[str]) -> None:
        with stream:
            for line in stream:
                into.append(line.rstrip("\n"))

    def wait_for_log(self, *texts: str, times: int = 1) -> None:
        """Waits until the log says one of them."""

        def found() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended with {self.process.returncode}:\n" + "\n".join(self.log))
            return sum(any(text in line for text in texts) for line in self.log) >= times

        until(found, f"the log says {' or '.join(texts)!r}; it says:\n" + "\n".join(self.log))

    @property
    def runs(self) -> list[Any]:
        """The runs that are done."""
        return [json.loads(line) for line in list(self.lines)]

    def wait_for_runs(self, runs: int) -> Any:
        """Waits until there are this many runs in all; returns the last one."""
        until(lambda: len(self.runs) >= runs, f"{runs} runs are done; the log says:\n" + "\n".join(self.log))
        return self.runs[runs - 1]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait_for_exit(self) -> int:
        """Waits for its end; returns the exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        for follower in self._followers:
            follower.join()
        return code

    def end(self) -> None:
        """Ends it if it still lives, and waits for that."""
        if self.process.poll() is None:
            if is_measured():
                self._ask_to_end()
            self.process.kill()
        self.wait_for_exit()

    def _ask_to_end(self) -> None:
        """A killed process cannot say which branches it has taken."""
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        with suppress(TimeoutExpired):
            self.process.wait(_END_SECONDS)


@contextmanager
def serving(site: Site, *, is_program: bool = False, **environ: str) -> Iterator[Service]:
    """A service of the site, a program of its own if asked for; ended at the end if it still lives."""
    start = site.start_program if is_program else site.start
    service = Service(start("run", "--loop", "--json", **environ))
    try:
        yield service
    finally:
        service.end()


@contextmanager
def manager(path: str) -> Iterator[list[str]]:
    """systemd's end of NOTIFY_SOCKET: every message as it comes."""
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(path)
        os.chmod(path, 0o666)

        def listen() -> None:
            while message := ear.recv(4096).decode():
                heard.extend(message.split("\n"))

        threading.Thread(target=listen, daemon=True).start()
        yield heard
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
            mouth.sendto(b"", path)


SIGNALS = {signal.SIGTERM: 143, signal.SIGINT: 130}
