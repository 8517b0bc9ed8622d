"""The table err: listed, exported, offered again, cleaned, and what has been corrected since."""

from etl.sources.in_tables.errors.error_log import Choice, ErrorLog
from etl.sources.in_tables.errors.error_page import MOST_COUNTED, CodeCount, Cursor, ErrorPage

__all__ = [
    "MOST_COUNTED",
    "Choice",
    "CodeCount",
    "Cursor",
    "ErrorLog",
    "ErrorPage",
]
