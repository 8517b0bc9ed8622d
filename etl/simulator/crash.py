"""A partner's program that is killed during a load: a process of its own, and a real SIGKILL."""

import os
import signal
import sys
from typing import NoReturn

import sqlalchemy

from etl.errors import EnvironmentFault, EtlError
from etl.simulator.client import SqlClient
from etl.simulator.scenarios import Crash


def crash_mid_load(engine: sqlalchemy.Engine, client: SqlClient, crash: Crash) -> None:
    """Forks; the child begins to load, writes, and dies with a transaction open. Returns when it is dead."""
    child = os.fork() or _load_and_crash(engine, client, crash)  # which does not return
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        raise EnvironmentFault("the partner's program ended before it was killed: its message stands above")


def _load_and_crash(engine: sqlalchemy.Engine, client: SqlClient, crash: Crash) -> NoReturn:
    try:
        # The connections belong to the parent: drop them without a message to the server.
        engine.dispose(close=False)
        client.begin_loading()
        for write in crash.written:
            client.write(write)
        torn = client.write_uncommitted(crash.torn)
        os.kill(os.getpid(), signal.SIGKILL)
        torn.close()
    except EtlError as fault:
        print(f"etl: {fault}", file=sys.stderr, flush=True)
    finally:
        os._exit(1)
