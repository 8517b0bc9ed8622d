"""Groups of the directory, and in which of them an account is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from etl.sources.directory.account import Account, Attributes, guid_of, relative_id
from etl.sources.directory.names import parse, same_name


@dataclass(frozen=True, slots=True)
class Group:
    """`member_of`: DNs of the groups that it is a member of."""

    guid: str
    dn: str
    # The last number of its SID; accounts name their primary group by it.
    relative_id: int | None
    member_of: tuple[str, ...]


def group_of(dn: str, attributes: Attributes) -> Group:
    """The group of an entry."""
    sids = attributes.get("objectsid", ())
    above = tuple(value.decode(errors="replace") for value in attributes.get("memberof", ()))
    return Group(guid_of(dn, attributes), dn, relative_id(sids[0]) if sids else None, above)


@dataclass(frozen=True)
class Groups:
    """All groups of a domain."""

    listed: tuple[Group, ...]

    @cached_property
    def _by_name(self) -> dict[str, Group]:
        return {same_name(group.dn): group for group in self.listed}

    def find(self, dn: str) -> Group | None:
        """The group of a DN, however it is written."""
        return self._by_name.get(same_name(dn))

    def names_of(self, account: Account, *, nested: bool) -> frozenset[str]:
        """The groups of an account, as they compare; with `nested` also the groups of his groups, each once, even where
        they go round in a circle."""
        found = {same_name(dn) for dn in account.member_of}
        waiting = list(found) if nested else []
        while waiting:
            group = self._by_name.get(waiting.pop())
            above = {same_name(dn) for dn in group.member_of} - found if group else set()
            found |= above
            waiting += above
        return frozenset(found)

    def primary(self, accounts: Iterable[Account]) -> dict[str, int]:
        """Groups that are the primary group of accounts -> of how many: memberOf does not have them."""
        by_id = {group.relative_id: same_name(group.dn) for group in self.listed}
        counts: dict[str, int] = {}
        for account in accounts:
            name = by_id.get(account.primary_group)
            if account.primary_group is not None and name is not None:
                counts[name] = counts.get(name, 0) + 1
        return counts


def unparsed(roles: Iterable[str]) -> Iterator[str]:
    """The roles that are no DN; they match only where the directory writes the same text."""
    return (role for role in roles if parse(role) is None)
