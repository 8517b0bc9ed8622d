"""A simulated partner: a program that fills in_ tables, well or badly, in a test database.

Receives a company, an open database and what to play. Returns what it gave and what the tables then said. Knows only
SQL: it sees in_ tables, the marker and the answers beside them, never the store or the engine.
"""

from etl.simulator.address import DatabaseAddress, address_of
from etl.simulator.client import SqlClient
from etl.simulator.play import Play, Played, play
from etl.simulator.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "DatabaseAddress", "Play", "Played", "SqlClient", "address_of", "play"]
