"""Stands between a runner and PostgreSQL, counts the round trips of all connections, and injects a fault at one."""

import os
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from tests.crash import wire_protocol
from tests.fix_database import LOOPBACK

# Longer than any answer takes; a thread that waits so long has been forgotten.
_PATIENCE_SECONDS = 120
_RESET = struct.pack("ii", 1, 0)


class Mode(StrEnum):
    """The kind of fault at a round trip."""

    KILL_BEFORE = "killed before the question is sent"
    KILL_AFTER = "killed before the answer to what is done"
    CUT_BEFORE = "connection cut before the question is sent"
    CUT_AFTER = "connection cut before the answer to what is done"
    FREEZE = "frozen before the question is sent, woken when a new owner has finished"
    TERMINATE = "SIGTERM before the question is sent"
    ENDED = "57P01"
    SERIALIZATION = "40001"
    DISK_FULL = "53100"
    NOT_ALLOWED = "42501"

    @property
    def kills(self) -> bool:
        return self in (Mode.KILL_BEFORE, Mode.KILL_AFTER)

    @property
    def is_error(self) -> bool:
        return len(self) == 5


@dataclass
class Fault:
    """`at`: the number of the round trip, from 1; 0: never. `contains`: only trips that contain it count for `at`."""

    at: int
    mode: Mode
    contains: str = ""
    seen: int = 0
    trip: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    resume: threading.Event = field(default_factory=threading.Event)


class Proxy:
    """Answers on `port` of the loopback as the server would."""

    def __init__(self, listener: socket.socket, server_port: int) -> None:
        self.port: int = listener.getsockname()[1]
        self.trips: list[str] = []
        self._server_port = server_port
        self._listener = listener
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._target: int | None = None
        self._has_target = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def arm(self, fault: Fault | None) -> None:
        """Counts again, for the runner that starts next."""
        with self._lock:
            self.trips, self._fault, self._target = [], fault, None
            self._has_target.clear()

    def set_target(self, pid: int) -> None:
        """The runner has started; it gets no answer before this is called."""
        self._target = pid
        self._has_target.set()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with ExitStack() as stack:
            stack.enter_context(suppress(OSError))  # either side hung up: both are closed now
            stack.enter_context(client)
            asking = stack.enter_context(client.makefile("rb"))
            message = wire_protocol.read_first(asking)
            while message and message.asks_for_encryption:
                client.sendall(b"N")
                message = wire_protocol.read_first(asking)
            server = stack.enter_context(socket.create_connection((LOOPBACK, self._server_port)))
            answering = stack.enter_context(server.makefile("rb"))
            if message and message.is_cancel:
                server.sendall(message.frame)
                return
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            last = b""
            while message:
                # The end of a COPY that a simple query has begun: no synchronization follows it.
                ends_copy = message.tag in (b"c", b"f") and last == b"Q"
                if not message.is_question and not ends_copy:
                    server.sendall(message.frame)
                elif not self._trip(message, client, server, answering):
                    return
                last = message.tag if message.is_question else last
                message = wire_protocol.read(asking)

    def _trip(
        self, message: wire_protocol.Message, client: socket.socket, server: socket.socket, answering: BinaryIO
    ) -> bool:
        fault = self._next(message)
        if fault:
            self._has_target.wait(_PATIENCE_SECONDS)
            return self._hit(fault, message, client, server, answering)
        server.sendall(message.frame)
        answer, lives = _answer(answering)
        client.sendall(answer)
        return lives

    def _next(self, message: wire_protocol.Message) -> Fault | None:
        with self._lock:
            self.trips.append(message.text)
            fault = self._fault
            if fault is None or fault.contains not in message.text or fault.reached.is_set():
                return None
            fault.seen += 1
            if fault.seen != fault.at:
                return None
            fault.trip = message.text
            return fault

    def _hit(
        self,
        fault: Fault,
        message: wire_protocol.Message,
        client: socket.socket,
        server: socket.socket,
        answering: BinaryIO,
    ) -> bool:
        mode = fault.mode
        if mode.is_error:
            fault.reached.set()
            return _refuse(mode, message, client, server, answering)
        if mode in (Mode.KILL_AFTER, Mode.CUT_AFTER):
            server.sendall(message.frame)
            _answer(answering)
        if mode.kills:
            self._signal(signal.SIGKILL)
        fault.reached.set()
        if mode in (Mode.FREEZE, Mode.TERMINATE):
            self._signal(signal.SIGSTOP if mode is Mode.FREEZE else signal.SIGTERM)
            if mode is Mode.FREEZE:
                fault.resume.wait(_PATIENCE_SECONDS)
            server.sendall(message.frame)
            answer, lives = _answer(answering)
            client.sendall(answer)
            return lives
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return False

    def _signal(self, number: signal.Signals) -> None:
        assert self._target
        os.kill(self._target, number)


def _answer(answering: BinaryIO) -> tuple[bytes, bool]:
    """All that the server says to a question, and whether it is still there."""
    frames = []
    while message := wire_protocol.read(answering):
        frames.append(message.frame)
        if message.ends_answer:
            return b"".join(frames), True
    return b"".join(frames), False


def _refuse(
    mode: Mode, message: wire_protocol.Message, client: socket.socket, server: socket.socket, answering: BinaryIO
) -> bool:
    """An error in place of the answer, after which the server's transaction stands as it does after a true one."""
    # What is not a simple query (a driver's own question) cannot be replaced on the server: then the session ends.
    if message.is_login or mode is Mode.ENDED or message.tag != b"Q":
        client.sendall(wire_protocol.fatal(mode.value))
        return False
    end = "rollback; " if message.ends_transaction else ""
    server.sendall(wire_protocol.query(f"{end}do $$ begin raise 'the proxy says so' using errcode = '{mode}'; end $$"))
    while reply := wire_protocol.read(answering):
        if reply.tag in b"EZ":
            client.sendall(reply.frame)
        if reply.ends_answer:
            return True
    return False


@contextmanager
def proxying(server_port: int) -> Iterator[Proxy]:
    """A proxy for the time of a `with` block."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        proxy = Proxy(listener, server_port)
        yield proxy
        listener.shutdown(socket.SHUT_RDWR)
