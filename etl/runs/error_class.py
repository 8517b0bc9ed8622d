"""What a fault of the server means for the task that met it, by SQLSTATE (reliability anchors, 4.3), and how long it is
borne."""

import random
import time
from dataclasses import dataclass, field
from enum import Enum, auto

from etl.errors import EtlError, TransientFault


class ErrorClass(Enum):
    """Classes of faults; the same transaction is tried again for all but the last three."""

    CONTENTION = auto()  # deadlocks are over soon: short pauses and many
    LOCKED = auto()  # so are locks, as a rule; when one is not, somebody must end it, and it is waited for
    CONNECTION_LOST = auto()  # a lost server takes longer to come back: long pauses and few
    RETRY_ONCE = auto()  # the second try finds what the first one did not know; if it does not, it never will
    OUTAGE = auto()  # disk, memory, NOTIFY queue, a standby, no login: somebody must fix the server; it is waited for
    TIMEOUT = auto()  # the server's statement_timeout, or somebody's cancel
    DATA = auto()  # values out of range, broken constraints, limits of the server
    OTHER = auto()


# A unique value that two tasks wrote at once, and a plan that a change of the table made useless.
_RETRY_ONCE = ("23505", "0A000")
_CONNECTION_LOST = ("57P", "08", "53300")
_OUTAGE = ("53100", "53200", "53N01", "58030", "25006", "28")
_TIMEOUT = "57014"
_LOCKED = "55P03"
_DATA = ("21", "22", "23", "54")
# A COPY between databases whose tables are not alike any more.
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
    """The class of a fault."""
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
    """Whether the values of rows may be to blame; a unique value only when a second try has met it too."""
    return fault.sqlstate.startswith(_DATA) and fault.sqlstate not in _NOT_ALIKE


def is_crash(fault: EtlError) -> bool:
    """Whether nothing but the task explains the fault: values that a statement cannot bear, or a server that was lost
    with each try and is there again. Locks, rights, disk, a server that stays away: these excuse it."""
    is_lost = isinstance(fault, TransientFault) and (not fault.sqlstate or fault.sqlstate.startswith(_LINK_LOST))
    return is_lost or is_data_error(fault)


@dataclass
class Patience:
    """With one piece of work. `seconds`: how long the run waits for the server, from the first such fault on."""

    seconds: float = 0.0
    _tries: int = 0
    _waits: int = 0
    _since: float | None = field(default=None)
    _is_waiting: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether the last pause was one for somebody who must do something."""
        return self._is_waiting

    def pause(self, fault: EtlError) -> float | None:
        """How many seconds to wait before the next try; None: it is not tried again."""
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
