"""The tables of the out_ tables: of every version, also one that readers no longer see."""

from collections.abc import Iterator

from etl.database import Connection
from etl.engine import Runtime, has_out_versions
from etl.metadata.business_object import BusinessObject
from etl.metadata.out_structure import FIELD, STATE, OutInstances, OutStructure
from etl.operations.erase.store_tables import mirror_tables
from etl.operations.erase.tables import SubjectTable
from etl.outputs import versions
from etl.quoting import identifier


def out_tables(out: Connection, runtime: Runtime, bo: BusinessObject) -> list[SubjectTable]:
    """In the database of the out_ tables, where there are any."""
    if not has_out_versions(out, runtime):
        return []
    found = mirror_tables(runtime, bo) if runtime.has_own_out else []
    for version in versions.known_versions(out, runtime.store.schema):
        structure = version.structure or runtime.versions.wanted
        found += [_instances(version.schema, one) for one in structure.instances if one.bo == bo.code]
        found += _links(version.schema, structure, bo.code)
    return found


def _instances(schema: str, table: OutInstances) -> SubjectTable:
    columns = [identifier(one.name) for one in table.columns if one.source == FIELD]
    [*states] = [identifier(one.name) for one in table.columns if one.source == STATE]
    variables = {"key": "system_id", "columns": columns, "state": states[0] if states else ""}
    empties = [(column, "null") for column in columns] + [(state, "'REMOVED'") for state in states]
    return SubjectTable(schema, table.name, "not_empty", variables, (*empties, ("updated_at", "statement_timestamp()")))


def _links(schema: str, structure: OutStructure, bo: str) -> Iterator[SubjectTable]:
    for link in structure.links:
        if link.bo == bo or bo in link.targets:
            ends = {"owner": identifier(link.owner_column), "target": identifier(link.target_column)}
            yield SubjectTable(schema, link.name, "of_link", ends)
