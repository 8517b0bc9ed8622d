"""The companies of a configuration: settings and connections of each, opened when they are needed, and read again when
the configuration changes. A faulty edit leaves the last good values in force."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from etl.config import Tree, UnreachableTreeError, open_source
from etl.database import limit_connects, with_settings
from etl.engine import Runtime, build_runtime, parse_configuration
from etl.errors import ConfigurationError
from etl.metadata import Company, company_documents
from etl.operations import Installation, open_installation
from etl.settings import Settings
from etl.settings.company import company_folders
from etl.web.faults import ConfigurationFault, noted
from etl.web.requests import PAGE_SECONDS

_log = logging.getLogger("etl.web")

_POLL_SECONDS = 1.0
# Of pages and short actions; runs have runtimes of their own, which wait for longer.
_CONNECT_SECONDS = 3
# Some file systems do not show every change: the whole tree is read again after this number of checks.
_CHECKS_UNTIL_READ = 60


Configured = tuple[Settings, Company]


@dataclass
class _Opened:
    """A company's runtime as it was opened, and how many requests use it now."""

    configured: Configured
    runtime: Runtime
    stack: ExitStack = field(repr=False)
    users: int = 0
    is_replaced: bool = False


@dataclass
class _Entry:
    """What is known of one company. `generation`: of the tree that was read for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    generation: int = 0
    configured: Configured | None = None
    opened: _Opened | None = None
    fault: ConfigurationFault | None = None


class Companies:
    """All companies of the tree at `url`. Methods may be called from any thread."""

    def __init__(
        self,
        url: str,
        environ: Mapping[str, str] = os.environ,
        *,
        follow: Callable[[Tree], None] = lambda tree: None,
    ) -> None:
        """Reads the tree. Raises ConfigurationError where there is none."""
        self._url = url
        self._environ, self._follow = environ, follow
        self._source = open_source(url)
        self._tree = self._source.snapshot()
        follow(self._tree)
        self._generation = 1
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._checks = 0
        # Why the tree itself cannot be read, which concerns all companies.
        self._tree_fault: ConfigurationFault | None = None

    @property
    def tree(self) -> Tree:
        """The configuration as it was read last."""
        return self._tree

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all companies, in order."""
        return tuple(company_folders(self._tree.texts))

    def documents(self, code: str) -> dict[str, str]:
        """The documents of a company's business objects as they are now, path -> text."""
        tree = self._tree
        return company_documents(code, tree.contents, origin=tree.origin)

    def faults(self, code: str) -> list[ConfigurationFault]:
        """Why the configuration of a company as it is now is not the one in force; none if it is."""
        entry = self._entries.get(code)
        return [one for one in (self._tree_fault, entry.fault if entry else None) if one]

    def unusable(self) -> list[str]:
        """What is wrong with companies that have no good values at all."""
        found = []
        for code in self.codes:
            try:
                self.configured(code)
            except ConfigurationError as error:
                found.append(f"{code}: {error}")
        return found

    @contextmanager
    def using(self, code: str) -> Iterator[Runtime]:
        """A company's runtime for the time of a `with` block.

        Raises ConfigurationError for faulty texts without earlier good ones, EnvironmentFault without embedded server.
        """
        opened = self._current(code)
        try:
            yield opened.runtime
        finally:
            with self._lock:
                opened.users -= 1
                is_last = opened.is_replaced and not opened.users
            if is_last:
                opened.stack.close()

    @contextmanager
    def own(self, code: str) -> Iterator[Runtime]:
        """A new runtime of a company for the time of a `with` block, with the settings in force."""
        with self.using(code) as shared, build_runtime(shared.settings, shared.company, self._environ) as runtime:
            yield runtime

    def installation(self, code: str) -> AbstractContextManager[Installation]:
        """All databases of a company for the time of a `with` block, as a command opens them."""
        return open_installation(self._url, code, self._environ)

    def refresh(self) -> bool:
        """Reads the tree again if it may have changed; returns whether it has."""
        self._checks += 1
        try:
            may_rest = not self._tree_fault and self._checks % _CHECKS_UNTIL_READ
            if not self._source.may_have_changed() and may_rest:
                return False
            tree = self._source.snapshot()
        except (UnreachableTreeError, ConfigurationError) as error:
            _log.warning("the last good configuration counts: %s", error)
            self._tree_fault = noted(self._tree_fault, error)
            return False
        self._tree_fault = None
        if tree.contents == self._tree.contents:
            return False
        self._follow(tree)
        self._tree = tree
        self._generation += 1
        return True

    def follow_until_closed(self, also: Callable[[], object] | None = None) -> None:
        """Refreshes once a second until `close`, and calls `also` each time; for a thread of its own."""
        while not self._ended.wait(_POLL_SECONDS):
            self.refresh()
            if also:
                also()

    def close(self) -> None:
        """Closes all connections."""
        self._ended.set()
        self._source.close()
        for entry in list(self._entries.values()):
            if entry.opened:
                entry.opened.stack.close()

    def configured(self, code: str) -> Configured:
        """Settings and metadata of a company; nothing is connected. Raises ConfigurationError for faulty texts."""
        with self._lock:
            entry = self._entries.setdefault(code, _Entry())
        with entry.lock:
            return self._read(code, entry)

    def _current(self, code: str) -> _Opened:
        with self._lock:
            entry = self._entries.setdefault(code, _Entry())
        with entry.lock:
            configured, opened = self._read(code, entry), entry.opened
            if opened is None or opened.configured != configured:
                former, opened = opened, self._open(configured)
                entry.opened = opened
                if former:
                    self._replace(former)
            with self._lock:
                opened.users += 1
            return opened

    def _read(self, code: str, entry: _Entry) -> Configured:
        if entry.generation != self._generation:
            entry.generation = self._generation
            try:
                entry.configured, entry.fault = parse_configuration(self._tree, code, self._environ), None
            except ConfigurationError as error:
                entry.fault = noted(entry.fault, error)
                _log.warning("company %s: the last good configuration counts: %s", code, error)
        if entry.configured is None:
            raise ConfigurationError(entry.fault.text if entry.fault else "")
        return entry.configured

    def _open(self, configured: Configured) -> _Opened:
        stack = ExitStack()
        runtime = stack.enter_context(build_runtime(*configured, self._environ))
        for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
            limit_connects(engine, seconds=_CONNECT_SECONDS)
        return _Opened(configured, runtime, stack)

    def _replace(self, former: _Opened) -> None:
        with self._lock:
            former.is_replaced = True
            is_unused = not former.users
        if is_unused:
            former.stack.close()


