"""A figure for monitoring: what it is, and what it is now."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_SUFFIXES = {
    "s": "_seconds",
    "By": "_bytes",
    "1": "",
    **{f"{{{one}}}": f"_{one}s" for one in ("row", "link", "change", "task", "record", "user")},
}


@dataclass(frozen=True)
class Measure:
    """A figure by its OpenTelemetry name; `unit` is UCUM: s, 1, or what is counted in braces. `labels`: those of its
    samples, besides `company`."""

    name: str
    unit: str
    help: str
    labels: tuple[str, ...] = ()

    @property
    def prometheus_name(self) -> str:
        """Its name as Prometheus has names: underscores, the unit at the end."""
        return self.name.replace(".", "_") + _SUFFIXES[self.unit]


@dataclass(frozen=True)
class Sample:
    """The value of a measure now, under its labels."""

    measure: Measure
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[], Iterable[Sample]]
