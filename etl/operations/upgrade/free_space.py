"""Free space on the server's disks, as far as it is on this machine."""

import shutil
from pathlib import Path
from typing import Final

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import EnvironmentFault

_sql = SqlTemplates(__package__)

RESERVE_BYTES: Final = 256 * 1024 * 1024


def free_bytes(connection: Connection) -> dict[str, int]:
    """Folder of the server -> free bytes of its file system. Empty where the server is on another machine, or where
    this account may not see its folders."""
    [row] = fetch_all(connection, _sql("server_folder"))
    if not row.is_local or row.folder is None:
        return {}
    found = {}
    for folder in (Path(row.folder), Path(row.folder, "pg_wal")):
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
                f"{folder} has {free // 1024**2} MiB left, and {RESERVE_BYTES // 1024**2} MiB are kept free: make "
                "room, then `etl upgrade start` continues"
            )
