"""Runs the engine: the real command as a process of its own, with its time, processor and highest memory."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Ended:
    """What a command took: seconds by the clock and of the processor, bytes of resident memory at the most."""

    out: str
    seconds: float
    cpu_seconds: float
    rss_bytes: int


def environment(home: Path) -> dict[str, str]:
    """The variables of a program with the configuration in `home`/config. Its modules are compiled once, as those of
    an installed one are: on a machine that keeps no compiled modules each start would compile all of them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "ETL_HOME": str(home), "ETL_CONFIG": f"file:{home / 'config'}"}


def run_etl(home: Path, *arguments: str, expected: Collection[int] = (0,)) -> Ended:
    """`etl` with the configuration in `home`/config. Raises when it ends with another code than is expected."""
    command = [sys.executable, "-m", "etl", *arguments]
    with (home / "out").open("w+b") as out, (home / "err").open("w+b") as err:
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment(home), stdout=out, stderr=err)
        highest = 0
        while True:
            highest = max(highest, peak_bytes(process.pid))
            found, status, usage = os.wait4(process.pid, os.WNOHANG)
            if found:
                break
            time.sleep(_POLL_SECONDS)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        raise RuntimeError(f"etl {' '.join(arguments)} ended with {process.returncode}: {(home / 'err').read_text()}")
    return Ended((home / "out").read_text(), seconds, usage.ru_utime + usage.ru_stime, highest)


def children(pid: int) -> list[int]:
    """The processes that a process has started and not waited for."""
    found = (one.read_text().split() for one in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for of_thread in found for child in of_thread]


def peak_bytes(pid: int) -> int:
    """The most resident memory that a process has had, 0 for one that has ended.

    As Linux keeps it: what `wait4` tells of a child begins with what we had at the fork.
    """
    try:
        [found] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()) or ["0"]
    except FileNotFoundError:
        return 0
    return int(found) * 1024
