"""A line to a domain controller, in the hands of a test."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fix_database import LOOPBACK


class Line:
    """Carries what is said to and from a server. `cuts`: this number of connections is cut, each once its answers have
    more bytes than `cut_behind_bytes`."""

    def __init__(self, address: str, port: int, server: tuple[str, int] | None) -> None:
        self._server = server
        self.address = address
        self._door = socket.create_server((address, port))
        self.port = int(self._door.getsockname()[1])
        self.calls = 0
        self.cuts = 0
        self.cut_behind_bytes = 0
        threading.Thread(target=self._admit, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _admit(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._door.accept()
                self.calls += 1
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with contextlib.suppress(OSError), caller:
            if self._server is None:  # a server that is connected and says nothing
                while caller.recv(65536):
                    pass
                return
            with socket.create_connection(self._server) as called:
                asking = threading.Thread(target=self._carry, args=(caller, called, 0), daemon=True)
                asking.start()
                self._carry(called, caller, self.cut_behind_bytes if self.cuts else 0)
            asking.join()

    def _carry(self, source: socket.socket, target: socket.socket, most: int) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                carried += len(data)
                if most and carried > most:
                    self.cuts -= 1
                    break
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(server: tuple[str, int] | None, *, address: str = LOOPBACK, port: int = 0) -> Iterator[Line]:
    """A line to a server; None: one that says nothing."""
    line = Line(address, port, server)
    try:
        yield line
    finally:
        line.close()
