"""Two threads that use one server by turns: which of them sends its next statement is decided by the test."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
import sqlalchemy
from sqlalchemy import event

One = TypeVar("One")
Other = TypeVar("Other")
_BLOCKED = """
select 1 from pg_stat_activity
where pid = any(%s) and wait_event_type = 'Lock' and pg_blocking_pids(pid) && cast(%s as int[])
"""
_LOOK_EACH_SECONDS = 0.02
COMMIT = "commit"


@dataclass(frozen=True)
class SwitchPoint:
    """Switches before the n-th statement from now that contains the text; COMMIT: before a commit."""

    contains: str
    number: int


@dataclass
class _Participant:
    stops: list[SwitchPoint]
    seen: int = 0
    pids: set[int] = field(default_factory=set)
    has_ended: bool = False

    def must_switch(self, statement: str) -> bool:
        if not self.stops or self.stops[0].contains not in statement:
            return False
        self.seen += 1
        if self.seen < self.stops[0].number:
            return False
        self.seen = 0
        self.stops.pop(0)
        return True


class Interleaving:
    """Runs one thread at a time; switches at a switch point, at its end, and when it waits for a lock of the other."""

    def __init__(
        self, observer: psycopg.Connection[Any], stops: tuple[Sequence[SwitchPoint], Sequence[SwitchPoint]]
    ) -> None:
        self._observer = observer
        self._changed = threading.Condition()
        self._participants = [_Participant(list(one)) for one in stops]
        self._threads: dict[int, _Participant] = {}
        self._active = self._participants[0]

    def play(
        self, engines: Sequence[sqlalchemy.Engine], one: Callable[[], One], other: Callable[[], Other]
    ) -> tuple[One, Other]:
        """Runs both to their ends; `one` begins. Raises what either raises."""
        with self._watching(engines), ThreadPoolExecutor(2) as pool:
            first = pool.submit(self._work, self._participants[0], one)
            second = pool.submit(self._work, self._participants[1], other)
            return first.result(), second.result()

    def _work(self, participant: _Participant, work: Callable[[], One]) -> One:
        self._threads[threading.get_ident()] = participant
        try:
            with self._changed:
                self._wait(participant)
            return work()
        finally:
            with self._changed:
                del self._threads[threading.get_ident()]
                participant.has_ended = True
                self._switch(participant)

    def _other(self, participant: _Participant) -> _Participant:
        return self._participants[1 - self._participants.index(participant)]

    def _switch(self, participant: _Participant) -> None:
        if self._active is participant and not self._other(participant).has_ended:
            self._active = self._other(participant)
            self._changed.notify_all()

    def _before(self, connection: sqlalchemy.Connection, statement: str) -> None:
        participant = self._threads.get(threading.get_ident())
        if participant is None:  # the heartbeat
            return
        with self._changed:
            participant.pids.add(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
            if self._active is participant and participant.must_switch(statement):
                self._switch(participant)
            self._wait(participant)

    def _wait(self, participant: _Participant) -> None:
        while self._active is not participant:
            if not self._changed.wait(_LOOK_EACH_SECONDS) and self._is_blocked(self._active, by=participant):
                self._active = participant

    def _is_blocked(self, participant: _Participant, *, by: _Participant) -> bool:
        return bool(self._observer.execute(_BLOCKED, [list(participant.pids), list(by.pids)]).fetchall())

    @contextmanager
    def _watching(self, engines: Sequence[sqlalchemy.Engine]) -> Iterator[None]:
        def execute(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            self._before(connection, statement)

        def commit(connection: Any) -> None:
            self._before(connection, COMMIT)

        with ExitStack() as stack:
            for engine in engines:
                for name, act in (("before_cursor_execute", execute), ("commit", commit)):
                    event.listen(engine, name, act)
                    stack.callback(event.remove, engine, name, act)
            yield
