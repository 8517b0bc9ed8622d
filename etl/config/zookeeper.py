"""A tree of nodes in ZooKeeper as a source. The only module that imports kazoo."""

import contextlib
import importlib.util
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    AuthFailedError,
    BadVersionError,
    KazooException,
    NoAuthError,
    NodeExistsError,
    NoNodeError,
)
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.security import CREATOR_ALL_ACL, Permissions

from etl.config.address import ConfigAddress
from etl.config.text import checked_path, decode, encode, errors_path, is_ignored
from etl.config.tree import ChangedTreeError, Text, Tree, UnreachableTreeError, missing_tree
from etl.errors import ConfigurationError, Problem

# kazoo logs every refused connection; the error of this package reports it once.
logging.getLogger("kazoo").addHandler(logging.NullHandler())

_TIMEOUT_SECONDS = 10.0
# Attempts to read: a node that vanishes between listing and reading is being changed, so the tree is read again.
_ATTEMPTS = 5
# A request carries path and header beside the text, and the server cuts the connection above 1 MiB in all.
_LARGEST_WRITE = 1024 * 1024 - 4096
# ZooKeeper's own nodes, which are no configuration.
_RESERVED = "/zookeeper"
SECRET_VARIABLE = "ETL_ZOOKEEPER_PASSWORD"  # noqa: S105  (a name)
KEY_VARIABLE = "ETL_ZOOKEEPER_KEY_PASSWORD"

# Who may set a text; who may replace one below.
_SETS = Permissions.WRITE | Permissions.ADMIN
_REPLACES = Permissions.CREATE | Permissions.DELETE | Permissions.ADMIN


T = TypeVar("T")


class _WithoutRequests(logging.Filter):
    """kazoo's debug log has every request and answer whole: the password that signs in, and those in the texts."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a level without messages reports the event."""
        return record.levelno >= logging.INFO


_kazoo_log = logging.getLogger("kazoo.etl")
_kazoo_log.addFilter(_WithoutRequests())


class _ChangingError(ConfigurationError):
    """A node vanished while the tree was read or written."""


@dataclass(frozen=True)
class _Access:
    reads: bool
    sets: bool
    replaces: bool

    @classmethod
    def of(cls, acl: list[Any]) -> "_Access":
        """Of a list of kazoo's ACLs: the `world`, and addresses from everywhere."""
        perms = 0
        for one in acl:
            if one.id.scheme == "world" or (one.id.scheme == "ip" and one.id.id.endswith("/0")):
                perms |= one.perms
        return cls(bool(perms & Permissions.READ), bool(perms & _SETS), bool(perms & _REPLACES))


