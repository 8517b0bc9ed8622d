"""The folder in which uploads wait: private, bounded, swept by age.

<folder>/
    incoming/TOKEN     what is being received
    uploads/TOKEN/     one upload: state.json, the file, `lock`, and a folder for each of its checks

Names are random or ours; what a sender calls a file is only a text in state.json. A file is there whole or not at all:
it is renamed when it is complete.
"""

import errno
import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.private_files import new_private_file, open_private
from etl.web.filling.upload import Upload
from etl.web.problems import RequestProblem, conflict, gone, not_found
from etl.web.texts.sentence import sentence_of

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_STATE: Final = "state.json"
# Longer than the longest pause within a body.
_INCOMING_SECONDS: Final = 120.0
# An owner's uploads together, in uploads of the largest size.
_MOST_OF_OWNER: Final = 4
_MOST_UPLOADS: Final = 100
# A check writes the rows that fit once more, as texts.
SPACE_FACTOR: Final = 2
FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a disk that has no space for a file."""


@dataclass(frozen=True)
class SpoolSettings:
    """`kept_free_bytes`: what uploads leave of the disk; `kept_seconds`: how long an upload waits for its sender."""

    folder: Path
    most_bytes: int
    kept_free_bytes: int
    kept_seconds: float


class Spool:
    """The uploads of one configuration. `settings` are asked each time. Several processes may share the folder."""

    def __init__(self, settings: Callable[[], SpoolSettings]) -> None:
        self._settings = settings

    @property
    def settings(self) -> SpoolSettings:
        """As they count now."""
        return self._settings()

    def refuse_full(self, company: str, owner: str, coming: int) -> None:
        """Raises RequestProblem where `coming` bytes would be too large, too much of one owner, or fill the
        disk."""
        settings = self.settings
        if coming > settings.most_bytes:
            raise self.too_large()
        own = self.uploads(company, owner)
        used = sum(_size(self._folder(one.token)) for one in own)
        if used + coming > _MOST_OF_OWNER * settings.most_bytes or len(own) >= _MOST_UPLOADS:
            raise RequestProblem(413, "too_many_uploads", sentence_of("sentence.too_many_uploads"))
        self.refuse_full_disk(coming)

    def refuse_full_disk(self, coming: int) -> None:
        """Raises RequestProblem where too little of the disk would stay free."""
        settings = self.settings
        there = next(one for one in (settings.folder, *settings.folder.parents) if one.exists())
        free = shutil.disk_usage(there).free
        if free - SPACE_FACTOR * coming < settings.kept_free_bytes:
            raise no_space()

    def too_large(self) -> RequestProblem:
        """The answer to a file that is larger than files may be."""
        most = self.settings.most_bytes >> 20
        return RequestProblem(413, "too_large", sentence_of("sentence.file_too_large", megabytes=most))

    def new_incoming(self) -> tuple[str, int]:
        """The token of a file that is about to be received, and the file, open for writing."""
        token = secrets.token_urlsafe(16)
        return token, open_private(_made(self.settings.folder / "incoming") / token)

    def drop_incoming(self, token: str) -> None:
        """Removes what was received, unless it was kept."""
        self._incoming(token).unlink(missing_ok=True)

    @contextmanager
    def holding_incoming(self, token: str) -> Iterator[None]:
        """What was received waits for its action, however long: no process sweeps it. Afterwards it is dropped."""
        try:
            held = os.open(self._incoming(token), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise gone(sentence_of("sentence.upload_gone")) from error
        try:
            fcntl.flock(held, fcntl.LOCK_SH)
            yield
        finally:
            self.drop_incoming(token)
            os.close(held)

    def keep(self, upload: Upload) -> None:
        """Makes an upload of what was received under its token. Raises RequestProblem where that is gone."""
        folder = _made(self._folder(upload.token))
        try:
            self._incoming(upload.token).rename(folder / upload.stored)
        except FileNotFoundError as error:
            folder.rmdir()
            raise gone(sentence_of("sentence.upload_gone")) from error
        self.save(upload)

    def save(self, upload: Upload) -> None:
        """Writes its state; after a crash it is the old one or the new one."""
        folder = self._folder(upload.token)
        part = folder / f".{_STATE}.{secrets.token_hex(4)}"
        try:
            with new_private_file(part) as file:
                file.write(upload.model_dump_json().encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / _STATE)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def find(self, company: str, token: str) -> Upload:
        """An upload of a company. Raises RequestProblem: 404 for what can be none, 410 for one that is gone."""
        if not _TOKEN.fullmatch(token):
            raise not_found()
        upload = self._read(token)
        if upload is None:
            minutes = round(self.settings.kept_seconds / 60)
            raise gone(sentence_of("sentence.upload_expired", n=minutes))
        if upload.company != company:
            raise not_found()
        return upload

    def uploads(self, company: str | None = None, owner: str | None = None) -> list[Upload]:
        """The uploads of all, of a company, or of one owner there; the newest first."""
        folder = self.settings.folder / "uploads"
        tokens = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        found = [upload for token in tokens if _TOKEN.fullmatch(token) and (upload := self._read(token))]
        chosen = [one for one in found if company in (None, one.company) and owner in (None, one.owner)]
        return sorted(chosen, key=lambda one: one.received_at, reverse=True)

    def folder_of(self, upload: Upload) -> Path:
        """Where its files are."""
        return self._folder(upload.token)

    @contextmanager
    def locked(self, token: str) -> Iterator[None]:
        """Nothing else happens to the upload meanwhile, in other processes too. Raises RequestProblem (409) where
        something does; a process that is killed leaves no lock."""
        try:
            lock = os.open(self._folder(token) / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError as error:
            raise gone(sentence_of("sentence.upload_gone")) from error
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise conflict(sentence_of("sentence.upload_busy")) from error
            yield
        finally:
            os.close(lock)

    def remove(self, token: str) -> None:
        """Removes an upload, whose lock the caller holds."""
        shutil.rmtree(self._folder(token), ignore_errors=True)

    def sweep(self) -> None:
        """Removes what was cut off, and uploads that have waited for too long and that nothing happens to."""
        folder = self.settings.folder
        for path in _listed(folder / "incoming"):
            if _age(path) > _INCOMING_SECONDS and not _is_held(path):
                path.unlink(missing_ok=True)
        for path in _listed(folder / "uploads"):
            has_state = (path / _STATE).exists()
            limit = self.settings.kept_seconds if has_state else _INCOMING_SECONDS
            if _age(path / _STATE if has_state else path) > limit:
                with suppress(RequestProblem), self.locked(path.name):
                    shutil.rmtree(path, ignore_errors=True)

    def _read(self, token: str) -> Upload | None:
        try:
            return Upload.model_validate_json((self._folder(token) / _STATE).read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def _incoming(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise not_found()
        return self.settings.folder / "incoming" / token

    def _folder(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise not_found()
        return self.settings.folder / "uploads" / token


def no_space() -> RequestProblem:
    """The answer where the disk has too little space for an upload."""
    return RequestProblem(507, "no_space", sentence_of("sentence.no_space"), {"Retry-After": "60"})


def _made(folder: Path) -> Path:
    """The folder, made if it is missing, readable by its owner alone. Raises RequestProblem where it cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in FULL:
            raise no_space() from error
        detail = sentence_of("sentence.spool_unusable", folder=str(folder), why=error.strerror or "")
        raise RequestProblem(503, "configuration", detail) from error
    return folder


def _listed(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _age(path: Path) -> float:
    """Seconds since it was written last; 0 where it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_held(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.lstat().st_size
    return total
