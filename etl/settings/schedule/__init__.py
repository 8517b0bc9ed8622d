"""The grammar of schedules: when the service works, and when a hand-over is due.

Receives the text of a schedule. Hands on a Schedule, which computes its next time, or the faults with their positions.
Never reads a clock.
"""

from etl.settings.schedule.schedule import Schedule

__all__ = ["Schedule"]