class ZooKeeperSource:
    """The tree below the chroot of the URL. Connects on first use."""

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_SECONDS) -> None:
        self._address = ConfigAddress.from_url(url)
        self._timeout = timeout
        self._client: Any = None
        # Set by kazoo's threads; a watch fires once, and each snapshot sets new ones.
        self._is_stale = True
        self._changed: Callable[[], None] | None = None
        self.url = self._address.url

    def snapshot(self) -> Tree:
        """All texts below the chroot, read level by level; a node with children and no data is a mere folder."""
        self._is_stale = False  # before reading: what changes meanwhile makes it stale again
        try:
            return self._settled()
        except BaseException:
            self._is_stale = True
            raise

    def _settled(self) -> Tree:
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._guarded("read", self._read)
            except _ChangingError:
                self._guarded("read", self._expect_root)
        return self._guarded("read", self._read)

    def write(self, path: str, content: str) -> None:
        """Set the node; it and the nodes above it are created when they are missing."""
        node, location = self._node(checked_path(path)), self._location(path)
        data = encode(content, location)
        if len(data) > _LARGEST_WRITE:
            raise ConfigurationError(Problem("is too large: a ZooKeeper node holds less than 1 MiB", location))
        self._guarded("write", lambda: self._put(node, data))

    def replace_all(self, contents: Mapping[str, str], seen: Tree) -> None:
        """In one transaction of ZooKeeper."""
        for path, content in contents.items():
            if len(encode(content, self._location(path))) > _LARGEST_WRITE:
                raise ConfigurationError(Problem("is too large: a ZooKeeper node holds less than 1 MiB", path))
        self._guarded("write", lambda: self._replace_all(contents, seen))

    def write_errors(self, path: str, content: str) -> None:
        node, location = self._node(errors_path(checked_path(path))), self._location(errors_path(path))
        if content:
            data = encode(content, location)[:_LARGEST_WRITE]
            self._guarded("write", lambda: self._put(node, data))
        else:
            self._guarded("write", lambda: self._remove(node))

    def may_have_changed(self) -> bool:
        """Whether a watch has fired, or the session was away, since the snapshot."""
        if self._client is not None and self._client.state != KazooState.CONNECTED:
            self._is_stale = True
            raise self._unreachable("is away: the session is suspended or lost")
        return self._is_stale

    def call_on_change(self, changed: Callable[[], None]) -> None:
        """From the next snapshot on, nodes are watched."""
        self._changed = changed

    def children(self, path: str, names: list[str]) -> list[str]:
        """The paths below `path` that count, of the listed `names`."""
        children = [f"{path}/{name}" if path else name for name in names if not is_ignored(name)]
        return sorted(child for child in children if self._node(child) != _RESERVED)

    def close(self) -> None:
        client, self._client = self._client, None
        if client:
            client.stop()
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _node(self, path: str) -> str:
        return f"{self._address.chroot}/{path}" if path else self._address.chroot or "/"

    def _location(self, path: str) -> str:
        return f"{self.url.rstrip('/')}/{path}"

    def _connected(self) -> Any:
        if self._client is None:
            client = KazooClient(
                hosts=self._address.servers, timeout=self._timeout, logger=_kazoo_log, **self._access(os.environ)
            )
            client.add_listener(self._on_state)
            try:
                client.start(timeout=self._timeout)
            except BaseException:
                client.stop()
                client.close()
                raise
            self._client = client
        return self._client

    def _access(self, environ: Mapping[str, str]) -> dict[str, Any]:
        """kazoo's arguments for authentication and TLS. Secrets come from the environment alone."""
        address, access = self._address, dict[str, Any]()
        if address.user:
            password = environ.get(SECRET_VARIABLE, "")
            if not password:
                raise ConfigurationError(
                    f"{self.url} has a user, and {SECRET_VARIABLE} no password: define it where etl runs"
                )
            if address.auth == "sasl":
                if importlib.util.find_spec("puresasl") is None:
                    raise ConfigurationError("auth=sasl in a ZooKeeper URL needs: pip install 'etl[sasl]'")
                access["sasl_options"] = {"mechanism": "DIGEST-MD5", "username": address.user, "password": password}
            else:
                access["auth_data"] = [("digest", f"{address.user}:{password}")]
        if address.user or address.cert:
            # Only the authenticated user gets access: nodes that we create contain passwords.
            access["default_acl"] = CREATOR_ALL_ACL
        if address.tls:
            access |= {"use_ssl": True, "verify_certs": True, "check_hostname": True, "ca": address.ca or None}
            access |= {"certfile": address.cert or None, "keyfile": address.key or None}
            access["keyfile_password"] = environ.get(KEY_VARIABLE)
            for path in filter(None, (address.ca, address.cert, address.key)):
                if not os.access(path, os.R_OK):
                    raise ConfigurationError(Problem("cannot be read: correct the ZooKeeper URL", path))
        return access

    def _on_state(self, state: str) -> None:
        # What was away may have missed a watch, and a new session has none; a first connection has missed nothing.
        if state != KazooState.CONNECTED:
            self._notice(None)
        elif self._changed:
            self._changed()

    def _notice(self, event: Any) -> None:
        self._is_stale = True
        if self._changed:
            self._changed()

    def _wait(self, request: Any) -> Any:
        """The result within a time limit: while kazoo searches for a lost server, a plain call would wait for ever."""
        return request.get(timeout=self._timeout)

    def _read(self) -> Tree:
        client, texts, problems, level = self._connected(), dict[str, Text](), list[Problem](), [""]
        access = {"": _Access.of(self._wait(client.get_acls_async(self._node("")))[0])}
        watch = {"watch": self._notice} if self._changed else {}
        while level:
            listings = [(path, client.get_children_async(self._node(path), **watch)) for path in level]
            found = [child for path, listing in listings for child in self.children(path, self._wait(listing))]
            reads = [(path, client.get_async(self._node(path), **watch)) for path in found]
            acls = [(path, client.get_acls_async(self._node(path))) for path in found]
            access |= {path: _Access.of(self._wait(acl)[0]) for path, acl in acls}
            level = []
            for path, read in reads:
                data, state = self._wait(read)
                if state.numChildren:
                    level.append(path)
                if data or not state.numChildren:
                    try:
                        texts[path] = Text(decode(data or b"", self._location(path)), str(state.mzxid))
                    except ConfigurationError as error:
                        problems.extend(error.problems)
        if problems:
            raise ConfigurationError(*problems)
        open_texts = {path: why for path in texts if (why := self._why_open(path, access))}
        readable = frozenset(path for path in texts if access[path].reads)
        return Tree(dict(sorted(texts.items())), self.url, open_texts, readable)

    def _why_open(self, path: str, access: Mapping[str, "_Access"]) -> str:
        """Why any client may set the text, or replace its node; empty if they may not."""
        if access[path].sets:
            return f"the ACL of {self._location(path)} lets any client write"
        above = [path[:end] for end, letter in enumerate(path) if letter == "/"]
        for folder in ("", *above):
            if access[folder].replaces:
                return f"the ACL of {self._location(folder)} lets any client create or delete nodes below"
        return ""

    def _expect_root(self) -> None:
        if self._wait(self._connected().exists_async(self._node(""))) is None:
            raise missing_tree(self.url, f"the node {self._node('')} in ZooKeeper at {self._address.servers}")

    def _put(self, node: str, data: bytes) -> None:
        client = self._connected()
        with contextlib.suppress(NoNodeError):
            self._wait(client.set_async(node, data))
            return
        try:
            self._wait(client.create_async(node, data, makepath=True))
        except NodeExistsError:
            self._wait(client.set_async(node, data))

    def _replace_all(self, contents: Mapping[str, str], seen: Tree) -> None:
        client = self._connected()
        request = client.transaction()
        for path, content in contents.items():
            _, state = self._wait(client.get_async(self._node(path)))
            if str(state.mzxid) != seen.texts[path].version:
                raise ChangedTreeError(self._location(path))
            request.set_data(self._node(path), encode(content, self._location(path)), version=state.version)
        for path, result in zip(contents, self._wait(request.commit_async()), strict=True):
            # The one that has changed; the others say that they were rolled back.
            if isinstance(result, BadVersionError | NoNodeError):
                raise ChangedTreeError(self._location(path))
            if isinstance(result, NoAuthError):
                raise result

    def _remove(self, node: str) -> None:
        with contextlib.suppress(NoNodeError):
            self._wait(self._connected().delete_async(node))

    def _unreachable(self, what: str) -> UnreachableTreeError:
        return UnreachableTreeError(f"ZooKeeper at {self._address.servers} {what}")

    def _guarded(self, action: str, call: Callable[[], T]) -> T:
        """Run `call`; raises kazoo's exceptions as ConfigurationError."""
        servers, root = self._address.servers, self._node("")
        try:
            return call()
        except NoNodeError:
            raise _ChangingError(f"{self.url} keeps changing while we {action} it: try again later") from None
        except (NoAuthError, AuthFailedError):
            message = f"ZooKeeper at {servers} does not let us {action} {root}: its ACL admits others only"
        except KazooTimeoutError:
            message = f"cannot reach ZooKeeper at {servers}: start it or correct ETL_CONFIG"
            if self._address.tls:
                message += "; its certificate must be issued for the host's name by an authority that ca names"
            raise UnreachableTreeError(message) from None
        except KazooException as error:
            raise self._unreachable(f"failed to {action} {root} ({type(error).__name__}): try again") from None
        raise ConfigurationError(message) from None
