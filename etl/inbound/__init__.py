"""From in_ tables into the golden store: copies, claim, brake, single fields, links, files, statuses, errors, receipt.

Receives an open transaction and a task, or a question about errors and waiting links. Hands on counters (names ->
rows), or the few rows that a person asked for. Set-based SQL only: no value passes through Python on its way to the
store, and nothing here knows the marker or an out_ table.
"""

from etl.inbound.brake import Shares, check_mass_changes
from etl.inbound.claim import analyze_parted, claim, claim_table, large_tables, measure
from etl.inbound.close import Receipt, clean_errors, copy_errors, release, write_receipts
from etl.inbound.copies import Copies, copy_in_tables
from etl.inbound.cut import cut, is_divisible, slices, without_rows
from etl.inbound.error_book import Choice, ErrorBook
from etl.inbound.files import has_files, upload_files
from etl.inbound.links import merge_links
from etl.inbound.migrated_at import touch_migrated
from etl.inbound.place import Place, Sides, create_tables
from etl.inbound.quarantine import quarantine
from etl.inbound.relay import create_relay, forget_relay, relay_errors, relay_task
from etl.inbound.single_fields import merge_dependent_rows, merge_single_fields
from etl.inbound.unread import UnknownStatus, unknown_statuses, unread_after_run
from etl.inbound.waiting import MissingInstance, WaitingLinks, missing_instances, waiting_links

__all__ = [
    "Choice",
    "Copies",
    "ErrorBook",
    "MissingInstance",
    "Place",
    "Receipt",
    "Shares",
    "Sides",
    "UnknownStatus",
    "WaitingLinks",
    "analyze_parted",
    "check_mass_changes",
    "claim",
    "claim_table",
    "clean_errors",
    "copy_errors",
    "copy_in_tables",
    "create_relay",
    "create_tables",
    "cut",
    "forget_relay",
    "has_files",
    "is_divisible",
    "large_tables",
    "measure",
    "merge_dependent_rows",
    "merge_links",
    "merge_single_fields",
    "missing_instances",
    "quarantine",
    "relay_errors",
    "relay_task",
    "release",
    "slices",
    "touch_migrated",
    "unknown_statuses",
    "unread_after_run",
    "upload_files",
    "waiting_links",
    "without_rows",
    "write_receipts",
]
