"""Whose the files of a tree are: what root writes belongs to the account that the folder belongs to."""

import contextlib
import os
import pwd
import shlex
import stat
import tempfile
from pathlib import Path

from etl.errors import ConfigurationError, Problem


def replace(target: Path, data: bytes, *, is_private: bool = False) -> None:
    """Puts a file in the place of another in one step. `is_private`: readable by us alone, whatever was there."""
    # mkstemp gives mode 0600: a text may hold a password. A file that was there keeps its mode and owner, if it may.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".etl-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)  # independent of the umask
            if not is_private:
                _as_it_was(handle, target)
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def make_folder(folder: Path, *, is_private: bool = False) -> None:
    """With those above it."""
    if folder.is_dir():
        return
    make_folder(folder.parent, is_private=is_private)
    folder.mkdir(exist_ok=True)
    if not is_private:
        # The owner of the folder above may put a link there, which is not followed.
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _give(handle, folder.parent.stat())
        finally:
            os.close(handle)


def unreadable(path: Path, error: OSError, root: Path) -> ConfigurationError:
    """Why a path of the tree at `root` cannot be read; what to do if it is another account's."""
    why = f"cannot be read: {error.strerror}"
    if isinstance(error, PermissionError):
        account = _account()
        why += f" for the account {account}: as root, `chown -R {account} {shlex.quote(str(root))}` gives it the tree"
    return ConfigurationError(Problem(why, str(path)))


def _as_it_was(handle: int, target: Path) -> None:
    try:
        before = target.stat()
    except FileNotFoundError:
        _give(handle, target.parent.stat())
        return
    _give(handle, before)
    os.fchmod(handle, stat.S_IMODE(before.st_mode))


def _give(handle: int, like: os.stat_result) -> None:
    """Only root can; a file system that does not let root either leaves it as it is."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.fchown(handle, like.st_uid, like.st_gid)


def _account() -> str:
    """The name of the account that runs this, or its number."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
