"""Something that happens before the n-th statement of a run: the runner dies there, or the partner acts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import event


class Crash(BaseException):
    """No error of the engine's tree: nothing may catch it."""


def die() -> None:
    """What a fuse does by itself."""
    raise Crash


@dataclass
class Fuse:
    """`at`: the statement before which it acts, of those that contain `aim`; 0: never. A hard crash lets nothing be
    said afterwards; after another one the runner still frees its lease."""

    at: int = 0
    act: Callable[[], None] = die
    is_hard: bool = False
    aim: str = ""
    sent: int = 0
    seen: int = 0

    def burn(self, statement: str) -> None:
        self.sent += 1
        self.seen += self.aim in statement
        if self.at and self.aim in statement and (self.seen == self.at or (self.is_hard and self.seen > self.at)):
            self.act()


@contextmanager
def watching(engine: sqlalchemy.Engine, fuse: Fuse) -> Iterator[None]:
    """Burns the fuse with every statement of this thread (the heartbeat has one of its own)."""
    runner = threading.get_ident()

    def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == runner:
            fuse.burn(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)
