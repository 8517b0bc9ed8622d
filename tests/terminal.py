"""A real terminal around the real command, and what a person would read and press there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fix_company import PATIENCE_SECONDS, inherited

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Terminal:
    """The side of the terminal where the person sits."""

    master: int
    process: "subprocess.Popen[bytes]"
    seen: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        """Everything that was shown, without colours and movements."""
        return _CONTROL.sub("", self.seen.decode("utf-8", "replace"))

    def read(self, seconds: float) -> bool:
        """Reads what comes; False when the command has closed its side."""
        readable, _, _ = select.select([self.master], [], [], seconds)
        if readable:
            try:
                chunk = os.read(self.master, 65_536)
            except OSError:
                return False
            self.seen += chunk
            return bool(chunk)
        return True

    def until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.text:
            if not self.read(0.1) or time.monotonic() > deadline:
                pytest.fail(f"never saw {text!r} in …{self.text[-2000:]!r}")

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def ended(self) -> int:
        """The exit code; output is read on, so that the command is not held up."""
        while self.read(0.1) and self.process.poll() is None:
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell leaves it."""
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)


@contextmanager
def terminal(*arguments: str, environ: Mapping[str, str], cwd: Path) -> Iterator[Terminal]:
    """`etl` in a terminal of 120 by 40."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    clean = {"PATH": os.environ["PATH"], **inherited(), "HOME": str(cwd), "LANG": "C.UTF-8", "TERM": "xterm", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "etl", *arguments],
        env=clean,
        cwd=cwd,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        # The terminal becomes the session's own, so that Ctrl-C reaches the command.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    try:
        yield Terminal(master, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)
