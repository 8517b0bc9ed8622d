"""Makes a backup."""

import time
import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from etl import __version__
from etl.database import Connection, SqlTemplates, access_of, fetch_all
from etl.errors import EtlError
from etl.operations.backup.configuration import without_secrets
from etl.operations.backup.folder import new_backup, write_configuration, write_manifest
from etl.operations.backup.free_space import needed, refuse_full_disk
from etl.operations.backup.manifest import OF_DUMPS, Dump, File, Manifest, RecordedPart, Server
from etl.operations.backup.moment import Moment, one_moment
from etl.operations.digests import digests_of
from etl.operations.installation import DUMPS, Installation, has_table, own_schemas
from etl.operations.programs import Programs, RunningDump

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class Backup:
    """A backup that was made, and how long that took."""

    folder: Path
    manifest: Manifest
    seconds: float


def back_up(installation: Installation, target: Path, *, programs: str = "") -> Backup:
    """Writes a backup of a company's databases and configuration into the folder `target`, which must not exist.

    `programs`: the folder of PostgreSQL's programs, if not the newest that are found. Runs, batches and partners work
    meanwhile; the backup shows one moment. Raises ConfigurationError for the folder and the programs, EnvironmentFault
    for what server, disk and programs say; then nothing is left.
    """
    began = time.monotonic()
    with new_backup(target.absolute()) as folder:
        texts, left_out = without_secrets(installation.tree.contents)
        with one_moment(installation) as moment:
            servers = {name: _server(moment.connections[installation.engine_of(name)]) for name in DUMPS}
            newest = max(server.major for server, _ in servers.values())
            found = Programs.found(newest, named=programs)
            dumps = _dump_all(installation, moment, found, folder, {name: one for name, (one, _) in servers.items()})
        manifest = Manifest(
            format=OF_DUMPS,
            backup_id=str(uuid.uuid4()),
            company=installation.runtime.company.code,
            made_by=__version__,
            programs=found.version,
            taken_at=servers[DUMPS[0]][1],
            dumps=dumps,
            configuration=write_configuration(folder, texts),
            left_out=tuple(left_out),
        )
        write_manifest(folder, manifest)
    return Backup(target, manifest, time.monotonic() - began)


def _dump_all(
    installation: Installation, moment: Moment, programs: Programs, folder: Path, servers: dict[str, Server]
) -> tuple[Dump, ...]:
    """Dumps side by side, while the rows are counted in the same snapshots."""
    running: dict[str, RunningDump] = {}
    schemas = {name: installation.schemas_of(name, moment.connections[installation.engine_of(name)]) for name in DUMPS}
    try:
        for name in (one for one in DUMPS if schemas[one]):
            engine = installation.engine_of(name)
            running[name] = programs.start_dump(
                access_of(engine),
                schemas[name],
                moment.names[engine],
                folder / f"{name}.dump",
                before_write=partial(refuse_full_disk, folder),
            )
        # The sizes wait for the same locks as the programs, which have them first.
        refuse_full_disk(folder, _needed(installation, moment, folder, schemas))
        described = {name: _describe(installation, moment, name, schemas[name]) for name in running}
        files = {
            name: File(path=dump.file.name, sha256=dump.finish(), size=dump.size) for name, dump in running.items()
        }
    finally:
        for dump in running.values():
            with suppress(EtlError):
                dump.stop()
    return tuple(Dump(name=name, file=files[name], server=servers[name], **described[name]) for name in running)


def _needed(installation: Installation, moment: Moment, folder: Path, schemas: dict[str, list[str]]) -> int:
    """Bytes of the disk, at most."""
    of_databases: dict[Connection, list[str]] = defaultdict(list)
    for name, found in schemas.items():
        of_databases[moment.connections[installation.engine_of(name)]] += found
    return needed(folder.parent, installation.runtime.company.code, of_databases)


def _describe(installation: Installation, moment: Moment, name: str, schemas: list[str]) -> dict[str, object]:
    engine = installation.engine_of(name)
    connection = moment.connections[engine]
    return {
        "database": installation.database_of(name),
        "schemas": tuple(schemas),
        "tables": digests_of(connection, schemas),
        "parts": _recorded_parts(connection, own_schemas(name, schemas, installation.runtime.store.schema)),
        "roles": tuple(row.name for row in fetch_all(connection, _sql("roles"), {"schemas": schemas})),
    }


def _recorded_parts(connection: Connection, schemas: list[str]) -> tuple[RecordedPart, ...]:
    found: list[RecordedPart] = []
    for schema in schemas:
        is_there = has_table(connection, f"{schema}.etl_schema")
        rows = fetch_all(connection, _sql("recorded_parts", schema=schema)) if is_there else []
        found += [RecordedPart(schema_name=schema, **row._mapping) for row in rows]
    return tuple(found)


def _server(connection: Connection) -> tuple[Server, object]:
    [row] = fetch_all(connection, _sql("server"))
    values = dict(row._mapping)
    at = values.pop("at")
    return Server(**values), at
