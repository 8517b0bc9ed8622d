"""`etl upgrade server`, killed while each of PostgreSQL's programs works for it, and started again."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer, upgrade_server
from tests.fix_company import until
from tests.integration.database.test_server_upgrade import KEPT, OLD, asked, home

__all__ = ["home"]  # a fixture

UPGRADE = "import pathlib, sys; from etl.embedded import upgrade_server; "
UPGRADE += "upgrade_server(pathlib.Path(sys.argv[1]), common=pathlib.Path(sys.argv[2]))"
STEPS = ("initdb", "pg_upgrade", "pg_dump", "pg_restore", "vacuumdb")


def works_for(pid: int, program: str) -> bool:
    """Whether the program is among the processes that the one with this pid has started, and those of these."""
    parents, names = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = path.read_text().partition(" (")
            names[int(number)], _, fields = rest.rpartition(") ")
            parents[int(number)] = int(fields.split()[1])
    for one in (one for one, name in names.items() if name == program):
        while one in parents and one != pid:
            one = parents[one]
        if one == pid:
            return True
    return False


@pytest.mark.nightly
def test_a_kill_at_any_step_leaves_the_old_data_and_the_next_upgrade_ends(home: Path) -> None:
    common = home.parent / "common"
    for program in STEPS:
        process = subprocess.Popen([sys.executable, "-c", UPGRADE, home, common], env={**os.environ})
        until(lambda process=process, name=program: works_for(process.pid, name), f"{program} works")  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert (home / "postgres/PG_VERSION").read_text() == "16\n"
    done = upgrade_server(home, common=common)
    assert done
    assert (done.before, done.after) == (16, 18)
    with EmbeddedServer(home, common=common) as running:
        assert asked(running, KEPT) == [(1000, 500500)]
    assert sorted(one.name for one in home.iterdir()) == ["postgres", "postgres-16", "start.lock", "users.lock"]
    (home / "postgres").rename(home / "postgres-18")
    (home / "postgres-16").rename(home / "postgres")
    with EmbeddedServer(home, binaries=OLD[0], common=common) as running:
        assert asked(running, KEPT) == [(1000, 500500)]
