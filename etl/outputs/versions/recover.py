"""Makes the tables of one business object equal to the golden store again, part by part, while readers use them."""

from dataclasses import replace
from typing import Any

from etl.database import Connection
from etl.errors import ConfigurationError, EnvironmentFault
from etl.metadata.out_structure import OutStructure
from etl.outputs.versions.filling import begin, compare_chunk
from etl.outputs.versions.follow import follow, snapshot
from etl.outputs.versions.registry import known_versions, lock_version, note_scans
from etl.outputs.versions.steps import Fill
from etl.outputs.versions.upkeep import reconcile
from etl.outputs.versions.version import OutVersion, Versions
from etl.runs import Counters


def recover_chunk(
    connection: Connection, versions: Versions, version: OutVersion, code: str, begun: Any
) -> tuple[Any, Counters]:
    """One transaction: the version follows the journal, and the next rows of the object and its links are compared.

    `begun`: what the call before has returned, None at first; the result is None when all is compared. Rows that the
    store does not have are deleted. Raises EnvironmentFault for a version that is still being filled.
    """
    known = lock_version(connection, version)
    if known is None:
        raise ConfigurationError(f"{version.schema} is no version: `etl out list` shows them")
    known, structure = reconcile(connection, versions, known)
    if known.fill is not None:
        raise EnvironmentFault(
            f"{version.schema} is being filled or compared as a whole: `etl out build` does that, and then nothing is "
            "left to recover"
        )
    counters = follow(connection, known, structure, snapshot(connection))
    part = _part_of(structure, code)
    fill = Fill.from_json(begun) if begun else begin(connection, part, versions.store_schema, 0, is_new=False)
    left, written = compare_chunk(connection, version, structure, fill, part, versions.chunk_rows)
    for counter, rows in written.items():
        counters[counter] += rows
    note_scans(connection, version)
    return (left.as_json() if left else None), counters


def shown_objects(connection: Connection, version: OutVersion, wanted: OutStructure) -> list[str]:
    """The objects that have tables in a version."""
    known = next((one for one in known_versions(connection, version.store_schema) if one.version == version), None)
    structure = (known.structure if known else None) or wanted
    return [one.bo for one in structure.instances]


def _part_of(structure: OutStructure, code: str) -> OutStructure:
    return replace(
        structure,
        instances=tuple(one for one in structure.instances if one.bo == code),
        links=tuple(one for one in structure.links if one.bo == code),
    )
