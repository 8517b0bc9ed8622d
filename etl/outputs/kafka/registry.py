"""The rows of kafka_output: how far each output is, and who leads it. Knows no client of Kafka."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from etl.database import Connection, PlacedPart, SqlTemplates, execute, fetch_all, fetch_one, refuse_newer
from etl.errors import EnvironmentFault, FencedOut, MarkerHeld

_sql = SqlTemplates(__package__, "etl.database", "etl.store")

# More changes than these are not counted.
_COUNTED = 1_000_000


@dataclass(frozen=True)
class Unfinished:
    """How far the changes up to the snapshot `upto` are written: these objects are left, of the first of them the
    instances behind the id `after` ("": all)."""

    upto: str
    left: tuple[str, ...]
    after: str = ""

    @classmethod
    def from_json(cls, value: Any) -> "Unfinished":
        return cls(value["upto"], tuple(value["left"]), value["after"])

    def as_json(self) -> dict[str, object]:
        return {"upto": self.upto, "left": list(self.left), "after": self.after}


@dataclass(frozen=True)
class OutputPosition:
    """How far an output is. `step` only rises; `snapshot` is text of a pg_snapshot, whose transaction ids are of
    `journal_id`: server, database and journal."""

    step: int
    snapshot: str
    journal_id: str
    unfinished: Unfinished | None = None

    def moved(self, step: int, unfinished: Unfinished | None, upto: str = "") -> "OutputPosition":
        """The position after a step; without `unfinished` all up to `upto` is written."""
        if unfinished is not None:
            return replace(self, step=step, unfinished=unfinished)
        return replace(self, step=step, snapshot=upto, unfinished=None)


@dataclass(frozen=True)
class Lead:
    """An output that this process leads. `is_new`: it has never written anything."""

    name: str
    token: int
    position: OutputPosition
    is_new: bool


@dataclass(frozen=True)
class OutputState:
    """An output as `etl kafka status` shows it. `changes` of the journal are still to be looked at, at most a million
    is counted; the oldest of them is `lag_seconds` old. `journal_bytes`: the size of the whole journal, which is kept
    from the slowest reader on. `needs_recovery`: the store was restored, so that its position means nothing.
    `recreated_topics` were deleted and made again, so that what was in them is gone."""

    name: str
    is_configured: bool
    is_led: bool
    step: int
    records: int
    changes: int
    lag_seconds: float
    unsent: int
    journal_bytes: int
    needs_recovery: bool
    recreated_topics: tuple[str, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a recovery."""
        return self.needs_recovery or bool(self.recreated_topics)

    @property
    def warning(self) -> str:
        """What an operator must know; empty if all is well."""
        if self.needs_recovery:
            return f"the store was restored: `etl kafka recover --output {self.name}` writes all of it again"
        if self.is_configured and self.recreated_topics:
            return str(recreated_fault(self.name, self.recreated_topics)).removeprefix(f"the output {self.name} ")
        if not self.is_configured and self.changes:
            return (
                f"is switched off, and keeps {self.changes} changes of the journal "
                f"({self.journal_bytes // 1024 // 1024} MiB in all) for {self.lag_seconds:.0f} s: switch it on, or "
                f"free them by `etl kafka forget-output {self.name}`"
            )
        return ""


