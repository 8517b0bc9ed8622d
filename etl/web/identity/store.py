"""The schema `etl_web`: its database, and its tables as a part with a version of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final, Literal

import sqlalchemy

from etl.database import (
    Connection,
    Part,
    SqlTemplates,
    bring_up,
    deadline,
    limit_connects,
    part_states,
    read_only_transaction,
    transaction,
    with_settings,
)
from etl.ddl.privileges import make_schema
from etl.quoting import fold
from etl.web.identity.circuit_breaker import CircuitBreaker

SCHEMA: Final = "etl_web"
WEB: Final = Part("web", "etl.web.identity", "migrations", (("web_user", "name"),))
CONNECT_SECONDS: Final = 2
ANSWER_SECONDS: Final = {"read": 3.0, "write": 6.0}
"""How long requests wait for a server that is silent: most of them must ask it who asks, so it is short."""
_BRING_UP_SECONDS: Final = 60.0

_templates = SqlTemplates(__package__)


def sql(name: str) -> sqlalchemy.TextClause:
    """A statement of `sql/` in our schema."""
    return _templates(name, schema=SCHEMA)


class WebStore:
    """Opens the database on first use, and brings the tables up; while it is away, each use raises EnvironmentFault."""

    def __init__(
        self,
        open_engine: Callable[[], AbstractContextManager[sqlalchemy.Engine]],
        role: Callable[[], str] = lambda: "",
    ) -> None:
        """`role`: under which the tables are used once they are there; empty: that of the connections."""
        self._open_engine, self._role = open_engine, role
        self._breaker = CircuitBreaker()
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._engine: sqlalchemy.Engine | None = None

    @property
    def is_open(self) -> bool:
        """Whether the database has been opened."""
        return self._engine is not None

    @contextmanager
    def writing(self, name: str = "etl-web") -> Iterator[Connection]:
        """A transaction; `name` is its application_name."""
        limit = f"{ANSWER_SECONDS['write']:.0f}s"
        with (
            self._within("write") as engine,
            transaction(engine, application_name=name, statement_timeout=limit) as connection,
        ):
            yield connection

    @contextmanager
    def reading(self, name: str = "etl-web") -> Iterator[Connection]:
        """A read-only transaction."""
        seconds = ANSWER_SECONDS["read"]
        with (
            self._within("read") as engine,
            read_only_transaction(engine, seconds=seconds, application_name=name) as connection,
        ):
            yield connection

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            self._engine = None
            self._stack.close()

    @contextmanager
    def _within(self, kind: Literal["read", "write"]) -> Iterator[sqlalchemy.Engine]:
        """What is done within the block fails when the server is silent; so does, for a while, all that comes next."""
        with self._breaker.guarded():
            engine = self._ready()
            with deadline(ANSWER_SECONDS[kind]):
                yield engine

    def _ready(self) -> sqlalchemy.Engine:
        with self._lock:
            if self._engine is None:
                self._breaker.refuse_while_open()  # another one may have tried it meanwhile
                with ExitStack() as stack:
                    engine = stack.enter_context(self._open_engine())
                    limit_connects(engine, seconds=CONNECT_SECONDS)
                    with deadline(_BRING_UP_SECONDS):
                        _bring_up(engine)
                    self._stack, self._engine = stack.pop_all(), engine
            return with_settings(self._engine, role=fold(role)) if (role := self._role()) else self._engine


def _bring_up(engine: sqlalchemy.Engine) -> None:
    with transaction(engine, client_min_messages="warning") as connection:
        [state] = part_states(connection, SCHEMA, [WEB])
        if state.version is None:
            make_schema(connection, SCHEMA)
        bring_up(connection, SCHEMA, [WEB])
