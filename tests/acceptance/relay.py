"""A line to a server, in the hands of a test."""

import contextlib
import socket
import struct
import threading

from kazoo.client import KazooClient

from tests.fix_database import LOOPBACK

# ZooKeeper's first word to a client: length, protocol, timeout, session, length and text of its password.
_GREETING = struct.Struct(">iiiqi16s")


class Relay:
    """A line to a server that can be cut, fixed and laid to another one; its own address stays."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._greeting = b""
        self._pairs: list[socket.socket] = []
        self.port = 0
        self.fix()

    def fix(self) -> None:
        self._door = socket.create_server((LOOPBACK, self.port), reuse_port=True)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._admit, args=(self._door,), daemon=True).start()

    def cut(self) -> None:
        for one in (self._door, *self._pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._pairs.clear()

    def _admit(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = door.accept()
                host, _, port = self.server.rpartition(":")
                try:
                    called = socket.create_connection((host, int(port)))
                except ConnectionRefusedError:
                    caller.close()
                    continue
                self._pairs += [caller, called]
                threading.Thread(target=self._carry, args=(caller, called), daemon=True).start()
                threading.Thread(target=self._answer, args=(called, caller), daemon=True).start()

    def _answer(self, called: socket.socket, caller: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._greeting = called.recv(_GREETING.size)
            caller.sendall(self._greeting)
        self._carry(called, caller)

    def expire(self) -> None:
        """ZooKeeper forgets the session of the last caller: another client has joined it and closed it."""
        _, _, _, session, _, password = _GREETING.unpack(self._greeting)
        other = KazooClient(hosts=self.server, client_id=(session, password))
        other.start()
        assert other.client_id == (session, password)
        other.stop()
        other.close()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
