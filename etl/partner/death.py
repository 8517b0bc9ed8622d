"""A partner's program that is killed midway: a process of its own, and a real SIGKILL."""

import os
import signal
from typing import NoReturn

import sqlalchemy

from etl.errors import EnvironmentFault
from etl.partner.desk import Desk
from etl.partner.scenarios import Die


def die_midway(engine: sqlalchemy.Engine, desk: Desk, die: Die) -> None:
    """Forks; the child begins to load, writes, and dies with a transaction open. Returns when it is dead."""
    child = os.fork()
    if child == 0:
        _live_and_die(engine, desk, die)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise EnvironmentFault("the partner's program ended before it was killed: its message stands above")


def _live_and_die(engine: sqlalchemy.Engine, desk: Desk, die: Die) -> NoReturn:
    try:
        # The parent's connections are the parent's: forget them without a word to the server.
        engine.dispose(close=False)
        desk.begin_loading()
        for write in die.written:
            desk.write(write)
        torn = desk.tear(die.torn)
        os.kill(os.getpid(), signal.SIGKILL)
        torn.close()
    finally:
        os._exit(1)
