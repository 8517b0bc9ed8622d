"""The states of an instance (vendor's guide, `state` of a record)."""

from enum import StrEnum
from typing import Final

STATE: Final = "_state"
"""The state among what sources write of an instance; no field has such a code."""


class InstanceState(StrEnum):
    """ACTUAL: in use. REMOVED: deleted; it keeps its values and its links, and holds no unique value. ARCHIVED: put
    away. TEST: meant for test mode. All but a REMOVED one hold their unique values and count as instances."""

    ACTUAL = "ACTUAL"
    REMOVED = "REMOVED"
    ARCHIVED = "ARCHIVED"
    TEST = "TEST"
