"""Charts as values: a template draws them as SVG, with the numbers in a table beside; no script, no library."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The drawing's own units; the page scales it.
WIDTH: Final = 600
HEIGHT: Final = 120
_TOP: Final = 8
_WIDEST: Final = 24.0
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: float


@dataclass(frozen=True)
class Chart:
    """Columns from left to right; `top` is the value of the upper edge."""

    columns: tuple[Bar, ...]
    top: float
    width: int = WIDTH
    height: int = HEIGHT


def columns(values: Sequence[tuple[str, float | None]]) -> Chart:
    """A column for each labelled value, with none for None."""
    top = round_up(max((value for _, value in values if value is not None), default=0.0))
    step = WIDTH / max(len(values), 1)
    width = round(min(step * 0.8, _WIDEST), 2)
    made = []
    for number, (label, value) in enumerate(values):
        if value is not None:
            height = round((HEIGHT - _TOP) * min(max(value / top, 0.0), 1.0), 2)
            left = round(step * number + (step - width) / 2, 2)
            made.append(Bar(left, round(HEIGHT - height, 2), width, height, label, value))
    return Chart(tuple(made), top)


def round_up(value: float) -> float:
    """The next round number that is not below a value; 1 for none."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 1.0
    return next(step * power for step in _STEPS if value <= step * power)