@dataclass(frozen=True)
class Outputs:
    """The outputs of a store's schema; `parts` of its database are written to."""

    schema: str
    parts: Sequence[PlacedPart] = ()

    def register(self, connection: Connection, name: str) -> None:
        """Makes the journal be kept for an output from now on, if it is new."""
        execute(connection, self._sql("register_output"), {"name": name})

    def restart(self, connection: Connection, name: str) -> None:
        """Makes an output continue from now; what changed before, it does not write any more."""
        self.register(connection, name)
        execute(connection, self._sql("restart_output"), {"name": name})

    def forget(self, connection: Connection, name: str) -> bool:
        """Frees the journal of an output; returns whether it was known."""
        return execute(connection, self._sql("forget_output"), {"name": name}) == 1

    def take(self, connection: Connection, name: str, owner: str, lease_seconds: float) -> Lead:
        """Becomes the leader of a registered output. Raises MarkerHeld while another one leads it, EnvironmentFault if
        its position is of another server or a newer program has made tables that this one must not write to."""
        values = {"name": name, "owner": owner, "lease_seconds": lease_seconds}
        taken = fetch_one(connection, self._sql("take_output"), values)
        row = fetch_one(connection, self._sql("output", placed=tuple(self.parts)), {"name": name})
        if row is None:
            raise EnvironmentFault(f"the output {name} is not registered any more: begin again")
        refuse_newer(tuple(self.parts), row.noted)
        if taken is None:
            raise MarkerHeld(f"the output {name} is written by another process ({row.owner})")
        if row.position_is_stale:
            raise unknown_changes_fault(name)
        unfinished = Unfinished.from_json(row.unfinished) if row.unfinished else None
        position = OutputPosition(row.step, row.position, row.place, unfinished)
        return Lead(name, row.token, position, not row.is_begun)

    def move(self, connection: Connection, lead: Lead, position: OutputPosition, records: int) -> None:
        """Records how far the output is. Raises FencedOut when another process leads it."""
        unfinished = json.dumps(position.unfinished.as_json()) if position.unfinished else None
        values = {"step": position.step, "position": position.snapshot, "unfinished": unfinished, "records": records}
        if execute(connection, self._sql("move_output"), values | _key(lead)) != 1:
            raise _fenced(lead)

    def beat(self, connection: Connection, lead: Lead) -> None:
        """Renews the lease. Raises FencedOut when another process leads the output."""
        if execute(connection, self._sql("beat_output"), _key(lead)) != 1:
            raise _fenced(lead)

    def release(self, connection: Connection, lead: Lead) -> None:
        """The output has no leader any more."""
        execute(connection, self._sql("release_output"), _key(lead))

    def check_topics(self, connection: Connection, name: str, ids: Mapping[str, str]) -> tuple[str, ...]:
        """Compares the present ids of an output's topics, "" where brokers give none, with those that are known; notes
        new ones, and returns the topics that were made again."""
        row = fetch_one(connection, self._sql("known_topics"), {"name": name})
        known = dict(row.topic_ids) if row else {}
        recreated = recreated_topics(known, ids)
        kept = {topic: known.get(topic) or found for topic, found in ids.items()}
        if kept != known or recreated:
            self._note_topics(connection, name, kept, recreated)
        return recreated

    def accept_topics(
        self, connection: Connection, name: str, ids: Mapping[str, str], accepted: Collection[str]
    ) -> None:
        """A recovery writes all into these topics: the present ones count from now on."""
        row = fetch_one(connection, self._sql("known_topics"), {"name": name})
        known = (dict(row.topic_ids) if row else {}) | {topic: ids[topic] for topic in accepted}
        self._note_topics(connection, name, known, recreated_topics(known, ids))

    def _note_topics(self, connection: Connection, name: str, ids: Mapping[str, str], recreated: Sequence[str]) -> None:
        values = {"name": name, "ids": json.dumps(dict(ids)), "recreated": json.dumps(list(recreated))}
        execute(connection, self._sql("note_topics"), values)

    def note_unsent(self, connection: Connection, output: str, step: int, stub: dict[str, object]) -> None:
        """Records what no topic took: `bo`, `instance`, `topic`, `bytes`, `message`."""
        execute(connection, self._sql("note_unsent"), {"output": output, "step": step, **stub})

    def states(self, connection: Connection, configured: Sequence[str], lease_seconds: float) -> list[OutputState]:
        """All outputs, those that are switched off too."""
        rows = fetch_all(connection, self._sql("outputs"), {"lease_seconds": lease_seconds, "count": _COUNTED})
        return [
            OutputState(
                name=row.name,
                is_configured=row.name in configured,
                is_led=row.is_led,
                step=row.step,
                records=row.records,
                changes=row.changes,
                lag_seconds=float(row.lag_seconds),
                unsent=row.unsent,
                journal_bytes=row.journal_bytes,
                needs_recovery=row.position_is_stale,
                recreated_topics=tuple(row.recreated_topics),
            )
            for row in rows
        ]

    def _sql(self, name: str, **more: object) -> Any:
        return _sql(name, schema=self.schema, **more)


def recreated_topics(known: Mapping[str, str], ids: Mapping[str, str]) -> tuple[str, ...]:
    """The topics whose present id is another one than that which is known."""
    return tuple(topic for topic, found in ids.items() if found and known.get(topic, found) not in ("", found))


def recreated_fault(name: str, topics: Sequence[str]) -> EnvironmentFault:
    were = "the topic " + topics[0] + " was" if len(topics) == 1 else "the topics " + ", ".join(topics) + " were"
    return EnvironmentFault(
        f"the output {name} has stopped: {were} made again, and what was in it before is gone; `etl kafka recover "
        f"--output {name}` writes all objects again, and the output continues"
    )


def unknown_changes_fault(name: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"the output {name} cannot continue: the store was restored, and what has changed since its last record is not "
        f"known; `etl kafka recover --output {name}` writes all objects again, and the output continues from there"
    )


def _key(lead: Lead) -> dict[str, object]:
    return {"name": lead.name, "token": lead.token}


def _fenced(lead: Lead) -> FencedOut:
    return FencedOut(f"another process writes the output {lead.name}; this one writes nothing more")
