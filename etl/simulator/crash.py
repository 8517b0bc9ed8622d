"""A partner's program that is killed: a process of its own, and a real SIGKILL."""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

import sqlalchemy

from etl.database import Connection
from etl.errors import EnvironmentFault, EtlError
from etl.simulator.client import SqlClient
from etl.simulator.scenarios import Crash


def crash_mid_load(engine: sqlalchemy.Engine, client: SqlClient, crash: Crash) -> None:
    """The program begins to load, writes, and is killed with a transaction open."""

    def load() -> Connection:
        client.begin_loading()
        for write in crash.written:
            client.write(write)
        return client.write_uncommitted(crash.torn)

    crash_after(engine, load)


def crash_after(engine: sqlalchemy.Engine, act: Callable[[], object]) -> None:
    """Forks; the child does `act` with connections of its own and is killed. Returns when it is dead."""
    child = os.fork() or _act_and_crash(engine, act)  # which does not return
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise EnvironmentFault("the partner's program ended before it was killed: its message stands above")


def _act_and_crash(engine: sqlalchemy.Engine, act: Callable[[], object]) -> NoReturn:
    try:
        # The connections belong to the parent: drop them without a message to the server.
        engine.dispose(close=False)
        held = act()
        os.kill(os.getpid(), signal.SIGKILL)
        del held  # a transaction that it began is open until the end
    except EtlError as fault:
        print(f"etl: {fault}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)
