"""A middlebox that hangs: it still takes every byte, which the kernel acknowledges, and carries none of them."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from tests.fix_database import LOOPBACK


class Middlebox:
    """Answers on `port` of the loopback as the server would, until it swallows what comes. `admitted`: connections that
    were made to it."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._all = False
        self._words = b""
        self._keeps_question = False
        self._lock = threading.Lock()
        self.swallowed = threading.Event()
        self.admitted = 0
        threading.Thread(target=self._admit, daemon=True).start()

    def swallow_from(self, words: bytes, *, with_question: bool) -> None:
        """The first connection whose client says these words hangs from then on, in both directions: with the question
        itself, or with the answer to it."""
        with self._lock:
            self._words, self._keeps_question = words, with_question
            self.swallowed.clear()

    def swallow_all(self) -> None:
        """Every connection hangs, and those that are made."""
        self._all = True

    def carry(self) -> None:
        """Connections that are made now work."""
        self._all = False

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _admit(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.admitted += 1
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        hangs = threading.Event()
        with ExitStack() as stack:
            stack.enter_context(suppress(OSError))
            stack.enter_context(client)
            server = stack.enter_context(socket.create_connection((LOOPBACK, self._server_port)))
            back = threading.Thread(target=self._carry, args=[server, client, hangs], daemon=True)
            back.start()
            self._carry(client, server, hangs, is_asking=True)
            back.join()

    def _carry(
        self, source: socket.socket, target: socket.socket, hangs: threading.Event, *, is_asking: bool = False
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self._all:
                    hangs.set()
                if hangs.is_set():
                    continue
                if is_asking and self._is_asked_for(data):
                    hangs.set()
                    if self._keeps_question:
                        self.swallowed.set()
                        continue
                target.sendall(data)
                if hangs.is_set():
                    self.swallowed.set()
        if not hangs.is_set():
            with suppress(OSError):
                target.shutdown(socket.SHUT_RDWR)

    def _is_asked_for(self, data: bytes) -> bool:
        with self._lock:
            if not self._words or self._words not in data:
                return False
            self._words = b""
            return True


@contextmanager
def middlebox(server_port: int) -> Iterator[Middlebox]:
    """One for the time of a `with` block."""
    box = Middlebox(server_port)
    try:
        yield box
    finally:
        box.close()
