"""The table err: listed, exported, offered again, cleaned, and what has been corrected since."""

from etl.sources.in_tables.errors.cleaning import ERRORS, clean_errors, drop_errors
from etl.sources.in_tables.errors.correction import MOST_CHARACTERS, Correction, ShownValue, is_correctable
from etl.sources.in_tables.errors.error_log import Choice, ErrorLog
from etl.sources.in_tables.errors.error_page import MOST_COUNTED, CodeCount, Cursor, ErrorPage
from etl.sources.in_tables.errors.rejected_rows import rejected_rows

__all__ = [
    "ERRORS",
    "MOST_CHARACTERS",
    "MOST_COUNTED",
    "Choice",
    "CodeCount",
    "Correction",
    "Cursor",
    "ErrorLog",
    "ErrorPage",
    "ShownValue",
    "clean_errors",
    "drop_errors",
    "is_correctable",
    "rejected_rows",
]
