"""Charts as values: a template draws them as SVG, with the numbers in a table beside; no script, no library."""

from collections.abc import Sequence
from dataclasses import dataclass

# The drawing's own units; the page scales it.
WIDTH, HEIGHT = 600, 120
_LEFT, _TOP = 4, 8
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Point:
    """A place in the drawing, and what it stands for."""

    x: float
    y: float
    label: str
    value: float


@dataclass(frozen=True)
class Chart:
    """A line. `parts`: pieces without a gap, each the text of a `points` attribute; `top`: the value of the upper edge
    of the drawing."""

    points: tuple[Point, ...]
    parts: tuple[str, ...]
    top: float
    width: int = WIDTH
    height: int = HEIGHT


def line(values: Sequence[tuple[str, float | None]]) -> Chart:
    """A line through labelled values at equal distances; None is a gap. A value alone is a point."""
    known = [value for _, value in values if value is not None]
    top = round_up(max(known, default=0.0))
    step = (WIDTH - 2 * _LEFT) / max(len(values) - 1, 1)
    placed = [
        None if value is None else Point(round(_LEFT + step * number, 1), _height(value, top), label, value)
        for number, (label, value) in enumerate(values)
    ]
    return Chart(tuple(one for one in placed if one), tuple(_parts(placed)), top)


def _height(value: float, top: float) -> float:
    share = min(max(value / top, 0.0), 1.0) if top else 0.0
    return round(HEIGHT - (HEIGHT - _TOP) * share, 1)


def _parts(placed: Sequence[Point | None]) -> list[str]:
    parts: list[list[Point]] = [[]]
    for one in placed:
        if one is None:
            parts.append([])
        else:
            parts[-1].append(one)
    return [" ".join(f"{one.x:g},{one.y:g}" for one in part) for part in parts if len(part) > 1]


def round_up(value: float) -> float:
    """The next round number above a value: the upper edge of a chart."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 1.0
    return next((step * power for step in _STEPS if value <= step * power), 10 * power)
