"""A file in the data directory that is deleted when the disk is full, so that the server can recover and be asked."""

import logging
import os
import shutil
from pathlib import Path
from typing import Final

from etl.embedded.account import Account
from etl.errors import EnvironmentFault

SIZE: Final = 64 << 20
"""Bytes: recovery writes a few segments of 16 MiB."""
# With less than that free the file would itself fill the disk.
_WANTED: Final = 4 * SIZE
_FULL_DISK: Final = "53100"
_NO_SPACE: Final = "No space left on device"
_logger = logging.getLogger(__name__)


def keep_reserve(data: Path, account: Account) -> None:
    """Makes the file where it is missing and there is room; a disk that refuses it has none."""
    file = _file(data)
    try:
        if file.exists() or shutil.disk_usage(data).free < _WANTED:
            return
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            account.take(file)
            os.posix_fallocate(descriptor, 0, SIZE)
        finally:
            os.close(descriptor)
    except OSError as fault:
        _logger.debug("no reserve in %s: %s", data, fault)


def use_reserve(data: Path) -> bool:
    """Deletes the file; whether there was one."""
    try:
        _file(data).unlink()
    except FileNotFoundError:
        return False
    _logger.warning(
        "the disk of %s is full: %d MiB that were kept for that were freed, so that the embedded PostgreSQL starts; "
        "free more before the next run",
        data,
        SIZE >> 20,
    )
    return True


def is_disk_full(complaint: str) -> bool:
    """Whether PostgreSQL did not start because the disk is full."""
    return _NO_SPACE in complaint


def full_disk(data: Path) -> EnvironmentFault:
    """The fault; a run waits until there is room."""
    fault = EnvironmentFault(
        f"the disk of {data} is full, and the embedded PostgreSQL cannot start: free at least {2 * SIZE >> 20} MiB "
        "there"
    )
    fault.sqlstate = _FULL_DISK
    return fault


def is_too_full_to_start(data: Path) -> bool:
    """Whether another start would fail as the last one did."""
    return shutil.disk_usage(data).free < SIZE


def _file(data: Path) -> Path:
    return data / "etl.reserve"
