"""The table err: listed, exported, offered again, cleaned, and what has been corrected since."""

from etl.sources.in_tables.errors.error_log import Choice, ErrorLog

__all__ = [
    "Choice",
    "ErrorLog",
]
