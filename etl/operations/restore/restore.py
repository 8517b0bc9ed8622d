"""Restores a backup."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy

from etl.database import HELD_FROM, Part, SqlTemplates, access_of, execute, fetch_all, snapshot, transaction
from etl.engine import PARTS
from etl.errors import ConfigurationError, EnvironmentFault
from etl.operations.backup import Dump, Manifest, ReadBackup, open_backup
from etl.operations.digests import differences, digests_of
from etl.operations.installation import DUMPS, OUT, STORE, Installation, own_schemas, present_schemas
from etl.operations.programs import Programs
from etl.operations.restore.hold import CHANGED, EMPTIED, adjusting

_sql = SqlTemplates(__package__)

_DIFFERENCES = 20


@dataclass(frozen=True)
class Restored:
    """What was restored: dumps by their names, the rows of each, and how long it took."""

    manifest: Manifest
    rows: dict[str, int]
    seconds: float


def restore(
    installation: Installation,
    folder: Path,
    *,
    only: Sequence[str] = (),
    programs: str = "",
    privileges: bool = True,
    web: Part,
) -> Restored:
    """Restores the dumps of a backup, or those that `only` names, each in a transaction, and compares all rows with it.

    Everything is read and checked before anything is written. `web`: the console's tables as this program makes them.
    Raises ConfigurationError where the targets do not suit, EnvironmentFault for a damaged or newer backup and for what
    servers and programs say. What was restored before an error stays, held.
    """
    began = time.monotonic()
    with open_backup(folder) as backup:
        dumps = [one for one in backup.manifest.dumps if not only or one.name in only]
        _refuse_unfit(installation, backup.manifest, dumps, only, (*PARTS, web))
        _refuse_present(installation, dumps)
        if privileges:
            _refuse_missing_roles(installation, dumps)
        for one in dumps:
            _restore_dump(installation, backup, one, programs, privileges=privileges)
    for one in dumps:
        _compare(installation.engine_of(one.name), one, backup.manifest)
    return Restored(backup.manifest, {one.name: one.rows for one in dumps}, time.monotonic() - began)


def _restore_dump(
    installation: Installation, backup: ReadBackup, dump: Dump, programs: str, *, privileges: bool
) -> None:
    engine = installation.engine_of(dump.name)
    with transaction(engine) as connection:
        [server] = fetch_all(connection, _sql("server_version"))
    found = Programs.found(backup.manifest.programs, named=programs)
    found.restore(
        access_of(engine),
        backup.folder / dump.file.path,
        server.major,
        then=_adjusting(dump, backup.manifest, installation.runtime.store.schema),
        privileges=privileges,
    )
    with transaction(engine, client_min_messages="error", statement_timeout="0") as connection:
        for table in (one for one in dump.tables if one.rows is not None):
            execute(connection, _sql("analyze", schema=table.schema_name, table=table.table))


def _adjusting(dump: Dump, manifest: Manifest, store_schema: str) -> str:
    """The last statements of a restore."""
    tables = {(one.schema_name, one.table) for one in dump.tables}
    statements = adjusting(dump.name, own_schemas(dump.name, dump.schemas, store_schema), tables)
    if dump.name == STORE and manifest.has_own_out:
        statements += [_sql("forget_mirrors", schema=schema) for schema in dump.schemas]
    return "\n".join(f"{one.text.strip()};" for one in statements)


def _refuse_unfit(
    installation: Installation, manifest: Manifest, dumps: Sequence[Dump], only: Sequence[str], parts: Sequence[Part]
) -> None:
    runtime = installation.runtime
    if manifest.company != runtime.company.code:
        raise ConfigurationError(
            f"the backup is of company {manifest.company}, and the configuration is of {runtime.company.code}: name "
            "the company by --company, or the configuration by --config"
        )
    lacking = [name for name in only if manifest.dump(name) is None]
    if lacking or not dumps:
        there = ", ".join(one.name for one in manifest.dumps)
        raise ConfigurationError(f"the backup has no dump {', '.join(lacking)}: it has {there}")
    _refuse_newer(dumps, parts)
    _refuse_other_layout(installation, manifest, dumps)
    _refuse_other_schema(installation, dumps)


def _refuse_newer(dumps: Iterable[Dump], parts: Sequence[Part]) -> None:
    known = {part.name: part.version for part in parts}
    for dump in dumps:
        for one in dump.parts:
            version = known.get(one.part, -1)
            if max(one.oldest_reader, _unheld(one.oldest_writer)) > version:
                raise EnvironmentFault(
                    f"part {one.part} of schema {one.schema_name} in the backup has version {one.version}, made by etl "
                    f"{one.made_by}, and this etl has version {max(version, 0)}: install the newer etl"
                )


def _unheld(oldest_writer: int) -> int:
    return oldest_writer % HELD_FROM


def _refuse_other_layout(installation: Installation, manifest: Manifest, dumps: Sequence[Dump]) -> None:
    """A copy of the store lies beside out_ tables in a database of their own, and nowhere else."""
    out = manifest.dump(OUT)
    if manifest.dump(STORE) is None or out not in dumps:
        return
    if manifest.has_own_out != installation.runtime.has_own_out:
        was, now = "a database of their own", "the store's"
        if not manifest.has_own_out:
            was, now = now, was
        others = " ".join(f"--only {one.name}" for one in manifest.dumps if one is not out)
        raise ConfigurationError(
            f"the out_ tables of the backup are in {was}, and the configuration puts them into {now}: configure it as "
            f"it was, or leave them out by {others}, and `etl out build` makes them from the store"
        )


def _refuse_other_schema(installation: Installation, dumps: Sequence[Dump]) -> None:
    """The schema of the in_ tables has the name that the configuration says."""
    for dump in dumps:
        if dump.name == DUMPS[0] and installation.runtime.in_schema.lower() not in dump.schemas:
            raise ConfigurationError(
                f"the in_ tables of the backup are in the schema {', '.join(dump.schemas)}, and the configuration says "
                f"{installation.runtime.in_schema}: set schemaName as it was"
            )


def _refuse_present(installation: Installation, dumps: Sequence[Dump]) -> None:
    found: list[str] = []
    for dump in dumps:
        engine = installation.engine_of(dump.name)
        with transaction(engine) as connection:
            there = present_schemas(connection, list(dump.schemas))
        found += [f"  {dump.name}: schema {one} is in {_location(engine)}" for one in there]
    if found:
        lines = "\n".join(found)
        raise ConfigurationError(
            "nothing was restored, as these exist already: restore into databases without them, or name other dumps "
            f"by --only\n{lines}"
        )


def _location(engine: sqlalchemy.Engine) -> str:
    access = access_of(engine)
    return f"the database {access.database} of {access.host}"


def _refuse_missing_roles(installation: Installation, dumps: Sequence[Dump]) -> None:
    missing: dict[str, None] = {}
    for dump in dumps:
        with transaction(installation.engine_of(dump.name)) as connection:
            rows = fetch_all(connection, _sql("missing_roles"), {"names": list(dump.roles)})
        missing |= dict.fromkeys(row.name for row in rows)
    if missing:
        raise ConfigurationError(
            f"the server lacks roles that have privileges in the backup: {', '.join(missing)}. Create them "
            "(docs/privileges.md), or restore with --no-privileges and grant afterwards by `etl grants --apply`"
        )


def _compare(engine: sqlalchemy.Engine, dump: Dump, manifest: Manifest) -> None:
    with snapshot(engine, statement_timeout="0") as connection:
        found = digests_of(connection, dump.schemas)
    # Beside a store without out_ tables the list has only mirrors.
    mirrors = ("out_version",) if dump.name == STORE and manifest.has_own_out else ()
    emptied = (*EMPTIED[dump.name], *mirrors)
    expected = [one for one in dump.tables if one.table not in emptied]
    if lines := differences(expected, found, changed=CHANGED[dump.name]):
        shown = "\n".join(f"  {line}" for line in lines[:_DIFFERENCES])
        raise EnvironmentFault(
            f"the dump {dump.name} was restored, and differs from the backup; do not use it:\n{shown}"
        )
