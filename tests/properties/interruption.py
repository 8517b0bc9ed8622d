"""Interrupts a run before its n-th statement: the runner dies there, or the partner acts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import event


class Crash(BaseException):
    """No error of the engine's tree: nothing may catch it."""


def raise_crash() -> None:
    """The default act of an interruption."""
    raise Crash


@dataclass
class Interruption:
    """`at`: the statement before which it acts, of those that contain `contains`; 0: never. After a hard crash no more
    statements are sent; after another one the runner still frees its lease."""

    at: int = 0
    act: Callable[[], None] = raise_crash
    is_hard: bool = False
    contains: str = ""
    sent: int = 0
    seen: int = 0

    def count(self, statement: str) -> None:
        self.sent += 1
        self.seen += self.contains in statement
        if self.at and self.contains in statement and (self.seen == self.at or (self.is_hard and self.seen > self.at)):
            self.act()


@contextmanager
def interrupting(engine: sqlalchemy.Engine, interruption: Interruption) -> Iterator[None]:
    """Counts every statement of this thread (the heartbeat has a thread of its own)."""
    runner = threading.get_ident()

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == runner:
            interruption.count(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
