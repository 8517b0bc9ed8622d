"""Notes in the store that a backup was made, or restored in a drill, so that every host can see how old the last one
is."""

from pathlib import Path
from socket import gethostname

from etl.database import transaction
from etl.engine import Runtime
from etl.errors import EtlError
from etl.operations.backup.manifest import Manifest
from etl.quoting import printable
from etl.store import BackupRecords


def note_in_store(runtime: Runtime, manifest: Manifest, folder: Path, *, is_drill: bool = False) -> str:
    """Returns why it could not be noted, or nothing; the backup itself is good all the same."""
    if manifest.company != runtime.company.code:
        return f"it is of the company {manifest.company}, and the configuration of {runtime.company.code}"
    records = BackupRecords(runtime.store.schema)
    note = records.note_drill if is_drill else records.note
    location = printable(f"{folder.absolute()} on {gethostname()}")
    try:
        with transaction(runtime.store_engine) as connection:
            is_noted = note(connection, manifest.backup_id, manifest.taken_at, location)
    except EtlError as fault:
        return str(fault)
    return "" if is_noted else f"the store {runtime.store.schema} has no such table yet: the next `etl run` makes it"
