"""Claims ready rows for a run, checks them for mass changes, divides them into chunks; makes the day's copies."""

from etl.sources.in_tables.claim.claim import analyze_parted, claim, claim_table, large_tables, measure
from etl.sources.in_tables.claim.copies import Copies, copy_in_tables
from etl.sources.in_tables.claim.cut import cut, is_divisible, slices, without_rows
from etl.sources.in_tables.claim.mass_change_guard import Shares, check_mass_changes
from etl.sources.in_tables.claim.sizes import table_bytes
from etl.sources.in_tables.claim.unread import UnknownStatus, unknown_statuses, unread_after_run

__all__ = [
    "Copies",
    "Shares",
    "UnknownStatus",
    "analyze_parted",
    "check_mass_changes",
    "claim",
    "claim_table",
    "copy_in_tables",
    "cut",
    "is_divisible",
    "large_tables",
    "measure",
    "slices",
    "table_bytes",
    "unknown_statuses",
    "unread_after_run",
    "without_rows",
]
