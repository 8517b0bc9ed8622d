"""Classifies the server's faults by SQLSTATE: whether and for how long a task that meets one is tried again."""

import random
import time
from dataclasses import dataclass, field
from enum import Enum, auto

from etl.errors import EtlError, TransientFault


class ErrorClass(Enum):
    """Classes of faults; the same transaction is tried again for all but the last three."""

    CONTENTION = auto()  # deadlocks are short: many short pauses
    LOCKED = auto()  # locks are short too, as a rule; the run waits for one that an operator must end
    CONNECTION_LOST = auto()  # a lost server takes longer to come back: few long pauses
    RETRY_ONCE = auto()  # the second try sees what changed during the first one; further tries would see the same
    OUTAGE = auto()  # disk, memory, NOTIFY queue, a standby, no login: waits until an operator has fixed the server
    TIMEOUT = auto()  # statement_timeout, or another session cancelled the statement
    DATA = auto()  # values out of range, broken constraints, limits of the server
    OTHER = auto()


# A unique value that two tasks wrote at once, and a plan that a change of the table made useless.
_RETRY_ONCE = ("23505", "0A000")
_CONNECTION_LOST = ("57P", "08", "53300")
_OUTAGE = ("53100", "53200", "53N01", "58030", "25006", "28")
_TIMEOUT = "57014"
_LOCKED = "55P03"
_DATA = ("21", "22", "23", "54")
# A COPY between databases whose tables differ by now.
_NOT_ALIKE = ("22P03", "22P04")
_LINK_LOST = ("08", "57P01", "57P02")

_SHORT = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0)
_PAUSES = {
    ErrorClass.CONTENTION: _SHORT,
    ErrorClass.LOCKED: _SHORT,
    ErrorClass.CONNECTION_LOST: (0.5, 1.0, 2.0, 4.0, 8.0),
    ErrorClass.RETRY_ONCE: (0.05,),
}
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


def error_class_of(fault: EtlError) -> ErrorClass:
    """The class of a fault by its SQLSTATE; without one by its type."""
    code = fault.sqlstate
    if isinstance(fault, TransientFault):
        if code in _RETRY_ONCE:
            return ErrorClass.RETRY_ONCE
        if code == _LOCKED:
            return ErrorClass.LOCKED
        return ErrorClass.CONNECTION_LOST if not code or code.startswith(_CONNECTION_LOST) else ErrorClass.CONTENTION
    if code.startswith(_OUTAGE):
        return ErrorClass.OUTAGE
    if code == _TIMEOUT:
        return ErrorClass.TIMEOUT
    return ErrorClass.DATA if is_data_error(fault) else ErrorClass.OTHER


def is_data_error(fault: EtlError) -> bool:
    """Whether values of rows may be the cause; unique violations count only when a second try has met them too."""
    return fault.sqlstate.startswith(_DATA) and fault.sqlstate not in _NOT_ALIKE


def is_crash(fault: EtlError) -> bool:
    """Whether the task itself caused the fault: values that a statement rejects, or a connection lost at each try while
    the server is reachable. Not the task's fault: locks, missing privileges, disk, a server that stays away."""
    is_lost = isinstance(fault, TransientFault) and (not fault.sqlstate or fault.sqlstate.startswith(_LINK_LOST))
    return is_lost or is_data_error(fault)


@dataclass
class Patience:
    """The tries of one piece of work. `seconds`: how long the run waits for the server, from the first outage on."""

    seconds: float = 0.0
    _tries: int = 0
    _waits: int = 0
    _since: float | None = field(default=None)
    _is_waiting: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether the last pause waits for an operator to act."""
        return self._is_waiting

    def pause(self, fault: EtlError) -> float | None:
        """Seconds to wait before the next try; None: it is not tried again."""
        meaning = error_class_of(fault)
        self._is_waiting = False
        if meaning is ErrorClass.OUTAGE:
            return self._wait(time.monotonic())
        pauses = _PAUSES.get(meaning, ())
        if self._tries >= len(pauses):
            return self._wait(time.monotonic()) if meaning is ErrorClass.LOCKED else None
        self._tries += 1
        return pauses[self._tries - 1] * random.uniform(0.5, 1.0)  # noqa: S311

    def _wait(self, now: float) -> float | None:
        self._since = now if self._since is None else self._since
        left = self._since + self.seconds - now
        if left <= 0:
            return None
        self._waits += 1
        self._is_waiting = True
        longest = min(_FIRST_WAIT * 2.0 ** min(self._waits - 1, 10), _LONGEST_WAIT)
        return min(longest * random.uniform(0.5, 1.0), left)  # noqa: S311
