"""What a sync did, or in a dry run would do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.runs import Counters
from etl.sources.directory.people.changes import AnyChange, LeaveOut
from etl.sources.directory.people.guards import GuardStop


@dataclass(frozen=True)
class SyncOutcome:
    """What a sync did, or in a dry run would do: `changes` without those that the merge refused, and `left_out` with
    them. `unit`: the number of the unit of work, None where the store did not change."""

    run: int
    users: int
    controller: str
    is_dry: bool
    changes: tuple[AnyChange, ...] = ()
    left_out: tuple[LeaveOut, ...] = ()
    stops: tuple[GuardStop, ...] = ()
    unit: int | None = None
    counters: Mapping[str, Counters] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes of each kind."""
        return Counter(type(one).__name__ for one in (*self.changes, *self.left_out))

    @property
    def exit_code(self) -> int:
        """0 done, 1 entries were left out, 3 a guard has stopped it."""
        return 3 if self.stops else 1 if self.left_out else 0
