"""A restore: the dumps of a backup into databases without their schemas, held until an operator activates them.

Receives an installation and a backup. No program writes to what was restored before `activate`, and processes that
worked on the original have no valid token there.
"""

from etl.operations.restore.activate import activate
from etl.operations.restore.drill import Drill, drill
from etl.operations.restore.hold import hold
from etl.operations.restore.restore import Restored, restore

__all__ = ["Drill", "Restored", "activate", "drill", "hold", "restore"]
