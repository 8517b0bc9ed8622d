"""Where the accounts are that a read lacks: the directory is asked for them, so that a report can say it."""

import logging
from dataclasses import replace
from typing import Final

from etl.database import read_only_transaction
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.errors import EtlError
from etl.sources.directory.read import DirectoryRead, DirectoryReader
from etl.sources.directory.stored.state import present_people

_log = logging.getLogger("AdMigration")

# Of more the report says only that they are not there: that is no matter of single accounts any more.
MOST_ABSENT: Final = 100


def with_absent(runtime: Runtime, directory: DirectoryReader, read: DirectoryRead) -> DirectoryRead:
    """The read with the DNs of the people whom the last syncs have met, and this one has not.

    A directory that does not say it is no reason for a sync to fail.
    """
    absent = known_people(runtime).keys() - {entry.guid for entry in read.entries}
    if not 0 < len(absent) <= MOST_ABSENT:
        return read
    try:
        found = directory.dns_of(absent)
    except EtlError as fault:
        _log.warning("where %d accounts are is not known: %s", len(absent), fault)
        return read
    return replace(read, elsewhere={guid: found.get(guid, "") for guid in absent})


def known_people(runtime: Runtime) -> dict[str, str]:
    """objectGUID -> login of the people whom the last syncs have met in the directory."""
    with read_only_transaction(runtime.store_engine) as connection:
        return present_people(connection, runtime.store.schema) if has_store(connection, runtime) else {}
