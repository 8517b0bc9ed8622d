"""Syncs with a directory on the screen and in JSON, for `etl status` and `etl ad status`."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from etl.quoting import printable

if TYPE_CHECKING:
    from etl.engine.directory import SyncsState


def counted(counts: Mapping[str, int]) -> str:
    """How many changes of each kind, as a text."""
    return ", ".join(f"{number:,} {kind}" for kind, number in sorted(counts.items())) or "nothing differs"


def directory_lines(found: "SyncsState | None") -> Iterator[str]:
    """What there is to say of syncs; nothing without a directory."""
    if found is None:
        return
    if found.done:
        begun = f"{found.done.started_at:%Y-%m-%d %H:%M:%S}"
        yield f"Directory: brought {begun}, {found.done.users:,} users: {counted(found.done.counts)}."
    else:
        yield "Directory: no sync of all users is done yet, see `etl ad check`."
    if found.running:
        yield f"Directory: a sync of all users is under way since {found.running.started_at:%Y-%m-%d %H:%M:%S}."
    if found.newest and (found.is_stopped or found.is_failed):
        state = found.newest.result or "ended by force"
        yield f"Directory: the sync of {found.newest.started_at:%Y-%m-%d %H:%M:%S} was {state}, see `etl ad status`."
        if found.newest.message:
            yield f"  {printable(found.newest.message)}"


def directory_json(found: "SyncsState | None") -> dict[str, Any] | None:
    """The key `directory` of `etl status --json`."""
    if found is None:
        return None
    states = {"is_stopped": found.is_stopped, "is_failed": found.is_failed, "age_seconds": found.age_seconds}
    return asdict(found) | states
