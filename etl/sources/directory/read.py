"""What a sync needs of the directory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from etl.sources.directory.people.values import Entry


@dataclass(frozen=True)
class DirectoryRead:
    """A read that succeeded: `groups` are the directory's groups, normalized DN -> objectGUID; without them no role is
    judged. `primary_groups`: normalized DN -> of how many users it is the primary group, which memberships do not name;
    `skipped` says which values were none. `controller` has answered. `elsewhere`: of people who are known and in no
    entry, GUID -> DN, "" for an account that is not there any more; only of those whom the directory was asked for."""

    entries: Sequence[Entry]
    controller: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    primary_groups: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)


class DirectoryReader(Protocol):
    """A directory that can be read. Raises EnvironmentFault where it cannot, or where the read is not complete."""

    def read_all(self) -> DirectoryRead:
        """All users."""

    def read_one(self, login: str) -> DirectoryRead:
        """The user of a login; no entry where there is none."""

    def dns_of(self, guids: Collection[str]) -> Mapping[str, str]:
        """GUID -> DN of these accounts, wherever they are in the domain; without those that are not there."""
