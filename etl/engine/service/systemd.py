"""Notifies systemd (sd_notify(3)): ready, reloading, stopping, a status line, and the watchdog.

Without systemd there is no NOTIFY_SOCKET, and nothing is sent.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping


class ServiceManager:
    """The socket of $NOTIFY_SOCKET. A message that does not get through is lost without an error."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        # An abstract socket is written with @ and begins with a zero byte.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        is_for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        microseconds = environ.get("WATCHDOG_USEC", "")
        self.watchdog_seconds = int(microseconds) / 1e6 if microseconds.isdecimal() and is_for_us else 0.0
        self._status = ""

    def ready(self) -> None:
        """The service is up, or up again after `reloading`."""
        self._say("READY=1")

    def reloading(self) -> None:
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def status(self, text: str) -> None:
        if text != self._status:
            self._status = text
            self._say("STATUS=" + " ".join(text.split()))

    def watch(self, is_alive: Callable[[], bool]) -> None:
        """From now on notifies the watchdog three times within its timeout, as long as `is_alive` is true."""
        if self._address and self.watchdog_seconds:
            threading.Thread(target=self._keep_notifying, args=(is_alive,), name="watchdog", daemon=True).start()

    def _keep_notifying(self, is_alive: Callable[[], bool]) -> None:
        while True:
            if is_alive():
                self._say("WATCHDOG=1")
            time.sleep(self.watchdog_seconds / 3)

    def _say(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.setblocking(False)
                channel.sendto(message.encode(), self._address)
        except OSError:
            return
