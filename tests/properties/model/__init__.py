"""The rules of the IN migration in plain Python: no SQL, row by row, readable as the specification.

Receives what a partner does and how a run is set. Hands on the whole state that must come of it. Never asks the engine.
Metadata alone is shared with the engine: what a document means is tested elsewhere.
"""

from tests.properties.model.delivered import File, LinkRow, Marker, Row
from tests.properties.model.out import bring_up_to_date
from tests.properties.model.run import (
    Stopped,
    begin_or_resume,
    close,
    hand_over_by_clearing,
    hand_over_by_row,
    perform,
)
from tests.properties.model.world import Policy, World

__all__ = [
    "File",
    "LinkRow",
    "Marker",
    "Policy",
    "Row",
    "Stopped",
    "World",
    "begin_or_resume",
    "bring_up_to_date",
    "close",
    "hand_over_by_clearing",
    "hand_over_by_row",
    "perform",
]
