"""Who may see and do what: four roles, given company by company."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A role of a viewer in one company."""

    OPERATOR = "operator"
    VIEWER = "viewer"
    PARTNER = "partner"
    READER = "reader"


STRENGTH: Final = (Role.OPERATOR, Role.VIEWER, Role.PARTNER, Role.READER)
"""The strongest first."""
ALL: Final = frozenset(Role)
OPERATORS: Final = frozenset({Role.OPERATOR})
INSIDE: Final = frozenset({Role.OPERATOR, Role.VIEWER})
"""Those who see hosts and statements."""
FRESHNESS: Final = INSIDE | {Role.READER}
"""Those who see how fresh data are, object by object."""
COUNTS: Final = INSIDE | {Role.PARTNER}
"""Those who see which errors there are and how many, runs and their speed; a partner those of its own company."""
WITH_ROWS: Final = frozenset({Role.OPERATOR, Role.PARTNER})
"""Those who see rows and their values, a partner those of its own company."""
ACTING: Final = frozenset({Role.OPERATOR, Role.PARTNER})
"""Those who may offer rows again, load files and hand over."""
