"""Moves a company to other databases.

Receives two installations, the one that serves and the one that will. Holds the first, copies it by a backup and a
restore, verifies and activates the second. Never releases the first one after that.
"""

from etl.operations.move.move import Moved, move

__all__ = ["Moved", "move"]
