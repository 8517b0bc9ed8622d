"""Free space on the server's disks, as far as it is on this machine."""

import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import EnvironmentFault

_sql = SqlTemplates(__package__)

RESERVE_BYTES: Final = 256 * 1024 * 1024
_LOG: Final = "pg_wal"


def free_bytes(connection: Connection) -> dict[str, int]:
    """Folder of the server -> free bytes of its file system. Empty where the server is on another machine, or where
    this account may not see its folders."""
    [row] = fetch_all(connection, _sql("server_folder"))
    if not row.is_local or row.folder is None:
        return {}
    found = {}
    for folder in (Path(row.folder), Path(row.folder, _LOG)):
        try:
            found[str(folder)] = shutil.disk_usage(folder).free
        except OSError:
            continue
    return found


def require_free_space(connection: Connection) -> None:
    """Raises EnvironmentFault before a disk of the server is full; what was done stays."""
    for folder, free in free_bytes(connection).items():
        if free < RESERVE_BYTES:
            raise EnvironmentFault(
                f"{folder} has {in_mib(free)} left, and {in_mib(RESERVE_BYTES)} are kept free: make room, then "
                "`etl upgrade start` continues"
            )


def needed_bytes(needs: Iterable[tuple[Iterable[str], int, int]]) -> dict[str, int]:
    """Folder of a server -> what its file system needs of all `needs`: each is of a server's folders, bytes of its
    tables, and bytes of its write-ahead log."""
    own = Counter[str]()
    for folders, data, log in needs:
        own.update({folder: log if Path(folder).name == _LOG else data for folder in folders})
    devices = {folder: Path(folder).stat().st_dev for folder in own}
    of_device = Counter[int]()
    for folder, device in devices.items():
        of_device[device] += own[folder]
    return {folder: of_device[device] for folder, device in devices.items()}


def in_mib(size: int) -> str:
    """Rounded up, for people."""
    return f"{-(-size // 1024**2):,} MiB"
