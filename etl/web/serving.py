"""`etl web`: opens what the console needs, and serves it."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from etl.config import Tree
from etl.errors import ConfigurationError
from etl.settings.web import WebSettings
from etl.web.app import Application
from etl.web.companies import Companies
from etl.web.console import Console
from etl.web.identity.identity import OpenIdentity
from etl.web.server import Server, server
from etl.web.sockets import Address, address_of, listening, passed_sockets


@dataclass(frozen=True)
class WebOptions:
    """What the command says. `listen`: as `Address.parse` takes it."""

    url: str
    listen: Sequence[str] = ()
    root_path: str = ""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    follow: Callable[[Tree], None] = lambda tree: None


@dataclass(frozen=True)
class Opened:
    """A server that is about to serve, and where."""

    server: Server
    sockets: Sequence[socket.socket]
    addresses: tuple[Address, ...]

    def serve(self) -> None:
        """Serves until a signal comes, or `server.end` is called."""
        self.server.run(sockets=list(self.sockets))


@contextmanager
def opened_console(options: WebOptions) -> Iterator[Opened]:
    """The server and its sockets for the time of a `with` block.

    Raises ConfigurationError for faulty options, and where anyone could connect without a sign-in.
    """
    wanted = [Address.parse(one) for one in options.listen]
    with ExitStack() as stack:
        companies = Companies(options.url, options.environ, follow=options.follow)
        stack.callback(companies.close)
        sockets = passed_sockets(options.environ) or stack.enter_context(listening(wanted))
        addresses = tuple(map(address_of, sockets))
        _refuse_open(addresses)
        threading.Thread(target=companies.follow_until_closed, name="configuration", daemon=True).start()
        ending = threading.Event()
        application = Application(
            Console(companies, OpenIdentity()),
            WebSettings,
            root_path=options.root_path,
            listened=tuple(one.host_name for one in (*addresses, *wanted) if one.host),
            why_not_ready=lambda: "the server ends" if ending.is_set() else "",
        )
        yield Opened(server(application.asgi(), ending.set), sockets, addresses)


def _refuse_open(addresses: Sequence[Address]) -> None:
    for address in addresses:
        if not address.is_private:
            raise ConfigurationError(
                f"--listen {address}: everyone who can connect would be an operator. Listen on 127.0.0.1 or on "
                "unix:PATH, or write identity=password or identity=proxy into configs/WebConfig.txt"
            )
