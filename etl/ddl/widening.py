"""Which types hold every value of another, so that a column may be widened where it stands."""

import re
from typing import Final

_VARCHAR: Final = re.compile(r"character varying\((\d+)\)")
_NUMERIC: Final = re.compile(r"numeric\((\d+),(-?\d+)\)")
# Decimal digits that the whole numbers of a type may have.
_WHOLE: Final = {"smallint": 5, "integer": 10, "bigint": 19}


def is_wider(wanted: str, live: str) -> bool:
    """Whether a column of type `live` can become `wanted` without a loss; both as the catalog prints them.

    A date is no timestamp here: which instant it would become depends on the session's time zone.
    """
    if wanted == "text":
        return live == "character varying" or _VARCHAR.fullmatch(live) is not None
    if (wider := _VARCHAR.fullmatch(wanted)) and (narrower := _VARCHAR.fullmatch(live)):
        return int(wider[1]) > int(narrower[1])
    if wanted in _WHOLE and live in _WHOLE:
        return _WHOLE[wanted] > _WHOLE[live]
    if (found := _NUMERIC.fullmatch(wanted)) and wanted != live:
        return _holds(int(found[1]) - int(found[2]), int(found[2]), live)
    return False


def _holds(whole: int, fraction: int, live: str) -> bool:
    if live in _WHOLE:
        return _WHOLE[live] <= whole
    found = _NUMERIC.fullmatch(live)
    return found is not None and int(found[2]) <= fraction and int(found[1]) - int(found[2]) <= whole
