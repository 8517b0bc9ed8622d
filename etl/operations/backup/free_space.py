"""Free space of the disk that a backup is written to: looked at before and meanwhile."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import sqlalchemy

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import EnvironmentFault
from etl.operations.backup.kept import BackupState, kept_backups

_sql = SqlTemplates(__package__)

LEFT_FREE: Final = 64 << 20
"""Bytes that a backup leaves free, so that a server on the same disk can still write."""
# A store may have grown since the last backup.
_GROWTH = 2


def refuse_full_disk(folder: Path, need: int = 0) -> None:
    """Raises EnvironmentFault where `need` bytes more would leave too little free on the disk of the folder."""
    free = shutil.disk_usage(folder).free
    if free < need + LEFT_FREE:
        asked = f"up to {_shown(need)} for the backup and " if need else ""
        raise EnvironmentFault(
            f"the disk of {folder.parent} has {_shown(free)} free, and it needs {asked}{_shown(LEFT_FREE)} that stay "
            "free: free or choose other space"
        )


def needed(parent: Path, company: str, schemas: Mapping[Connection, Sequence[str]]) -> int:
    """Bytes that a backup may need: those of the tables, as the dumps are compressed; or twice those of the company's
    newest backup in the same folder, if that is less."""
    size = sum(_size_of_tables(connection, names) for connection, names in schemas.items())
    backups = (one.manifest for one in kept_backups(parent) if one.state is BackupState.COMPLETE and one.manifest)
    newest = next((one.size for one in backups if one.company == company), None)
    return size if newest is None else min(size, _GROWTH * newest)


def _size_of_tables(connection: sqlalchemy.Connection, schemas: Sequence[str]) -> int:
    [row] = fetch_all(connection, _sql("size_of_tables"), {"schemas": list(schemas)})
    return int(row.bytes)


def _shown(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MiB"
