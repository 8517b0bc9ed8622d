"""A drill: a backup is restored on a server that is made for it and removed, compared, and a run is tried."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from etl.config import Text, Tree
from etl.database import Access, Part, create_database
from etl.engine import Runtime, build_runtime, dry_run, open_database, parse_configuration
from etl.errors import MarkerHeld
from etl.metadata import Company
from etl.operations.backup import Manifest, ReadBackup, note_drill, open_backup
from etl.operations.backup.configuration import variables_of
from etl.operations.installation import IMPORT, OUT, STORE, WEB, Installation
from etl.operations.restore.activate import activate
from etl.operations.restore.restore import restore
from etl.settings import PostgresSettings, Settings

# Stands for every secret that the configuration refers to: a drill signs in nowhere.
_LEFT_OUT = "https://left.out.invalid/"


@dataclass(frozen=True)
class Drill:
    """`seconds`: how long the restore took. `run`: what a run would have done with the rows that were ready."""

    manifest: Manifest
    rows: dict[str, int]
    seconds: float
    run: str


def drill(folder: Path, *, programs: str = "", web: Part) -> Drill:
    """Restores a backup on an embedded server of its own, compares every table with it, and tries a run, which
    is rolled back; then all of it is removed. Nothing is sent. That it has passed is noted in the folder.

    Raises what `restore` raises, and whatever would keep a run from its work.
    """
    with open_backup(folder) as backup:
        settings, company = _configuration(backup)
        with _scratch_folder() as scratch, _scratch_installation(backup, settings, company, scratch) as installation:
            done = restore(installation, folder, programs=programs, privileges=False, web=web)
            activate(installation)
            passed = Drill(done.manifest, done.rows, done.seconds, _try_run(installation.runtime))
        note_drill(folder, backup.manifest, datetime.now(UTC))
        return passed


def _try_run(runtime: Runtime) -> str:
    if not runtime.settings.has_in_migration:
        return "no run was tried: the import is switched off"
    try:
        tried = dry_run(runtime, accept=True)
    except MarkerHeld:
        return "a run is under way in the backup: after a restore the next `etl run` continues it"
    rows = sum(one.claimed for one in tried.receipts)
    return f"a run would take {rows:,} ready rows, reject {sum(one['rows'] for one in tried.errors):,}"


def _configuration(backup: ReadBackup) -> tuple[Settings, Company]:
    texts = backup.texts
    environ = {**dict.fromkeys(variables_of(texts), _LEFT_OUT), **os.environ}
    tree = Tree({path: Text(text, "") for path, text in texts.items()}, f"file:{backup.folder}/configuration")
    return parse_configuration(tree, backup.manifest.company, environ)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Which the account of the server can enter."""
    folder = Path(tempfile.mkdtemp(prefix="etl-drill-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _scratch_installation(
    backup: ReadBackup, settings: Settings, company: Company, folder: Path
) -> Iterator[Installation]:
    """Databases on an embedded server, as many as the backup is of."""
    from etl.embedded import EmbeddedServer

    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(folder, common=folder))
        found = {
            one.name: _access(server.socket_dir, server.port, server.username, one.database)
            for one in backup.manifest.dumps
        }
        found.setdefault(IMPORT, _access(server.socket_dir, server.port, server.username, IMPORT))
        found.setdefault(STORE, found[IMPORT])
        found.setdefault(OUT, found[STORE])
        found.setdefault(WEB, found[STORE])
        for access in dict.fromkeys(found.values()):
            create_database(access)
        databases = {name: _settings_of(access) for name, access in found.items()}
        settings = replace(
            settings,
            import_database=databases[IMPORT],
            store_database=databases[STORE],
            out_database=databases[OUT],
        )
        runtime = stack.enter_context(build_runtime(settings, company))
        web_engine = stack.enter_context(open_database(databases[WEB], "etl", sessions=2))
        yield Installation(runtime, Tree({}, "drill"), web_engine)


def _access(socket_dir: Path, port: int, username: str, database: str) -> Access:
    return Access(str(socket_dir), port, database, username)


def _settings_of(access: Access) -> PostgresSettings:
    found = PostgresSettings(access.host, access.port, access.database, access.username, SecretStr(""), "", "drill")
    return replace(found, is_own=True)
