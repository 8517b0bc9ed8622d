"""The three databases: import, store (defaults to import), out (defaults to store)."""

from dataclasses import replace
from typing import cast

from pydantic import SecretStr

from etl.settings.layers import Layers
from etl.settings.model import PostgresSettings

_EMBEDDED_DATABASE = "etl"
_DEFAULT_PORT = 5432
_CONNECTION = ("host", "port", "dbName", "username", "password", "sslmode")


def database(layers: Layers, file: str, fallback: PostgresSettings | None) -> PostgresSettings:
    """The database of `file`.

    Without a host it is on the server of `fallback`, and keys default to those of `fallback`. With a host of its own no
    key does: a password must not be sent to another server.
    """
    own = _own(layers, file)
    _check(layers, file, own, own.host or (fallback.host if fallback else ""))
    if own.host or not fallback:
        return own
    if not _given(layers, file):
        return fallback
    return PostgresSettings(
        host=fallback.host,
        port=cast(int | None, layers.value(file, "port")) or fallback.port,
        database=own.database or fallback.database,
        username=own.username or fallback.username,
        password=own.password if own.password.get_secret_value() else fallback.password,
        sslmode=own.sslmode or fallback.sslmode,
        path=own.path,
    )


def _own(layers: Layers, file: str) -> PostgresSettings:
    host = ",".join(part.strip() for part in str(layers.value(file, "host")).split(","))
    return PostgresSettings(
        host=host,
        port=cast(int | None, layers.value(file, "port")) or _DEFAULT_PORT,
        database=str(layers.value(file, "dbName")),
        username=str(layers.value(file, "username")),
        password=cast(SecretStr, layers.value(file, "password")),
        sslmode=str(layers.value(file, "sslmode")),
        path=layers.location(file),
    )


def with_embedded_name(settings: PostgresSettings) -> PostgresSettings:
    """The default database on the embedded server, if no database is named."""
    return settings if settings.host or settings.database else replace(settings, database=_EMBEDDED_DATABASE)


def _given(layers: Layers, file: str) -> bool:
    return any(_plain(layers.value(file, key)) for key in _CONNECTION)


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _check(layers: Layers, file: str, own: PostgresSettings, host: str) -> None:
    if layers.faulty & {(file, key) for key in _CONNECTION}:
        return
    if own.host and not own.database:
        layers.complain(file, "dbName", f"has no value: name the database on {own.host}")
    if host:
        return
    for key in ("username", "password", "sslmode"):
        if _plain(layers.value(file, key)):
            layers.complain(file, key, "is not used without a host (the embedded server needs none): name the host")
