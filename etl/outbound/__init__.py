"""Versioned out_ schemas: made, filled, kept up by the journal, shown by views, retired.

Receives an open transaction (or, to try again, the engine) and `Versions`. Hands on counters (names -> rows) and what
moved. Never reads an in_ table and never changes golden rows.
"""

from etl.outbound.build import Built, build
from etl.outbound.choose import next_version, refuse_changed
from etl.outbound.large import fill_table, tables_to_fill
from etl.outbound.mirror import Mirror
from etl.outbound.registry import known_versions
from etl.outbound.retire import Retired, announce, due, reasons_against, retire
from etl.outbound.states import VersionState, version_states
from etl.outbound.switch import Switched, roll_back, switch
from etl.outbound.upkeep import bring_up_to_date, ensure_version, make_tables
from etl.outbound.version import OutVersion, Versions

__all__ = [
    "Built",
    "Mirror",
    "OutVersion",
    "Retired",
    "Switched",
    "VersionState",
    "Versions",
    "announce",
    "bring_up_to_date",
    "build",
    "due",
    "ensure_version",
    "fill_table",
    "known_versions",
    "make_tables",
    "next_version",
    "reasons_against",
    "refuse_changed",
    "retire",
    "roll_back",
    "switch",
    "tables_to_fill",
    "version_states",
]
