"""The SQL of conditions under which a field keeps the value that a person has pinned, whatever a row brings.

Pure; no I/O. `i` is the row, `g` its golden row, `pins` what is pinned in that instance (null without pins).
"""

from dataclasses import dataclass

from etl.merge.rows.value_checks import SameTexts, differ
from etl.store import PinnedField


@dataclass(frozen=True)
class Holding:
    """`is_held`: the row does not set the field. `is_lost`: it brings another value, which is not written. `is_ended`:
    it ends the pin; "" where no row may. `number`: of the field in `pins`."""

    number: int
    is_held: str
    is_lost: str
    is_ended: str = ""


def hold(pin: PinnedField, column: str, input_sql: str, brings: str, same_texts: SameTexts | None) -> Holding:
    """`brings`: SQL of the condition that the row has a good value of the field, `input_sql`."""
    is_pinned, is_ended = f"pins.is_{pin.number}", ""
    if pin.may_end:
        is_other = f"({differ(input_sql, f'pins.source_{pin.number}', same_texts)})"
        is_ended = f"coalesce(pins.ends_{pin.number} and {brings}\n            and {is_other}, false)"
        is_pinned += f"\n            and not {is_ended}"
    is_held = f"coalesce({is_pinned}, false)"
    is_other = differ(input_sql, f"g.{column}", same_texts)
    return Holding(
        pin.number, is_held, f"({is_held}\n            and {brings}\n            and ({is_other}))", is_ended
    )
