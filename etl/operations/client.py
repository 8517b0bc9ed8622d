"""psql in the foreground, for a person or a script."""

import signal
import subprocess
from collections.abc import Sequence

import sqlalchemy

from etl.database import access_of
from etl.errors import EnvironmentFault
from etl.operations.programs import Programs, libpq_environ

# Of any version that servers have: an older psql says so, and works.
_OLDEST = 14


def open_client(engine: sqlalchemy.Engine, arguments: Sequence[str], *, programs: str = "") -> int:
    """Runs psql with those arguments on the database of the engine, and returns its exit code.

    Raises ConfigurationError without psql, EnvironmentFault when it cannot be started.
    """
    found = Programs.found(_OLDEST, named=programs)
    # Ctrl-C is for psql, which ends its query and stays.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        command = [str(found.folder / "psql"), *arguments]
        return subprocess.run(command, env=libpq_environ(access_of(engine)), check=False).returncode
    except OSError as fault:
        raise EnvironmentFault(f"{found.folder / 'psql'} cannot be started: {fault.strerror}") from fault
    finally:
        signal.signal(signal.SIGINT, before)
