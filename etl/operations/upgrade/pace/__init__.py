"""How fast a fill proceeds, and what it waits for.

Receives connections. An operator pauses it or says its speed; it waits by itself while WAL waits for an archive or a
standby. Never copies rows.
"""

from etl.operations.upgrade.pace.pace import FULL_SPEED, Pace, Pacing, set_pace, waits_for

__all__ = ["FULL_SPEED", "Pace", "Pacing", "set_pace", "waits_for"]
