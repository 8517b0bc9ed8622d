"""Where the accounts are that a read lacks: the directory is asked for them, so that a report can say it."""

import logging
from dataclasses import replace
from typing import Final

from etl.database import read_only_transaction
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.sources.directory.read import DirectoryRead, DirectoryReader
from etl.sources.directory.stored.state import present_guids

_log = logging.getLogger("AdMigration")

# Of more the report says only that they are not there: that is no matter of single accounts any more.
_MOST: Final = 100


def with_absent(runtime: Runtime, directory: DirectoryReader, read: DirectoryRead) -> DirectoryRead:
    """The read with the DNs of the people whom the last syncs have met, and this one has not.

    A directory that does not say it is no reason for a sync to fail.
    """
    absent = known_guids(runtime) - {entry.guid for entry in read.entries}
    if not 0 < len(absent) <= _MOST:
        return read
    try:
        found = directory.dns_of(absent)
    except EtlError as fault:
        _log.warning("where %d accounts are is not known: %s", len(absent), fault)
        return read
    return replace(read, elsewhere={guid: found.get(guid, "") for guid in absent})


def known_guids(runtime: Runtime) -> set[str]:
    """The objectGUIDs of the people whom the last syncs have met in the directory."""
    with read_only_transaction(runtime.store_engine) as connection:
        return set(present_guids(connection, runtime.store.schema)) if has_store(connection, runtime) else set()
