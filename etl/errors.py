"""The error tree. Its branches say who must act; each leaf carries the exit code of the command that meets it.

EtlError
 ├─ ConfigurationError   the operator: a setting, an option, a missing package             exit 2
 │   └─ MetadataError    the model author: a business object's document                    exit 2
 ├─ EnvironmentFault     the operator: server, grants, disk, live schema; no row is marked exit 4
 │   ├─ TransientFault   no one: the same transaction is tried again                       exit 4
 │   │   └─ LockTimeout  no one: the lock is waited for, its holders are named           exit 4
 │   ├─ UnfitDatabase    the operator: another database must be made                       exit 4
 │   └─ OnHold           the operator: nothing begins until the hold is released           exit 75
 ├─ RunStopped           the data owner: too many rejects, or counts that do not add up    exit 3
 │   └─ DamageFound      the operator: the server's data are damaged; nothing is retried   exit 4
 ├─ MarkerHeld           no one: another runner holds the marker                           exit 75
 └─ FencedOut            no one: this runner lost its run to a new owner and writes nothing    exit 75
     └─ LeaseLost        the operator: the database was out of reach for too long          exit 4
"""

from dataclasses import dataclass


class Stopped(KeyboardInterrupt):
    """A signal asked the process to end. A KeyboardInterrupt, so that a waiting query is cancelled on the server."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


class EtlError(Exception):
    """Base of every error that a command turns into one message and an exit code."""

    exit_code = 4
    sqlstate = ""  # PostgreSQL's five characters, where the server spoke
    server_message = ""  # its primary message; without place and advice
    relation = ""  # the table or view that it names apart from its message

    @property
    def is_damage(self) -> bool:
        """Whether the server found its own data or an index damaged, or itself in a state that it does not know."""
        return self.sqlstate in ("XX000", "XX001", "XX002")


@dataclass(frozen=True)
class Problem:
    """One fault of a text that a person wrote: what is wrong, where, and what to do.

    `column` counts from 1; `excerpt` is the line itself where it can hold no secret, with `width` characters at fault.
    """

    message: str
    path: str = ""
    line: int | None = None
    key: str = ""
    column: int | None = None
    excerpt: str = ""
    width: int = 0

    def __str__(self) -> str:
        location = self.path + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        parts = [part for part in (location, self.key, self.message) if part]
        return ": ".join(parts)


class ConfigurationError(EtlError):
    """One or more faults of configuration, each with path, line and key where it has them."""

    exit_code = 2

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MetadataError(ConfigurationError):
    """One or more faults of business-object documents; `key` names business object and field."""


class EnvironmentFault(EtlError):
    """Server, privilege, disk or live schema stand in the way; the data is not at fault."""


class TransientFault(EnvironmentFault):
    """A fault that goes away by itself: deadlock, lock timeout, lost connection. Whole transactions are tried again."""


class LockTimeout(TransientFault):
    """A statement has waited too long for a lock of another session (SQLSTATE 55P03)."""

    sqlstate = "55P03"


class UnfitDatabase(EnvironmentFault):
    """A database that cannot be used as it was created; no setting of it can be changed."""

    def __init__(self, problem: str, cure: str) -> None:
        self.problem, self.cure = problem, cure
        super().__init__(f"{problem}: {cure}")


class OnHold(EnvironmentFault):
    """An operator lets nothing begin, or nothing be written, until `etl release`."""

    exit_code = 75


class RunStopped(EtlError):
    """The run ended before its rows did: too many rejects, a guard, or counts that do not add up."""

    exit_code = 3


class DamageFound(RunStopped):
    """The server says that its data or an index is damaged: the run ends, and nothing starts it again by itself."""

    exit_code = 4


class MarkerHeld(EtlError):
    """Another runner holds the marker and its heartbeat is fresh."""

    exit_code = 75


class FencedOut(EtlError):
    """The fencing token of this runner is no longer the run's: a new owner took over."""

    exit_code = 75


class LeaseLost(FencedOut):
    """The lease could not be renewed in time: the database is out of reach, and another runner may have taken over."""

    exit_code = 4
