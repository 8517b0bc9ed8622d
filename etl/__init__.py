"""The SQL-table ETL engine for process_tracking handshakes."""

__version__ = "0.1.0"
