"""Versioned out_ schemas: created, filled, kept up to date from the journal, shown by views, retired.

Receives an open transaction (or, to try again, the engine) and `Versions`. Returns counters (names -> rows) and what
moved. Never reads an in_ table and never changes golden rows.
"""

from etl.outputs.versions.build import Built, build
from etl.outputs.versions.changes import changed_ids, changed_instances, followed_unit, given_instances
from etl.outputs.versions.choose import next_version, refuse_changed
from etl.outputs.versions.large import fill_table, tables_to_fill
from etl.outputs.versions.mirror import Mirror
from etl.outputs.versions.own_tables import MIRROR, MIRROR_PARTS, OUT, STORE_PARTS
from etl.outputs.versions.readers import (
    OutReader,
    add_reader,
    delete_taken,
    read_readers,
    remove_reader,
    reset_reader,
    retire_readers,
)
from etl.outputs.versions.recover import recover_chunk, shown_objects
from etl.outputs.versions.registry import known_versions
from etl.outputs.versions.retire import (
    Retired,
    announce,
    due_to_retire,
    reasons_against,
    retire,
)
from etl.outputs.versions.states import (
    MOST_BEHIND,
    VersionBehind,
    VersionState,
    version_states,
    versions_behind,
)
from etl.outputs.versions.switch import Switched, SwitchLosses, roll_back, switch, switch_losses
from etl.outputs.versions.upkeep import bring_up_to_date, ensure_version, make_tables
from etl.outputs.versions.version import OutVersion, Versions

__all__ = [
    "MIRROR",
    "MIRROR_PARTS",
    "MOST_BEHIND",
    "OUT",
    "STORE_PARTS",
    "Built",
    "Mirror",
    "OutReader",
    "OutVersion",
    "Retired",
    "SwitchLosses",
    "Switched",
    "VersionBehind",
    "VersionState",
    "Versions",
    "add_reader",
    "announce",
    "bring_up_to_date",
    "build",
    "changed_ids",
    "changed_instances",
    "delete_taken",
    "due_to_retire",
    "ensure_version",
    "fill_table",
    "followed_unit",
    "given_instances",
    "known_versions",
    "make_tables",
    "next_version",
    "read_readers",
    "reasons_against",
    "recover_chunk",
    "refuse_changed",
    "remove_reader",
    "reset_reader",
    "retire",
    "retire_readers",
    "roll_back",
    "shown_objects",
    "switch",
    "switch_losses",
    "tables_to_fill",
    "version_states",
    "versions_behind",
]
