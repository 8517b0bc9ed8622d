"""A simulated reader: a program that keeps a copy of the out_ tables, well or badly, in a test database.

Receives an open database, a version's schema and the name of a reader. Returns what it was given and whether its copy
is equal. Knows only SQL: the views and functions for readers, and the out_ tables.
"""

from etl.simulator.reading.client import ReaderClient
from etl.simulator.reading.play import READER_SCENARIOS, Reading, ReadingPlay, play_readers

__all__ = ["READER_SCENARIOS", "ReaderClient", "Reading", "ReadingPlay", "play_readers"]
