"""Differences between directory and store: each change is a value that says what it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Create:
    """A person whom the store does not know."""

    guid: str
    login: str
    values: Mapping[str, str | None]

    def __str__(self) -> str:
        return f"create {self.login}"


@dataclass(frozen=True)
class Rename:
    """A known person with another login."""

    guid: str
    instance: str
    before: str
    login: str

    def __str__(self) -> str:
        return f"rename {self.before or '(no login)'} to {self.login}"


@dataclass(frozen=True)
class Change:
    """Other values of a known person, without login and status; `adopted`: the directory owns the person now."""

    guid: str
    instance: str
    login: str
    before: Mapping[str, str | None]
    values: Mapping[str, str | None]
    adopted: bool = False

    def __str__(self) -> str:
        fields = ", ".join(self.values)
        return f"adopt {self.login}: {fields}" if self.adopted else f"change {self.login}: {fields}"


@dataclass(frozen=True)
class Deactivate:
    """`vanished`: he is not among the accounts that were read; `removes`: his instance is removed, not only his status
    set. `moved_to`: the DN of a vanished one's account, "" if there is none any more, None if that is not known."""

    guid: str
    instance: str
    login: str
    vanished: bool = False
    removes: bool = False
    moved_to: str | None = None

    def __str__(self) -> str:
        return f"{'remove' if self.removes else 'deactivate'} {self.login}: {self._reason}"

    @property
    def _reason(self) -> str:
        if not self.vanished:
            return "disabled or expired in the directory"
        if self.moved_to is None:
            return "no longer among the accounts read"
        if not self.moved_to:
            return "deleted in the directory, or hidden from adUsername"
        return f"moved out of adBase or adUserFilter, to {self.moved_to}"


@dataclass(frozen=True)
class Reactivate:
    """A person whom a sync had deactivated or removed; `restores`: his instance was removed."""

    guid: str
    instance: str
    login: str
    restores: bool = False

    def __str__(self) -> str:
        return f"reactivate {self.login}"


@dataclass(frozen=True)
class Join:
    """A person becomes a member; `instance` is "" for one who is created in the same sync."""

    group: str
    guid: str
    instance: str
    login: str

    def __str__(self) -> str:
        return f"join {self.login} to group {self.group}"


@dataclass(frozen=True)
class Leave:
    group: str
    guid: str
    instance: str
    login: str

    def __str__(self) -> str:
        return f"remove {self.login} from group {self.group}"


@dataclass(frozen=True)
class PassLoginOn:
    """The login of a vanished person belongs to another person now; the former one gets the login `renamed`."""

    guid: str
    instance: str
    login: str
    renamed: str

    def __str__(self) -> str:
        return f"pass the login {self.login} on: the former person becomes {self.renamed}"


@dataclass(frozen=True)
class LeaveOut:
    """An entry that takes no part; the others do. `instance`: the person in the store, "" if there is none."""

    guid: str
    login: str
    reason: str
    instance: str = ""

    def __str__(self) -> str:
        return f"leave out {self.login or self.guid}: {self.reason}"


CHANGE_KINDS: Final = tuple(
    one.__name__ for one in (Create, Rename, Change, Deactivate, Reactivate, Join, Leave, PassLoginOn)
)
"""The names under which changes are counted."""

AnyChange = Create | Rename | Change | Deactivate | Reactivate | Join | Leave | PassLoginOn | LeaveOut
