"""Performs runs, from an acquired marker to a fixed marker, and reports their state.

Receives a configuration URL and a company. Returns an Outcome, a Status or what was Cleaned. Never parses a command
line and never prints.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etl.engine.cleaning import Cleaned, clean
    from etl.engine.damage import damage_message
    from etl.engine.dry_runs import DryRun, dry_run
    from etl.engine.helper import run_or_help
    from etl.engine.hold import hold_here, read_holds, refuse_on_hold
    from etl.engine.information import information_schemas
    from etl.engine.instances import Change, End, Explanation, History, ValueChange, explain, explain_rows, history
    from etl.engine.moments import Moments, read_moments
    from etl.engine.notifications import read_feed, watch_feed
    from etl.engine.outcome import Outcome
    from etl.engine.pins import ListedPin, Pinned, Unpinned, list_pins, pin, unpin
    from etl.engine.preparation import (
        has_out_versions,
        has_store,
        is_prepared,
        prepare,
        prepare_store,
        prepare_to_change,
        prepare_without_import,
        refuse_unfit,
        states_at,
    )
    from etl.engine.repair import Repaired, join, split
    from etl.engine.run import run_once
    from etl.engine.runtime import Runtime
    from etl.engine.sequences import SequenceBehind, sequences_behind
    from etl.engine.service.loop import read_topics, run_loop, write_topics
    from etl.engine.status import Status, read_status
    from etl.engine.timezone import zone_of
    from etl.engine.topic_alerts import send_alerts
    from etl.engine.tree_faults import faults_of, faults_of_kafka_codes
    from etl.engine.undoing import Undone, dry_undo, undo
    from etl.engine.units import UnitDetails, read_hours, read_unit, read_unit_alone, read_unit_errors, read_units
    from etl.engine.upgrading import PARTS, AppliedMigration, program_versions, upgrade
    from etl.engine.versions import (
        ListedVersion,
        absent_readers,
        add_reader,
        build_version,
        list_readers,
        list_versions,
        remove_reader,
        reset_reader,
        retire_version,
        roll_back_version,
        switch_version,
        versions_behind,
    )
    from etl.engine.wiring import build_runtime, open_database, open_runtime, parse_configuration, read_configuration

__all__ = [
    "PARTS",
    "AppliedMigration",
    "Change",
    "Cleaned",
    "DryRun",
    "End",
    "Explanation",
    "History",
    "ListedPin",
    "ListedVersion",
    "Moments",
    "Outcome",
    "Pinned",
    "Repaired",
    "Runtime",
    "SequenceBehind",
    "Status",
    "Undone",
    "UnitDetails",
    "Unpinned",
    "ValueChange",
    "absent_readers",
    "add_reader",
    "build_runtime",
    "build_version",
    "clean",
    "damage_message",
    "dry_run",
    "dry_undo",
    "explain",
    "explain_rows",
    "faults_of",
    "faults_of_kafka_codes",
    "has_out_versions",
    "has_store",
    "history",
    "hold_here",
    "information_schemas",
    "is_prepared",
    "join",
    "list_pins",
    "list_readers",
    "list_versions",
    "open_database",
    "open_runtime",
    "parse_configuration",
    "pin",
    "prepare",
    "prepare_store",
    "prepare_to_change",
    "prepare_without_import",
    "program_versions",
    "read_configuration",
    "read_feed",
    "read_holds",
    "read_hours",
    "read_moments",
    "read_status",
    "read_topics",
    "read_unit",
    "read_unit_alone",
    "read_unit_errors",
    "read_units",
    "refuse_on_hold",
    "refuse_unfit",
    "remove_reader",
    "reset_reader",
    "retire_version",
    "roll_back_version",
    "run_loop",
    "run_once",
    "run_or_help",
    "send_alerts",
    "sequences_behind",
    "split",
    "states_at",
    "switch_version",
    "undo",
    "unpin",
    "upgrade",
    "versions_behind",
    "watch_feed",
    "write_topics",
    "zone_of",
]

# Module -> what is had from it. Imported when it is asked for: to import all of them takes longer than a look at the
# marker, or what most commands do.
_MODULES = {
    "cleaning": "Cleaned clean",
    "damage": "damage_message",
    "dry_runs": "DryRun dry_run",
    "helper": "run_or_help",
    "hold": "hold_here read_holds refuse_on_hold",
    "information": "information_schemas",
    "instances": "Change End Explanation History ValueChange explain explain_rows history",
    "moments": "Moments read_moments",
    "notifications": "read_feed watch_feed",
    "outcome": "Outcome",
    "pins": "ListedPin Pinned Unpinned list_pins pin unpin",
    "preparation": (
        "has_out_versions has_store is_prepared prepare prepare_store prepare_to_change "
        "prepare_without_import refuse_unfit states_at"
    ),
    "repair": "Repaired join split",
    "run": "run_once",
    "runtime": "Runtime",
    "sequences": "SequenceBehind sequences_behind",
    "service.loop": "read_topics run_loop write_topics",
    "status": "Status read_status",
    "timezone": "zone_of",
    "topic_alerts": "send_alerts",
    "tree_faults": "faults_of faults_of_kafka_codes",
    "undoing": "Undone dry_undo undo",
    "units": "UnitDetails read_hours read_unit read_unit_alone read_unit_errors read_units",
    "upgrading": "PARTS AppliedMigration program_versions upgrade",
    "versions": (
        "ListedVersion absent_readers add_reader build_version list_readers list_versions "
        "remove_reader reset_reader retire_version roll_back_version switch_version versions_behind"
    ),
    "wiring": "build_runtime open_database open_runtime parse_configuration read_configuration",
}

if not TYPE_CHECKING:
    _MODULE_OF = {name: module for module, names in _MODULES.items() for name in names.split()}

    def __getattr__(name: str) -> object:
        """What one of the modules has, on first use. Raises AttributeError for other names."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        return found
