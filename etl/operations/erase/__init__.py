"""Erases a person: all values of an instance, wherever a company's databases and logs have them.

Receives an installation, an object and an id. Returns what holds values, and what lies beyond reach. What is listed is
what is erased: both have the same conditions. Never changes a backup, or a topic of Kafka.
"""

from etl.operations.erase.erase import Erased, erase, find_holders, repeat
from etl.operations.erase.record import Recorded, unrepeated
from etl.operations.erase.tables import Holder

__all__ = ["Erased", "Holder", "Recorded", "erase", "find_holders", "repeat", "unrepeated"]
