"""Connections: an engine per database that works through a pooler in transaction mode."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
import psycopg.sql
import sqlalchemy
import sqlalchemy.event
from sqlalchemy.pool import QueuePool

from etl.database.connect_limits import limited
from etl.database.dialect import URL
from etl.database.faults import UTF8_DATABASE, translate
from etl.database.links import WatchedConnection, connect
from etl.database.session import forget_variables
from etl.errors import UnfitDatabase

_CONNECT_SECONDS = 10
# A dead connection is noticed within seconds, not after the kernel's two hours.
_LINK_CARE = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


@dataclass(frozen=True)
class Access:
    """The connection parameters of a database. `source` is the configuration text that errors name."""

    host: str
    port: int
    database: str
    username: str
    password: str = field(default="", repr=False)
    sslmode: str = ""
    source: str = ""

    def __str__(self) -> str:
        location = (
            f"{self.host}/{self.database}" if self.host.startswith("/") else f"{self.host}:{self.port}/{self.database}"
        )
        return f"{location} ({self.source})" if self.source else location


def application_name(owner: str) -> str:
    """The application_name of a runner's sessions in pg_stat_activity; a new owner ends them by it."""
    return f"etl:{owner}"


def open_engine(
    access: Access, name: str = "etl", *, pool_size: int = 5, revive: Callable[[], None] | None = None
) -> sqlalchemy.Engine:
    """An engine for `access`; nothing is connected yet. `revive` is called when the server cannot be reached, before
    a second try.

    Values are bound on the client, where psycopg quotes them: the planner sees them, and a name that stands twice in a
    statement may have two types. No prepared statements (they do not survive a pooler, and a cached plan breaks when a
    partner alters a table), no session settings (each transaction sets its own, see session.py) but the encoding, in
    which even the first statement is written.
    """
    forget_variables()
    arguments: dict[str, object] = {
        "host": access.host,
        "port": access.port,
        "dbname": access.database,
        "application_name": name,
        "connect_timeout": _CONNECT_SECONDS,
        "client_encoding": "UTF8",
        "prepare_threshold": None,
        "cursor_factory": psycopg.ClientCursor,
        **_LINK_CARE,
    }
    for key, value in (("user", access.username), ("password", access.password), ("sslmode", access.sslmode)):
        if value:
            arguments[key] = value
    engine = sqlalchemy.create_engine(
        URL,
        connect_args=arguments,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=2,
        hide_parameters=True,
    )
    sqlalchemy.event.listen(engine, "connect", _refuse_unencoded)
    sqlalchemy.event.listen(engine, "do_connect", _connecting(weakref.ref(engine), revive))
    _ACCESS_OF[engine.dialect] = access
    return engine


def _refuse_unencoded(connection: psycopg.Connection, record: object) -> None:
    """A database without an encoding accepts any bytes as text: clients with other encodings read something else."""
    if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
        name = connection.info.dbname
        connection.close()
        raise UnfitDatabase(
            f"the database {name} has no encoding (SQL_ASCII), so letters would be stored unchecked",
            f"create another one with {UTF8_DATABASE}, and name it in dbName",
        )


def _connecting(
    engine: "weakref.ref[sqlalchemy.Engine]", revive: Callable[[], None] | None
) -> Callable[..., WatchedConnection]:
    def do_connect(dialect: Any, record: object, arguments: list[Any], parameters: dict[str, Any]) -> WatchedConnection:
        with limited(dialect, parameters):
            try:
                return connect(engine, arguments, parameters)
            except psycopg.OperationalError:
                if revive is None:
                    raise
                revive()
                return connect(engine, arguments, parameters)

    return do_connect


def encoding_of(connection: sqlalchemy.Connection) -> str:
    """The encoding in which the database keeps texts, as PostgreSQL calls it: UTF8, WIN1251, …"""
    driver: Any = connection.connection.driver_connection
    return str(driver.info.parameter_status("server_encoding") or "UTF8")


# By the dialect, which an engine shares with those that `with_settings` makes of it.
_ACCESS_OF: "weakref.WeakKeyDictionary[sqlalchemy.Dialect, Access]" = weakref.WeakKeyDictionary()
SETTINGS_OPTION: Final = "etl_settings"


def with_settings(engine: sqlalchemy.Engine, **settings: str) -> sqlalchemy.Engine:
    """The engine with the same connections, whose transactions have these settings whatever they ask for; those that it
    has already stay."""
    before = dict(engine.get_execution_options().get(SETTINGS_OPTION, ()))
    return engine.execution_options(**{SETTINGS_OPTION: tuple((before | settings).items())})


def location_of(engine: sqlalchemy.Engine) -> str:
    """Host, port, database and configuration text of an engine, for errors; never a secret."""
    access = _ACCESS_OF.get(engine.dialect)
    return str(access) if access else str(engine.url.render_as_string(hide_password=True))


def access_of(engine: sqlalchemy.Engine) -> Access:
    """How the connections of an engine of ours are made."""
    return _ACCESS_OF[engine.dialect]


def create_database(access: Access) -> None:
    """Makes the database of `access` on its server if it is missing; safe when two commands do it at once."""
    name = psycopg.sql.Identifier(access.database)
    server = {"host": access.host, "port": access.port, "user": access.username, "dbname": "postgres"}
    home = {**server, "client_encoding": "UTF8", "application_name": "etl", "connect_timeout": _CONNECT_SECONDS}
    forget_variables()
    try:
        with psycopg.connect(**home, autocommit=True) as connection:  # type: ignore[arg-type]
            known = connection.execute("select 1 from pg_database where datname = %s", [access.database]).fetchone()
            if not known:
                connection.execute(psycopg.sql.SQL("create database {}").format(name))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        return
    except psycopg.Error as error:
        raise translate(error, str(access)) from error
