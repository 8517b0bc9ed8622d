"""Repairs what was merged: two instances become one, or one external id becomes an instance of its own again.

Receives a runtime, an object and ids. Returns counters. Each repair is a unit of work, which an undo reverts.
"""

from etl.engine.repair.join import join
from etl.engine.repair.repairing import Repaired
from etl.engine.repair.split import split

__all__ = ["Repaired", "join", "split"]
