"""`etl web`: opens what the console needs, and serves it."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from etl.config import Tree, etl_home
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.settings.web import WebSettings
from etl.web.acting import Actors
from etl.web.app import Application
from etl.web.companies import Companies, writing
from etl.web.configuration import WebConfiguration
from etl.web.console import Console, database_role
from etl.web.filling.spool import SpoolSettings
from etl.web.filling.uploads import Uploads
from etl.web.identity.audit import Audit
from etl.web.identity.heartbeat import Heartbeat
from etl.web.identity.identity import ConfiguredIdentity
from etl.web.identity.proxy_languages import ProxyLanguages
from etl.web.identity.sessions import Sessions
from etl.web.roles import Role
from etl.web.server import GRACEFUL_SECONDS, Server, server
from etl.web.services import Services
from etl.web.signing_in import SigningIn
from etl.web.sockets import Address, address_of, listening, passed_sockets
from etl.web.store_of import web_store
from etl.web.tls import Certificate


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
    actors: Actors
    application: Application
    is_encrypted: bool = False

    def serve(self) -> None:
        """Serves until a signal comes, or `server.end` is called; then waits for what is being done."""
        try:
            self.server.run(sockets=list(self.sockets))
        finally:  # a signal is raised again by uvicorn
            # What is left of one deadline for all, which began with the signal: systemd waits no longer.
            deadline = (self.application.ended_at or time.monotonic()) + GRACEFUL_SECONDS
            self.actors.end(max(0.0, deadline - time.monotonic()))
            self.application.services.end(max(0.0, deadline - time.monotonic()))
            self.application.console.uploads.end()


@contextmanager
def opened_console(options: WebOptions) -> Iterator[Opened]:
    """The server and its sockets for the time of a `with` block.

    Raises ConfigurationError for faulty options, and where anyone could connect without a sign-in.
    """
    wanted = [Address.parse(one) for one in options.listen]
    with ExitStack() as stack:
        companies = Companies(options.url, options.environ, follow=options.follow)
        stack.callback(companies.close)
        configuration = WebConfiguration(companies.tree, options.environ)

        def settings() -> WebSettings:
            return configuration.current(companies.tree)

        sockets = passed_sockets(options.environ) or stack.enter_context(listening(wanted))
        addresses = tuple(map(address_of, sockets))
        _refuse_open(settings(), addresses)
        store = web_store(settings, options.environ, role=lambda: settings().console_role)
        stack.callback(store.close)
        is_private = all(one.is_private for one in addresses)
        audit, sessions = Audit(store), Sessions(store)
        identity = ConfiguredIdentity(settings, sessions, ProxyLanguages(store), is_private=is_private)
        heartbeat = Heartbeat(store, audit)
        heartbeat.start()
        stack.callback(heartbeat.end)
        actors = Actors(audit)
        uploads = _uploads(companies, settings, options)
        console = Console(
            companies,
            identity,
            audit,
            actors,
            lambda: settings().partner_role,
            uploads,
            lambda: settings().console_role,
            lambda: configuration.fault,
        )
        hosts = tuple(one.host_name for one in (*addresses, *wanted) if one.host)
        application = _application(console, SigningIn(store, sessions, audit), settings, options.root_path, hosts)
        certificate = _certificate(settings())
        each_second = [uploads.sweep, *([certificate.refresh] if certificate else [])]
        followed = partial(companies.follow_until_closed, lambda: [one() for one in each_second])
        threading.Thread(target=followed, name="configuration", daemon=True).start()
        uploads.begin()
        options_of_tls = {"ssl_context_factory": lambda *_: certificate.context} if certificate else {}
        served = server(application.asgi(), application.end, **options_of_tls)
        yield Opened(served, sockets, addresses, actors, application, is_encrypted=certificate is not None)


def _application(
    console: Console,
    signing_in: SigningIn,
    settings: Callable[[], WebSettings],
    root_path: str,
    hosts: tuple[str, ...],
) -> Application:
    """`hosts`: names by which the server is asked."""
    ending = threading.Event()
    services = Services(console.companies, lambda: settings().service_password, console.audit, ending)
    return Application(console, signing_in, services, settings, root_path=root_path, listened=hosts, ending=ending)


def _uploads(companies: Companies, settings: Callable[[], WebSettings], options: WebOptions) -> Uploads:
    """The uploads of this configuration; those of others in the same home are in folders beside."""
    own = hashlib.sha256(options.url.encode()).hexdigest()[:16]
    default = etl_home(options.environ) / "uploads" / own

    def spool_settings() -> SpoolSettings:
        found = settings()
        folder = Path(found.spool_folder) if found.spool_folder else default
        return SpoolSettings(folder, found.upload_bytes, found.spool_free_bytes, found.upload_seconds)

    @contextmanager
    def open_runtime(company: str, role: Role, name: str) -> Iterator[Runtime]:
        with companies.using(company) as runtime:
            yield writing(runtime, name, role=database_role(settings().partner_role, company, role))

    return Uploads(spool_settings, open_runtime)


def _certificate(settings: WebSettings) -> Certificate | None:
    if not settings.tls_certificate:
        return None
    return Certificate(Path(settings.tls_certificate), Path(settings.tls_key))


def _refuse_open(settings: WebSettings, addresses: Sequence[Address]) -> None:
    for address in addresses:
        if settings.identity == "none" and not address.is_private:
            raise ConfigurationError(
                f"--listen {address}: everyone who can connect would be an operator. Listen on 127.0.0.1 or on "
                "unix:PATH, or write identity=password or identity=proxy into configs/WebConfig.txt"
            )
