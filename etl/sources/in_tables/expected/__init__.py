"""What a partner says of a hand-over in process_expected: control totals, full sets, and what is to be compared.

Receives the claimed rows of a run. Stops a run whose rows differ from the totals, adds rows to the in_ tables that
remove what a full set no longer has, and names what store and partner do not have alike. Never reads the marker, and
merges nothing.
"""

from etl.sources.in_tables.expected.expectations import apply_expected, finish_expected, free_expected, take_expected
from etl.sources.in_tables.expected.full_sets import delete_added
from etl.sources.in_tables.expected.spelling import NO_TEXT, SEPARATOR, Spelling, compared_fields, hash_of_given

__all__ = [
    "NO_TEXT",
    "SEPARATOR",
    "Spelling",
    "apply_expected",
    "compared_fields",
    "delete_added",
    "finish_expected",
    "free_expected",
    "hash_of_given",
    "take_expected",
]
