"""New files with data of partners, which only their owner can read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """The file, open for writing, readable by its owner alone (0600). Raises OSError where something is already.

    A symbolic link that waits under the name is not followed.
    """
    with os.fdopen(open_private(path), "wb") as file:
        yield file


def open_private(path: Path) -> int:
    """The same as a file descriptor, which the caller closes."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(file, 0o600)  # a umask may have removed even the owner's permissions
    return file
