"""A partner of straw: plays a program that fills in_ tables, well or badly, against a test database.

Receives a company, an open database and what to play. Hands on what it gave and what the tables then said. Knows only
SQL: it sees in_ tables, the marker and the answers beside them, never the store or the engine.
"""

from etl.partner.address import Address, address_of
from etl.partner.desk import Desk
from etl.partner.play import Play, Played, play
from etl.partner.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "Address", "Desk", "Play", "Played", "address_of", "play"]
