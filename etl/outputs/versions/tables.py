"""The tables of a structure as variables for the statements of this package."""

from etl.metadata import names
from etl.metadata.field_types import Native
from etl.metadata.instance_state import InstanceState
from etl.metadata.out_structure import FIELD, STATE, OutColumn, OutInstances, OutLinks, OutStructure
from etl.outputs.versions.version import OutVersion
from etl.quoting import identifier

_NATIVES = {
    Native.CREATED_AT: "g._created_at",
    Native.CREATED_BY: "g._created_by",
    Native.LAST_MODIFIED_AT: "g._modified_at",
    Native.LAST_MODIFIED_BY: "g._modified_by",
    Native.IN_MIGRATION_UPDATED_AT: "g._in_migrated_at",
    # Cards are opened on the platform's own screens; a migration never counts one.
    Native.OPEN_COUNT: "cast(0 as numeric(24,4))",
}


def instance_variables(version: OutVersion, structure: OutStructure, table: OutInstances) -> dict[str, object]:
    return version.variables | {
        "golden": names.store_table(table.bo),
        "out_table": table.name,
        "columns": [identifier(column.name) for column in table.columns],
        "values": [_value(column) for column in table.columns],
        "hidden": structure.hidden_states,
    }


def link_variables(version: OutVersion, structure: OutStructure, link: OutLinks) -> dict[str, object]:
    return version.variables | {
        "golden_link": names.store_link_table(link.bo, link.field),
        "out_link": link.name,
        "owner_column": link.owner_column,
        "target_column": link.target_column,
        "bo_column": link.bo_column,
        "owner_golden": names.store_table(link.bo),
        "target_goldens": [names.store_table(target) for target in link.targets],
        "owner_out": names.out_table(link.bo),
        "target_outs": [names.out_table(target) for target in link.targets],
        "keeps_removed": structure.keeps_removed,
        # Kept or not, a removed instance shows no links.
        "without_links": sorted({InstanceState.REMOVED, *structure.hidden_states}),
    }


def _value(column: OutColumn) -> str:
    if column.source == FIELD:
        return f"g.{identifier(column.name)}"
    return "g._state" if column.source == STATE else _NATIVES[Native(column.source)]
