"""Waits until nothing is under way, then closes the company."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from etl.database import bring_up, part_states, transaction
from etl.engine import Runtime, read_holds
from etl.errors import ConfigurationError, MarkerHeld
from etl.operations.hold.closing import close, is_closed
from etl.operations.hold.ending import end_sessions
from etl.operations.hold.in_the_way import in_the_way
from etl.outputs import versions

_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Drained:
    """How long it took, and what was shut out because it did not end."""

    seconds: float
    shut_out: tuple[str, ...] = ()


def drain(
    runtime: Runtime,
    *,
    host: str = "",
    timeout: float = 60.0,
    shuts_out: bool = False,
    show: Callable[[list[str]], None] = lambda found: None,
) -> Drained:
    """Waits until nothing is under way on a host; or on all, with no version or output behind, and closes the company.

    `show` is called with what is in the way whenever that changes. `shuts_out`: what has not ended in time writes
    nothing more, and continues after the release. Raises ConfigurationError without a hold, MarkerHeld when time is up.
    """
    if not any(one.host == host for one in read_holds(runtime)):
        raise ConfigurationError(f"nothing is on hold: `etl hold --reason …{f' --host {host}' if host else ''}` first")
    _bring_up_store(runtime)
    began = time.monotonic()
    shown: list[str] = []
    while found := _try(runtime, host):
        if found != shown:
            shown = found
            show(found)
        if time.monotonic() - began >= timeout:
            if not shuts_out or host:
                raise MarkerHeld(_late(timeout, found))
            end_sessions(runtime)
            if left := close(runtime, is_forced=True):
                raise MarkerHeld(_late(timeout, left))
            return Drained(time.monotonic() - began, tuple(found))
        time.sleep(_POLL_SECONDS)
    return Drained(time.monotonic() - began)


def _bring_up_store(runtime: Runtime) -> None:
    """What an older program has put on hold has what this one reads there; a store that is closed stays as it is."""
    schema = runtime.store.schema
    with transaction(runtime.store_engine, client_min_messages="warning") as connection:
        if not any(one.is_closed for one in part_states(connection, schema, versions.STORE_PARTS)):
            bring_up(connection, schema, versions.STORE_PARTS)


def _try(runtime: Runtime, host: str) -> list[str]:
    """What is still in the way; nothing is once all is closed."""
    if not host and is_closed(runtime):
        return []
    found = in_the_way(runtime, host)
    if host:
        return found
    if found and all("behind the store" in one for one in found):
        _follow(runtime)
    return found or close(runtime)


def _follow(runtime: Runtime) -> None:
    """Brings the versions to where the store is, as each run and each batch does at its end."""
    with runtime.out_connection() as connection:
        versions.bring_up_to_date(connection, runtime.versions)


def _late(timeout: float, found: list[str]) -> str:
    lines = "\n".join(f"  {one}" for one in found)
    return f"not drained within {timeout:.0f} s, and nothing new begins meanwhile; in the way:\n{lines}"
