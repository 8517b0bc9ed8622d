"""Pages of errors: where one ends, and how many there are as far as that is counted."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from etl.errors import ConfigurationError
from etl.quoting import shown

MOST_COUNTED: Final = 1_000
"""Errors are counted so far; then there are more."""

_CURSOR = re.compile(r"(\d{1,19})-(\d{1,19})-([0-9a-f]{8})")
_MAX = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """The last error of a page: the next page begins behind it."""

    run: int
    id: int

    def text(self, chosen: Sequence[object]) -> str:
        """As a text that only goes with the same choice."""
        return f"{self.run}-{self.id}-{_digest(chosen)}"

    @classmethod
    def parsed(cls, cursor: str, chosen: Sequence[object]) -> Self:
        """From that text. Raises ConfigurationError for any other, and for that of another choice."""
        found = _CURSOR.fullmatch(cursor)
        if found is None or found[3] != _digest(chosen) or max(int(found[1]), int(found[2])) > _MAX:
            raise ConfigurationError(
                f"{shown(cursor)} is no cursor of this list: give what the last page ended with, and the same options"
            )
        return cls(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class CodeCount:
    """How many errors of a code a table has; `is_exact` is false where there are more."""

    in_table: str
    code: str
    errors: int
    is_exact: bool


@dataclass(frozen=True)
class ErrorPage:
    """Errors of a list, the newest first, each with its state. `next`: the cursor of the next page, None at the end.
    `count`: of all pages, without regard to states; `count_is_exact` is false where there are more."""

    schema: str
    errors: tuple[dict[str, Any], ...]
    next: str | None
    count: int
    count_is_exact: bool


def _digest(chosen: Sequence[object]) -> str:
    return hashlib.sha256(repr(tuple(chosen)).encode()).hexdigest()[:8]
