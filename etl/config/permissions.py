"""Whether others than us and root may write a file, so that its text may not be the administrator's."""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def why_open(file: Path) -> str:
    """Why others may write the file, or put another in its place; empty if they may not.

    Each link on the way counts with its folder: a user who may replace a link decides what is read.
    """
    seen: set[Path] = set()
    waiting = [file.absolute()]
    while waiting:
        path = waiting.pop()
        for one in (path, *path.parents):
            if one in seen:
                continue
            seen.add(one)
            if one.is_symlink():
                waiting.append(one.parent / os.readlink(one))
            if why := _why(one):
                return why
    return ""


def _why(path: Path) -> str:
    state = path.lstat()
    if _is_read_only(path):  # a mounted ConfigMap has mode 0777
        return ""
    if state.st_uid not in (0, os.geteuid()):
        return f"{path} belongs to another account (uid {state.st_uid})"
    if stat.S_ISLNK(state.st_mode) or (stat.S_ISDIR(state.st_mode) and state.st_mode & stat.S_ISVTX):
        return ""  # a link has no mode of its own; of a folder like /tmp only the owner of an entry takes it away
    if state.st_mode & _OTHERS:
        who = "any user" if state.st_mode & stat.S_IWOTH else "its group"
        return f"{path} may be written by {who} (mode {stat.S_IMODE(state.st_mode):04o})"
    return ""


def _is_read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False
