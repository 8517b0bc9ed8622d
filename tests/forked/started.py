"""A command that is forked, and used as a started program: signals, pipes and exit code."""

import os
import subprocess
import threading
from collections.abc import Mapping
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from tests.forked import command, fork


class Started(subprocess.Popen[str]):
    """`etl <arguments>` in a folder, as subprocess starts it with text and two pipes, without its imports."""

    # What the base class asks for; its own __init__ would start a program.
    stdin = None
    encoding, errors, text_mode = "utf-8", "strict", True
    _communication_started, _input, _sigint_wait_secs = False, None, 0.25

    def __init__(self, arguments: tuple[str, ...], environ: Mapping[str, str], folder: Path) -> None:
        self.args = ["etl", *arguments]
        self.returncode = None
        self._waitpid_lock = threading.Lock()
        (self.stdout, out), (self.stderr, err) = _pipe(), _pipe()
        self._process = fork(command, out, err, environ, folder, arguments)
        self._child_created = True
        assert self._process.pid
        self.pid = self._process.pid
        # Else there would be no end of the output: the child has its own.
        out.close()
        err.close()

    def _internal_poll(self, *_: object, **__: object) -> int | None:
        with self._waitpid_lock:
            if self.returncode is None:
                self.returncode = self._process.exitcode
        return self.returncode

    def _wait(self, timeout: float | None) -> int:
        if self._internal_poll() is None:
            connection.wait([self._process.sentinel], timeout)
        if self._internal_poll() is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode


def _pipe() -> tuple[IO[str], Connection]:
    reading, writing = connection.Pipe(duplex=False)
    stream = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
    reading.close()
    return stream, writing