def reading(runtime: Runtime, name: str, *, role: str = "", seconds: float = PAGE_SECONDS) -> Runtime:
    """The runtime for a page: nothing that is done with it can write, no statement takes longer than `seconds`, and all
    have the database role `role`, if one is given. `name`: application_name of its transactions."""
    pinned = {"transaction_read_only": "on", "statement_timeout": f"{int(seconds * 1000)}ms", "application_name": name}
    return _pinned(runtime, pinned | ({"role": role} if role else {}))


def patient(runtime: Runtime, seconds: float) -> Runtime:
    """The runtime of a page for what is read in the background: a statement may take `seconds`."""
    return _pinned(runtime, {"statement_timeout": f"{int(seconds * 1000)}ms"})


def writing(runtime: Runtime, name: str, *, role: str = "") -> Runtime:
    """The runtime for an action."""
    return _pinned(runtime, {"application_name": name} | ({"role": role} if role else {}))


def _pinned(runtime: Runtime, settings: Mapping[str, str]) -> Runtime:
    engines = (runtime.engine, runtime.store_engine, runtime.out_engine)
    # One database stays one engine: runtimes are asked whether import and store are the same.
    made = {engine: with_settings(engine, **settings) for engine in dict.fromkeys(engines)}
    source, store, out = (made[engine] for engine in engines)
    handshake = replace(runtime.handshake, engine=source)
    return replace(runtime, engine=source, store_engine=store, out_engine=out, handshake=handshake)
