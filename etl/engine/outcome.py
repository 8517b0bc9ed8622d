"""The result of a command's attempt at a run."""

from dataclasses import dataclass, field

from etl.runs import Counters
from etl.sources.in_tables.receipts import Receipt


@dataclass(frozen=True)
class Outcome:
    """A finished run, or the reason why none started (`run` is None then). `out` counts rows of the out_ tables.

    `unread` are sentences about rows that no run takes. `helped` counts tasks that were performed before for another
    runner's run.
    """

    reason: str
    run: int | None = None
    taken_over: bool = False
    receipts: tuple[Receipt, ...] = ()
    errors: int = 0
    resolved: int = 0
    out_schema: str = ""
    out: Counters = field(default_factory=dict)
    seconds: float = 0.0
    helped: int = 0
    unread: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 done or nothing to do, 1 done with rejected rows."""
        return 1 if self.errors else 0
