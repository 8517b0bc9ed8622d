"""Two threads that work on one server by turns: which of them sends its next statement is drawn, not left to chance."""

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
class Stop:
    """The turn ends before the n-th statement from now that contains `aim`; COMMIT: before a commit."""

    aim: str
    number: int


@dataclass
class _Player:
    stops: list[Stop]
    seen: int = 0
    pids: set[int] = field(default_factory=set)
    has_ended: bool = False

    def must_stop(self, statement: str) -> bool:
        if not self.stops or self.stops[0].aim not in statement:
            return False
        self.seen += 1
        if self.seen < self.stops[0].number:
            return False
        self.seen = 0
        self.stops.pop(0)
        return True


class Turns:
    """The turn passes to the other one at a stop, at the end, and when who has it waits for a lock of the other."""

    def __init__(self, eyes: psycopg.Connection[Any], stops: tuple[Sequence[Stop], Sequence[Stop]]) -> None:
        self._eyes = eyes
        self._changed = threading.Condition()
        self._players = [_Player(list(one)) for one in stops]
        self._threads: dict[int, _Player] = {}
        self._on = self._players[0]

    def play(
        self, engines: Sequence[sqlalchemy.Engine], one: Callable[[], One], other: Callable[[], Other]
    ) -> tuple[One, Other]:
        """Lets both work to their ends; `one` begins. Raises what either raises."""
        with self._watching(engines), ThreadPoolExecutor(2) as pool:
            first = pool.submit(self._work, self._players[0], one)
            second = pool.submit(self._work, self._players[1], other)
            return first.result(), second.result()

    def _work(self, player: _Player, work: Callable[[], One]) -> One:
        self._threads[threading.get_ident()] = player
        try:
            with self._changed:
                self._wait(player)
            return work()
        finally:
            with self._changed:
                del self._threads[threading.get_ident()]
                player.has_ended = True
                self._pass_on(player)

    def _other(self, player: _Player) -> _Player:
        return self._players[1 - self._players.index(player)]

    def _pass_on(self, player: _Player) -> None:
        if self._on is player and not self._other(player).has_ended:
            self._on = self._other(player)
            self._changed.notify_all()

    def _before(self, connection: sqlalchemy.Connection, statement: str) -> None:
        player = self._threads.get(threading.get_ident())
        if player is None:  # the heartbeat
            return
        with self._changed:
            player.pids.add(connection.connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]
            if self._on is player and player.must_stop(statement):
                self._pass_on(player)
            self._wait(player)

    def _wait(self, player: _Player) -> None:
        while self._on is not player:
            if not self._changed.wait(_LOOK_EACH_SECONDS) and self._is_blocked(self._on, by=player):
                self._on = player

    def _is_blocked(self, player: _Player, *, by: _Player) -> bool:
        return bool(self._eyes.execute(_BLOCKED, [list(player.pids), list(by.pids)]).fetchall())

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
