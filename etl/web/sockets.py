"""The sockets that the server listens on: those of --listen, or those that systemd has opened."""

import errno
import ipaddress
import os
import socket
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError, EnvironmentFault

_UNIX: Final = "unix:"
_FIRST_PASSED: Final = 3  # systemd passes descriptors from 3 on (sd_listen_fds)
_BACKLOG: Final = 512
_SOCKET_MODE: Final = 0o660


@dataclass(frozen=True)
class Address:
    """One --listen: host and port, or the path of a socket. The host of an IPv6 address has no brackets."""

    host: str = ""
    port: int = 0
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """From `HOST:PORT`, `[::1]:8080` or `unix:/run/etl/web.sock`."""
        if text.startswith(_UNIX):
            path = text.removeprefix(_UNIX)
            if not path.startswith("/"):
                raise ConfigurationError(f"--listen {text}: write the whole path of the socket, unix:/run/etl/web.sock")
            return cls(path=path)
        host, _, port = text.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        is_bracketed = host.startswith("[") and host.endswith("]")
        if not bare or not (port.isascii() and port.isdecimal()) or int(port) > 65_535:
            raise ConfigurationError(f"--listen {text}: write HOST:PORT or unix:PATH")
        if ":" in bare and not is_bracketed:
            raise ConfigurationError(f"--listen {text}: write an IPv6 address in brackets, [::1]:8080")
        return cls(bare, int(port))

    @property
    def is_private(self) -> bool:
        """Whether only this machine can connect."""
        if self.path or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback
        except ValueError:
            return False

    @property
    def host_name(self) -> str:
        """As the header Host has it."""
        return f"[{self.host}]" if ":" in self.host else self.host.lower()

    def __str__(self) -> str:
        return f"{_UNIX}{self.path}" if self.path else f"{self.host_name}:{self.port}"


def passed_sockets(environ: Mapping[str, str]) -> list[socket.socket]:
    """Those that systemd has opened for this process, and no other; none without LISTEN_FDS."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = environ.get("LISTEN_FDS", "")
    if not count.isdecimal():
        return []
    found = []
    for number in range(_FIRST_PASSED, _FIRST_PASSED + int(count)):
        os.set_inheritable(number, False)
        try:
            passed = socket.socket(fileno=number)
        except OSError as error:
            raise EnvironmentFault(f"LISTEN_FDS says {count}, but descriptor {number} is no socket") from error
        passed.setblocking(False)
        found.append(passed)
    return found


def address_of(passed: socket.socket) -> Address:
    """Where a socket listens."""
    name = passed.getsockname()
    if passed.family == socket.AF_UNIX:
        return Address(path=name if isinstance(name, str) else name.decode(errors="replace"))
    return Address(str(name[0]), int(name[1]))


@contextmanager
def listening(addresses: Sequence[Address]) -> Iterator[list[socket.socket]]:
    """The sockets for the time of a `with` block; files of Unix sockets are removed at its end."""
    opened: list[socket.socket] = []
    paths: list[tuple[Path, int]] = []
    try:
        for address in addresses:
            if address.path:
                opened.append(_open_unix(Path(address.path)))
                paths.append((Path(address.path), Path(address.path).stat().st_ino))
            else:
                opened += _open(address)
        yield opened
    finally:
        for one in opened:
            one.close()
        for path, inode in paths:
            _remove_own(path, inode)


def _open(address: Address) -> list[socket.socket]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigurationError(f"--listen {address}: the host is unknown ({error.strerror})") from error
    opened: list[socket.socket] = []
    for family, kind, protocol, _, address_of_it in dict.fromkeys(found):
        one = socket.socket(family, kind, protocol)
        opened.append(one)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            one.bind(address_of_it)
            one.listen(_BACKLOG)
        except OSError as error:
            for each in opened:
                each.close()
            raise _cannot_listen(address, error) from error
        one.setblocking(False)
    return opened


def _open_unix(path: Path) -> socket.socket:
    """A socket file that only owner and group can connect to; one that a killed process has left is removed."""
    _remove_dead(path)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~_SOCKET_MODE)
    try:
        one.bind(str(path))
        one.listen(_BACKLOG)
    except OSError as error:
        one.close()
        raise _cannot_listen(Address(path=str(path)), error) from error
    finally:
        os.umask(before)
    one.setblocking(False)
    return one


def _remove_dead(path: Path) -> None:
    try:
        found = path.lstat()
    except OSError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ConfigurationError(f"--listen unix:{path}: there is a file that is no socket: choose another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise _cannot_listen(Address(path=str(path)), error) from error
    raise EnvironmentFault(f"another process listens on unix:{path}: end it, or choose another --listen")


def _remove_own(path: Path, inode: int) -> None:
    """Unless another process has made a socket of that name meanwhile."""
    try:
        if path.lstat().st_ino == inode:
            path.unlink()
    except OSError:
        return


def _cannot_listen(address: Address, error: OSError) -> EnvironmentFault:
    what = "the port is in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
    return EnvironmentFault(f"cannot listen on {address}: {what}: choose another --listen")
