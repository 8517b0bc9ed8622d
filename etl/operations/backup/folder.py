"""The folder of a backup: written under another name until it is whole, and read only when every file is what it was.

manifest.json           what the backup holds
manifest.sha256         the digest of the manifest
import.dump …           PostgreSQL's custom format
configuration/…         the tree, as `etl config export` writes it
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from etl.config import open_source
from etl.errors import ConfigurationError, EnvironmentFault
from etl.operations.backup.manifest import FORMAT, File, Manifest
from etl.private_files import new_private_file
from etl.quoting.json_text import json_text

MANIFEST: Final = "manifest.json"
DIGEST: Final = "manifest.sha256"
CONFIGURATION: Final = "configuration"
INCOMPLETE: Final = ".incomplete-"
"""In the name of a folder while it is written."""
_BLOCK = 1 << 20


class NewerBackup(EnvironmentFault):
    """A backup of a newer etl, in a format that this one does not know."""


@dataclass(frozen=True)
class ReadBackup:
    """A backup whose files are whole."""

    folder: Path
    manifest: Manifest

    @property
    def texts(self) -> dict[str, str]:
        """The configuration: path -> content."""
        return {
            one.path.removeprefix(f"{CONFIGURATION}/"): (self.folder / one.path).read_text(encoding="utf-8")
            for one in self.manifest.configuration
        }


@contextmanager
def new_backup(target: Path) -> Iterator[Path]:
    """A folder to write into, named `target` at the end of the block. After an error it is removed; what a
    killed process has left is removed by the next backup of that name."""
    if target.exists() or target.is_symlink():
        raise ConfigurationError(
            f"{target} exists already: name a folder that does not, so that no backup is overwritten"
        )
    prefix = f".{target.name}{INCOMPLETE}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_left(target.parent, prefix)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    except OSError as fault:
        raise EnvironmentFault(f"{target} cannot be made: {fault.strerror}: choose another folder") from fault
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
        os.fsync(lock)
        folder.rename(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _remove_left(parent: Path, prefix: str) -> None:
    """Folders of killed processes: no living one has their lock."""
    for left in parent.glob(f"{escape(prefix)}*"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)


def write_configuration(folder: Path, texts: dict[str, str]) -> tuple[File, ...]:
    """The tree below the folder."""
    (folder / CONFIGURATION).mkdir(mode=0o700)
    with open_source(f"file:{folder / CONFIGURATION}") as source:
        for path, text in texts.items():
            source.write(path, text)
    return tuple(_file(folder, f"{CONFIGURATION}/{path}") for path in sorted(texts))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    # Programs that know only dumps read their manifests.
    left_out = set() if manifest.restore_point else {"restore_point"}
    text = (json_text(manifest.model_dump(mode="json", exclude=left_out)) + "\n").encode()
    for name, content in ((MANIFEST, text), (DIGEST, f"{hashlib.sha256(text).hexdigest()}\n".encode())):
        with new_private_file(folder / name) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def open_backup(folder: Path) -> Iterator[ReadBackup]:
    """The backup in a folder, every file of which has been read; it is not deleted by `prune` during the block. Raises
    ConfigurationError where there is none, and EnvironmentFault with all files that are damaged or missing, or where a
    newer program has made it."""
    with _reading(folder):
        manifest = read_manifest(folder)
        if manifest.restore_point:
            raise ConfigurationError(
                f"{folder} has no rows, another program keeps them: restore all servers by it to the restore point "
                f"{manifest.restore_point}, then `etl restore --hold`"
            )
        if faults := faults_of(folder, manifest):
            lines = "\n".join(f"  {fault}" for fault in faults)
            raise EnvironmentFault(
                f"the backup {folder} is damaged, and nothing was restored; take another one:\n{lines}"
            )
        yield ReadBackup(folder, manifest)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Shares the lock of the folder with other readers; who writes or deletes it has it alone."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as fault:
        raise ConfigurationError(f"{folder} is no backup: {fault.strerror}: name the folder of one") from fault
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise EnvironmentFault(f"{folder} is written or deleted by another process: wait for its end") from fault
        yield
    finally:
        os.close(lock)


def faults_of(folder: Path, manifest: Manifest, *, contents: bool = True) -> list[str]:
    """What is wrong with the files of a backup, for people; without `contents` only missing files and sizes."""
    return [fault for one in manifest.files if (fault := _fault(folder, one, contents=contents))]


def read_manifest(folder: Path) -> Manifest:
    """What a backup says of itself. Raises ConfigurationError where there is none, EnvironmentFault for a damaged one
    and for that of a newer program."""
    try:
        data, digest = (folder / MANIFEST).read_bytes(), (folder / DIGEST).read_text(encoding="ascii").strip()
    except FileNotFoundError as fault:
        raise ConfigurationError(f"{folder} is no backup: it lacks {Path(fault.filename).name}") from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise EnvironmentFault(f"the manifest of {folder} cannot be read: {fault}") from fault
    if hashlib.sha256(data).hexdigest() != digest:
        raise EnvironmentFault(f"{folder / MANIFEST} is damaged: it is not what {DIGEST} says; take another backup")
    _refuse_newer(folder, data)
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as fault:
        raise EnvironmentFault(
            f"{folder / MANIFEST} is no manifest: {fault.error_count()} faults; take another backup"
        ) from fault


def _refuse_newer(folder: Path, data: bytes) -> None:
    import json

    try:
        known = json.loads(data)
        form, made_by = int(known["format"]), str(known["made_by"])
    except (ValueError, TypeError, KeyError) as fault:
        raise EnvironmentFault(f"{folder / MANIFEST} is no manifest: take another backup") from fault
    if form > FORMAT:
        raise NewerBackup(
            f"the backup {folder} has format {form}, made by etl {made_by}, and this etl reads formats up to {FORMAT}: "
            "install the newer etl"
        )


def _fault(folder: Path, file: File, *, contents: bool) -> str:
    """What is wrong with a file, for people; empty if nothing is."""
    path = folder / file.path
    try:
        size = path.stat().st_size
        if size != file.size:
            return f"{file.path} has {size:,} bytes instead of {file.size:,}"
        return "" if not contents or _sha256(path) == file.sha256 else f"{file.path} has another content"
    except FileNotFoundError:
        return f"{file.path} is missing"
    except OSError as fault:
        return f"{file.path} cannot be read: {fault.strerror}"


def _file(folder: Path, path: str) -> File:
    return File(path=path, size=(folder / path).stat().st_size, sha256=_sha256(folder / path))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
