"""Sends an event: each channel is tried once, within a time limit; failures are logged."""

import logging
import os
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPException, HTTPMessage
from typing import IO

from etl.notifications.hooks.event import Event
from etl.quoting import printable

_log = logging.getLogger("etl.notifications.hooks")

_SHOWN = 200

# What any program needs. Variables for hooks have names that begin with ETL_HOOK_.
_PASSED = frozenset(
    ["HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ", "USER"],
)
_PASSED_PREFIXES = ("ETL_HOOK_", "LC_")


class Channel(StrEnum):
    """Where notifications go. Ended runs are not sent to LOG: the log has them anyway."""

    LOG = "log"
    COMMAND = "command"
    URL = "url"


@dataclass(frozen=True)
class Hooks:
    """The configured hooks. `withheld`: environment variables that settings refer to; the command does not get them."""

    command: tuple[str, ...] = ()
    url: str = field(default="", repr=False)
    seconds: float = 10.0
    withheld: frozenset[str] = frozenset()

    @property
    def are_called(self) -> bool:
        return bool(self.command or self.url)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The log, and the configured hooks."""
        return (Channel.LOG, *((Channel.COMMAND,) if self.command else ()), *((Channel.URL,) if self.url else ()))

    def send_all(self, event: Event) -> None:
        """Sends an event to all configured hooks, not to the log."""
        for channel in self.channels:
            if channel is not Channel.LOG:
                self.send(channel, event)

    def send(self, channel: Channel, event: Event) -> bool:
        """Sends an event to one channel; returns whether it was received."""
        if channel is Channel.LOG:
            _log.warning("%s: %s", event.name, printable(event.message))
            return True
        fault = self._run(event) if channel is Channel.COMMAND else self._post(event)
        if fault:
            key = "hookCommand" if channel is Channel.COMMAND else "hookUrl"
            _log.warning("%s did not receive %s: %s", key, event.name, printable(fault))
        return not fault

    def _run(self, event: Event) -> str:
        environ = {name: value for name, value in os.environ.items() if self._passes(name)}
        # Files, not pipes: a child that the command leaves behind does not block us.
        with tempfile.TemporaryFile() as reported, tempfile.TemporaryFile() as said:
            reported.write(event.json.encode() + b"\n")
            reported.seek(0)
            try:
                process = subprocess.Popen(
                    self.command,
                    stdin=reported,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env=environ,
                    start_new_session=True,
                )
            except OSError as error:
                return f"it cannot be started: {error.strerror}"
            return self._wait(process, said)

    def _passes(self, name: str) -> bool:
        """Whether the command gets the variable: only those meant for it."""
        return (name in _PASSED or name.startswith(_PASSED_PREFIXES)) and name not in self.withheld

    def _wait(self, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> str:
        try:
            code = process.wait(self.seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return f"it took longer than {self.seconds:.0f} s and was ended"
            raise
        if not code:
            return ""
        said.seek(0)
        words = said.read(_SHOWN).decode(errors="replace").strip().split("\n")[0]
        return f"it ended with exit code {code}" + (f": {words}" if words else "")

    def _post(self, event: Event) -> str:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "etl"}
        request = urllib.request.Request(self.url, event.json.encode(), headers, method="POST")  # noqa: S310
        try:
            with urllib.request.build_opener(_NoRedirects).open(request, timeout=self.seconds):
                return ""
        except urllib.error.HTTPError as error:
            return f"it answered with status {error.code}"
        except urllib.error.URLError as error:
            return str(getattr(error.reason, "strerror", None) or type(error.reason).__name__)
        except (OSError, HTTPException, ValueError) as error:
            # Their text may repeat the URL, which may hold a token.
            return getattr(error, "strerror", None) or type(error).__name__


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: that would send the event, as a GET, to a URL that is not configured."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """None: the redirect counts as an error."""
