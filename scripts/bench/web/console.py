"""`etl web` as a process of its own, asked over HTTP; its log says how long each answer took."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from etl.web.roles import Role
from scripts.bench.server import LOOPBACK, Server, busy_ms
from scripts.bench.web.company import DATABASE, Made

_SECONDS = 60.0
_LOOK_SECONDS = 0.01
_SERVING = re.compile(r"Serving http://[\d.]+:(\d+)/")


@dataclass(frozen=True)
class Answer:
    """`ms`: what the server says that it took, from the request's head to the last byte; `busy_ms`: of the processor,
    by the server and its sessions."""

    status: int
    ms: int
    busy_ms: float
    body: bytes = field(repr=False)


@dataclass
class Console:
    """A running console."""

    port: int
    log: Path
    pid: int
    server: Server
    _asked: int = 0
    _read: int = 0
    _times: dict[str, int] = field(default_factory=dict)

    def ask(self, path: str, role: Role) -> Answer:
        """A page, as a viewer in a role gets it."""
        self._asked += 1
        before = self._busy_ms()
        request = f"bench-{self._asked}"
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=_SECONDS)
        try:
            connection.request("GET", path, headers={"X-Request-Id": request, **headers_of(role)})
            found = connection.getresponse()
            body = found.read()
        finally:
            connection.close()
        return Answer(found.status, self._time_of(request), self._busy_ms() - before, body)

    def _busy_ms(self) -> float:
        return busy_ms(self.pid) + self.server.serving_ms(DATABASE)

    def _time_of(self, request: str) -> int:
        deadline = time.monotonic() + _SECONDS
        while request not in self._times:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the log of etl web has no line of the request {request}")
            self._read_log()
            time.sleep(_LOOK_SECONDS)
        return self._times.pop(request)

    def _read_log(self) -> None:
        with self.log.open("rb") as log:
            log.seek(self._read)
            lines = log.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            _, brace, rest = line.partition(b'{"method"')
            if brace:
                found = json.loads(brace + rest)
                self._times[found["request_id"]] = found["ms"]


def headers_of(role: Role) -> dict[str, str]:
    """What a proxy says of a viewer in a role."""
    return {"X-Forwarded-User": role, "X-Forwarded-Groups": role}


@contextmanager
def serving(made: Made) -> Iterator[Console]:
    """A console for the time of a `with` block."""
    home = made.home
    environ = {**os.environ, "ETL_HOME": str(home), "ETL_CONFIG": f"file:{home / 'config'}"}
    command = [sys.executable, "-m", "etl", "web", "--listen", f"{LOOPBACK}:0"]
    out, err = home / "web.out", home / "web.err"
    with out.open("wb") as to, err.open("wb") as to_log:
        process = subprocess.Popen(command, env=environ, stdout=to, stderr=to_log)
        try:
            yield Console(_port(process, out, err), err, process.pid, made.server)
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _port(process: "subprocess.Popen[bytes]", out: Path, err: Path) -> int:
    deadline = time.monotonic() + _SECONDS
    while not (found := _SERVING.search(out.read_text())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"etl web does not serve: {err.read_text()}")
        time.sleep(_LOOK_SECONDS)
    return int(found[1])
