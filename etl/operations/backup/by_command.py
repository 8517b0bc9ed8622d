"""A backup whose rows another program keeps: pgBackRest, Barman, a snapshot of disks. etl adds configuration, manifest,
and a restore point in the write-ahead log of each server."""

import shlex
import subprocess
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy

from etl import __version__
from etl.database import SqlTemplates, access_of, fetch_all, transaction
from etl.errors import ConfigurationError, EnvironmentFault
from etl.logs import REDACTION
from etl.operations.backup.backup import Backup
from etl.operations.backup.configuration import without_secrets
from etl.operations.backup.folder import new_backup, write_configuration, write_manifest
from etl.operations.backup.manifest import FORMAT, Manifest
from etl.operations.installation import DUMPS, Installation

_sql = SqlTemplates(__package__)

_LINES: Final = 5


def back_up_by(installation: Installation, target: Path, command: str, environ: Mapping[str, str]) -> Backup:
    """Runs the command, which backs up the servers, and then notes a restore point in each of them.

    The command is no shell's: words and quotes. It is given ETL_COMPANY, ETL_BACKUP (the folder that is written),
    ETL_RESTORE_POINT, and ETL_SERVERS (host:port, with blanks between them). Raises ConfigurationError for the command
    and the folder, EnvironmentFault where the command fails or a server does not let us; then nothing is left.
    """
    began = time.monotonic()
    words = _words(command)
    code = installation.runtime.company.code
    point = f"etl_{code}_{uuid.uuid4().hex[:12]}"
    _refuse_without_points(installation)
    with new_backup(target.absolute()) as folder:
        texts, left_out = without_secrets(installation.tree.contents)
        given = {"ETL_COMPANY": code, "ETL_BACKUP": str(folder), "ETL_RESTORE_POINT": point}
        _run(words, {**environ, **given, "ETL_SERVERS": " ".join(_servers(installation))})
        manifest = Manifest(
            format=FORMAT,
            backup_id=str(uuid.uuid4()),
            company=code,
            made_by=__version__,
            programs=0,
            taken_at=_note_restore_points(installation, point),
            dumps=(),
            configuration=write_configuration(folder, texts),
            left_out=tuple(left_out),
            restore_point=point,
        )
        write_manifest(folder, manifest)
    return Backup(target, manifest, time.monotonic() - began)


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as fault:
        raise ConfigurationError(f"--by {command}: {fault}: write words, in quotes where they have blanks") from fault
    if not words:
        raise ConfigurationError("--by is empty: name the program that makes the backup, with its options")
    return words


def _run(words: list[str], environ: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(
            words,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as fault:
        raise EnvironmentFault(f"{words[0]} cannot be started: {fault.strerror}: correct --by") from fault
    if done.returncode:
        output = " ".join(done.stdout.split("\n")[-_LINES:]).strip() or "it gave no reason"
        raise EnvironmentFault(f"{words[0]} has failed with exit code {done.returncode}: {REDACTION.masked(output)}")


def _servers(installation: Installation) -> list[str]:
    return list(dict.fromkeys(_server_of(engine) for engine in _engines(installation)))


def _server_of(engine: sqlalchemy.Engine) -> str:
    access = access_of(engine)
    return f"{access.host}:{access.port}"


def _refuse_without_points(installation: Installation) -> None:
    """Before the command, which may take hours: raises EnvironmentFault where a restore point cannot be noted after."""
    for engine in _engines(installation):
        with transaction(engine) as connection:
            [found] = fetch_all(connection, _sql("can_note_points"))
        if found.is_standby:
            raise EnvironmentFault(
                f"{_server_of(engine)} is a standby, which notes no restore point: give the address of the primary"
            )
        if found.lacking:
            raise EnvironmentFault(
                f"the role {found.role} may not note a restore point at {_server_of(engine)}: "
                f"`grant execute on function {', '.join(found.lacking)}` to it"
            )


def _note_restore_points(installation: Installation, point: str) -> datetime:
    """The moment of the first one; the import's is the first, as a store may be further than its import by a task."""
    moments: list[datetime] = []
    for engine in _engines(installation):
        with transaction(engine) as connection:
            [row] = fetch_all(connection, _sql("create_restore_point"), {"name": point})
            moments.append(row.at)
        with transaction(engine) as connection:  # what holds the point is archived now
            fetch_all(connection, _sql("switch_wal"))
    return moments[0]


def _engines(installation: Installation) -> list[sqlalchemy.Engine]:
    """One of each server, that of the import first."""
    found: dict[str, sqlalchemy.Engine] = {}
    for engine in (installation.engine_of(name) for name in DUMPS):
        found.setdefault(_server_of(engine), engine)
    return list(found.values())
