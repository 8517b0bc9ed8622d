"""Sends an event: each channel is tried once, within a time limit; failures are logged."""

import logging
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
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
        with tempfile.TemporaryFile() as reported, tempfile.TemporaryFile() as stderr:
            reported.write(event.json.encode() + b"\n")
            reported.seek(0)
            try:
                process = subprocess.Popen(
                    self.command,
                    stdin=reported,
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                    env=environ,
                    start_new_session=True,
                )
            except OSError as error:
                return f"it cannot be started: {error.strerror}"
            return self._wait(process, stderr)

    def _passes(self, name: str) -> bool:
        """Whether the command gets the variable: only those meant for it."""
        return (name in _PASSED or name.startswith(_PASSED_PREFIXES)) and name not in self.withheld

    def _wait(self, process: "subprocess.Popen[bytes]", stderr: IO[bytes]) -> str:
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
        stderr.seek(0)
        words = stderr.read(_SHOWN).decode(errors="replace").strip().split("\n")[0]
        return f"it ended with exit code {code}" + (f": {words}" if words else "")

    def _post(self, event: Event) -> str:
        # Here, since few runs have such a hook, and to import a client of HTTP takes time.
        from etl.notifications.hooks.post import post

        return post(self.url, event.json, self.seconds)
