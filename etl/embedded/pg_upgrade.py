"""PostgreSQL's own programs for another major version of the same data."""

import re
from pathlib import Path
from typing import Final

from etl.embedded.cluster import SUPERUSER, Cluster, Postmaster, last_lines
from etl.embedded.placement import socket_dir
from etl.errors import EnvironmentFault

PROGRAMS: Final = ("postgres", "pg_ctl", "pg_controldata", "pg_resetwal")
"""What pg_upgrade needs of the old version."""
_SECONDS: Final = 7 * 86_400
_CHECKSUMS = re.compile(r"^Data page checksum version:\s+(\d+)$", re.MULTILINE)
_STATE = re.compile(r"^Database cluster state:\s+(.+)$", re.MULTILINE)


def is_shut_down(cluster: Cluster) -> bool:
    """Whether its server was stopped, and not killed: pg_upgrade asks for that."""
    return _control_data(cluster, _STATE) == "shut down"


def checksums(cluster: Cluster) -> bool:
    """Whether its pages have checksums; pg_upgrade asks for the same in both."""
    return _control_data(cluster, _CHECKSUMS) != "0"


def _control_data(cluster: Cluster, line: re.Pattern[str]) -> str:
    done = cluster.account.run(cluster.binaries / "pg_controldata", "-D", cluster.data, timeout=60)
    found = line.search(done.stdout)
    if done.returncode or not found:
        raise EnvironmentFault(f"the data in {cluster.data} cannot be read: {last_lines(done.stderr)}")
    return found[1].strip()


def run_pg_upgrade(old: Cluster, new: Cluster, working: Path) -> None:
    """Copies all data from the one to the other; neither server runs. Raises EnvironmentFault with what it says."""
    programs = ("-b", old.binaries, "-B", new.binaries)
    folders = ("-d", old.data, "-D", new.data, "--socketdir", socket_dir(new))
    done = new.account.run(
        new.binaries / "pg_upgrade", *programs, *folders, "-U", SUPERUSER, timeout=_SECONDS, folder=working
    )
    if done.returncode:
        raise EnvironmentFault(
            f"pg_upgrade has failed, and the data in {old.data} are as before: {last_lines(done.stdout + done.stderr)}"
        )


def without_statistics(cluster: Cluster, running: Postmaster) -> None:
    """Analyzes the tables whose statistics pg_upgrade has not copied: it does from 14 on to 18 and later."""
    address = ("-h", running.socket_dir, "-p", str(running.port), "-U", SUPERUSER)
    missing = ("--missing-stats-only",) if cluster.programs_version >= 18 else ()
    done = cluster.account.run(
        cluster.binaries / "vacuumdb", *address, "--all", "--analyze-only", "--quiet", *missing, timeout=_SECONDS
    )
    if done.returncode:
        raise EnvironmentFault(f"vacuumdb has failed after the upgrade: {last_lines(done.stderr)}")
