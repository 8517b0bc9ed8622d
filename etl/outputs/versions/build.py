"""Makes a version and fills it completely, a transaction per chunk, while runs continue."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import sqlalchemy

from etl.database import BRIEF, Connection, transaction
from etl.errors import ConfigurationError
from etl.outputs.versions.filling import fill_chunk, mark_shared
from etl.outputs.versions.follow import (
    follow,
    no_rows,
    snapshot,
)
from etl.outputs.versions.registry import lock_version, note_scans
from etl.outputs.versions.upkeep import ensure_version, keep_current, reconcile
from etl.outputs.versions.version import OutVersion, Versions
from etl.retry import Backoff, RetryPolicy, after_transient
from etl.runs import Counters

# A run that fills the same version locks it for up to fillSeconds.
_FILLING = RetryPolicy(after_transient(Backoff(first=0.7, longest=0.7, tries=59)))


@dataclass(frozen=True)
class Built:
    """A complete version. `is_new`: this call made its schema. `rows`: written by this call."""

    schema: str
    is_new: bool
    rows: Counters


def build(
    engine: sqlalchemy.Engine, versions: Versions, name: str, show: Callable[[int], None], **settings: str
) -> Built:
    """Makes the environment version `name` if it is missing, and fills it completely; `show` receives the percent.

    If it is killed, the next call continues after the last chunk.
    """
    version = versions.named(name)
    what = f"filling {version.schema}"
    is_new = _FILLING.run_with_retry(what, partial(_ensure, engine, versions, version))
    rows = no_rows()
    is_whole = False
    while not is_whole:
        is_whole = _FILLING.run_with_retry(what, partial(_chunk, engine, versions, version, rows, show, settings))
    _FILLING.run_with_retry(what, partial(_keep_current, engine, versions))
    return Built(version.schema, is_new, rows)


def _ensure(engine: sqlalchemy.Engine, versions: Versions, version: OutVersion) -> bool:
    with transaction(engine, client_min_messages="warning", **BRIEF) as connection:
        return ensure_version(connection, versions, version)


def _keep_current(engine: sqlalchemy.Engine, versions: Versions) -> None:
    with transaction(engine, client_min_messages="warning", **BRIEF) as connection:
        keep_current(connection, versions)


def _chunk(
    engine: sqlalchemy.Engine,
    versions: Versions,
    version: OutVersion,
    rows: Counters,
    show: Callable[[int], None],
    settings: dict[str, str],
) -> bool:
    """One transaction: follows the journal, fills a chunk; returns whether the version is complete."""
    with transaction(engine, client_min_messages="warning", **BRIEF, **settings) as connection:
        written, percent = _fill_on(connection, versions, version)
    for counter, number in written.items():
        rows[counter] += number
    show(percent)
    return percent == 100


def _fill_on(connection: Connection, versions: Versions, version: OutVersion) -> tuple[Counters, int]:
    known = lock_version(connection, version)
    if known is None:
        raise ConfigurationError(f"{version.schema} was retired meanwhile")
    known, structure = reconcile(connection, versions, known)
    counters = follow(connection, known, structure, snapshot(connection))
    fill = mark_shared(connection, version, known.fill, counters)
    if fill:
        fill, written = fill_chunk(connection, version, structure, fill, versions.chunk_rows)
        for counter, number in written.items():
            counters[counter] += number
    if known.fill or any(counters.values()):
        note_scans(connection, version)
    return counters, fill.percent if fill else 100
