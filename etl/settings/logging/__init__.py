"""The grammar of `logging/structure.txt`: line formats, destinations, and which loggers write to them.

Receives its text. Hands on a LogStructure or its faults with their lines. Never opens a log.
"""

from etl.settings.logging.file import LOGGING, read_log_structure
from etl.settings.logging.structure import BUILT_IN, LogStructure

__all__ = ["BUILT_IN", "LOGGING", "LogStructure", "read_log_structure"]
