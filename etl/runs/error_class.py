"""Classifies the server's faults by SQLSTATE: whether and for how long a task that meets one is tried again."""

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from etl.errors import EtlError, TransientFault
from etl.retry import Backoff


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

_SHORT = Backoff(first=0.05, longest=1.0, tries=8)
# For how long an outage is waited for is a setting.
_OUTAGE_LASTS = Backoff(first=1.0, longest=30.0, is_outage=True)
_BACKOFFS = {
    ErrorClass.CONTENTION: (_SHORT,),
    ErrorClass.LOCKED: (_SHORT, _OUTAGE_LASTS),
    ErrorClass.CONNECTION_LOST: (Backoff(first=0.5, longest=8.0, tries=5),),
    ErrorClass.RETRY_ONCE: (Backoff(first=0.05, longest=0.05, tries=1),),
    ErrorClass.OUTAGE: (_OUTAGE_LASTS,),
}


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


def backoffs_of(fault: EtlError, *, outage_seconds: float, only_outages: bool = False) -> Sequence[Backoff]:
    """The pauses after a fault of a task, an outage being waited for `outage_seconds`; with `only_outages` those after
    a fault between tasks, where only outages and locks are retried."""
    meaning = error_class_of(fault)
    if only_outages and meaning not in (ErrorClass.OUTAGE, ErrorClass.LOCKED):
        return ()
    return [replace(one, seconds=outage_seconds) if one.is_outage else one for one in _BACKOFFS.get(meaning, ())]
