"""The backups in a folder: which are there, and which are deleted so that the newest ones stay."""

import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from etl.errors import ConfigurationError, EnvironmentFault, EtlError
from etl.operations.backup.folder import INCOMPLETE, MANIFEST, NewerBackup, faults_of, read_manifest
from etl.operations.backup.manifest import Manifest
from etl.private_files import new_private_file
from etl.quoting.json_text import json_text

_DRILLED = "drilled.json"


class BackupState(StrEnum):
    """COMPLETE: the manifest is whole, and every file has its size. INCOMPLETE: a process writes it, or was killed
    meanwhile. UNKNOWN: a newer etl has made it."""

    COMPLETE = "complete"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class KeptBackup:
    """A backup in a folder of backups; `drilled_at`: when it was last restored and compared, if ever."""

    folder: Path
    state: BackupState
    manifest: Manifest | None
    drilled_at: datetime | None


@dataclass(frozen=True)
class Pruned:
    """What was deleted, and what would have been if no process used it."""

    deleted: tuple[Path, ...]
    in_use: tuple[Path, ...]


class _Drilled(BaseModel):
    model_config = ConfigDict(extra="ignore")

    backup_id: str
    at: datetime


def note_drill(folder: Path, manifest: Manifest, at: datetime) -> None:
    """Notes beside the dumps that a drill has passed; a folder that cannot be written stays as it is."""
    fresh = folder / f".{_DRILLED}.new"
    with suppress(OSError):
        fresh.unlink(missing_ok=True)
        with new_private_file(fresh) as file:
            file.write(json_text({"backup_id": manifest.backup_id, "at": at.isoformat()}).encode())
        fresh.replace(folder / _DRILLED)


def kept_backups(parent: Path) -> tuple[KeptBackup, ...]:
    """Those in a folder of backups, the newest first, then those without a readable manifest."""
    try:
        folders = sorted(one for one in parent.iterdir() if one.is_dir() and not one.is_symlink())
    except OSError as fault:
        raise ConfigurationError(f"{parent} cannot be read: {fault.strerror}: name a folder of backups") from fault
    found = [one for folder in folders if (one := _kept(folder))]
    dated = [(one.manifest.taken_at, one) for one in found if one.manifest]
    dated.sort(key=lambda one: one[0], reverse=True)
    return (*(one for _, one in dated), *(one for one in found if not one.manifest))


def _kept(folder: Path) -> KeptBackup | None:
    if folder.name.startswith(".") and INCOMPLETE in folder.name:
        return KeptBackup(folder, BackupState.INCOMPLETE, None, None)
    if not (folder / MANIFEST).exists():
        return None
    try:
        manifest = read_manifest(folder)
    except NewerBackup:
        return KeptBackup(folder, BackupState.UNKNOWN, None, None)
    except EtlError:
        return KeptBackup(folder, BackupState.DAMAGED, None, None)
    state = BackupState.DAMAGED if faults_of(folder, manifest, contents=False) else BackupState.COMPLETE
    return KeptBackup(folder, state, manifest, _drilled_at(folder, manifest))


def _drilled_at(folder: Path, manifest: Manifest) -> datetime | None:
    with suppress(OSError, ValidationError):
        drilled = _Drilled.model_validate_json((folder / _DRILLED).read_bytes())
        return drilled.at if drilled.backup_id == manifest.backup_id else None
    return None


def prune(parent: Path, keep: int) -> Pruned:
    """Deletes backups of each company but the `keep` newest complete ones, and what killed processes have left.

    The newest one whose files are all as they were, and the newest one that a drill has restored, stay in any case.
    Of a company without a whole backup nothing is deleted. Raises EnvironmentFault then, after all others were pruned.
    """
    deleted: list[Path] = []
    in_use: list[Path] = []
    companies: dict[str, list[KeptBackup]] = defaultdict(list)
    for one in kept_backups(parent):
        if one.state is BackupState.INCOMPLETE and _delete(one.folder):
            deleted.append(one.folder)
        if one.manifest:
            companies[one.manifest.company].append(one)
    without = []
    for company, backups in companies.items():
        surplus = _surplus(backups, keep)
        if surplus is None:
            without.append(company)
            continue
        for one in surplus:
            (deleted if _delete(one.folder) else in_use).append(one.folder)
    if without:
        raise EnvironmentFault(
            f"nothing was deleted of {', '.join(without)}: no backup in {parent} is whole; make one with `etl backup`"
        )
    return Pruned(tuple(deleted), tuple(in_use))


def _surplus(backups: Sequence[KeptBackup], keep: int) -> list[KeptBackup] | None:
    """What may go of a company's backups, which come newest first; None if none of them is whole."""
    complete = [one for one in backups if one.state is BackupState.COMPLETE]
    if len(complete) <= keep:
        return []
    verified = next((one for one in complete if one.manifest and not faults_of(one.folder, one.manifest)), None)
    if verified is None:
        return None
    drilled = next((one for one in complete if one.drilled_at), None)
    stays = [*complete[:keep], verified, drilled]
    older = backups[backups.index(complete[keep - 1]) :]
    return [one for one in older if one not in stays]


def _delete(folder: Path) -> bool:
    """Unless a process writes or reads it. It loses its name first, so that a part of a backup is none."""
    with _alone(folder) as is_free:
        if not is_free:
            return False
        gone = folder.with_name(f".{folder.name.lstrip('.')}{INCOMPLETE}deleted")
        try:
            folder.rename(gone)
            shutil.rmtree(gone)
        except OSError as fault:
            raise EnvironmentFault(f"{folder} cannot be deleted: {fault.strerror}: delete it by hand") from fault
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process writes or reads the folder during the block."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(lock)
