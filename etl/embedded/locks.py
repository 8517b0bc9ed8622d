"""Locks of a data folder: who starts or stops the server, and who uses it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.errors import MarkerHeld


def lock_file(folder: Path, name: str, kind: int) -> int:
    """An open file with the lock. Python opens files so that no child inherits them: no server keeps our locks."""
    file = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if os.geteuid() == 0:  # in another's folder, the lock is for its owner too
            owner = folder.stat()
            os.fchown(file, owner.st_uid, owner.st_gid)
        fcntl.flock(file, kind)
    except BaseException:
        os.close(file)
        raise
    return file


@contextmanager
def starting_alone(folder: Path) -> Iterator[None]:
    """No other process starts or stops the server during the block."""
    lock = lock_file(folder, "start.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def without_users(folder: Path) -> Iterator[None]:
    """No other process starts, stops or uses the server during the block. Raises MarkerHeld where one uses it."""
    with starting_alone(folder):
        try:
            users = lock_file(folder, "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise MarkerHeld(
                f"other processes use the embedded PostgreSQL of {folder}: end them, then try again"
            ) from fault
        try:
            yield
        finally:
            os.close(users)
