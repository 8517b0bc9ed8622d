"""The company as the directory sees it: which fields of Person it fills, and the members of groups.

Pure; no I/O.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field, LinkMode
from etl.sources.directory.people.values import ACCESS_LEVEL, AD_GUID, EMAIL, STATUS

_PERSON = "Person"
_GROUP = "PersonGroup"
_USERS = "users"
_OWN = (EMAIL, STATUS, AD_GUID, ACCESS_LEVEL)


@dataclass(frozen=True)
class DirectoryCompany:
    """`fields`: codes of Person that a sync fills, in the order of its columns. `role_field`: that of PersonGroup with
    the DN of a group of the directory; "" where memberships are not touched."""

    company: Company
    fields: tuple[str, ...]
    role_field: str = ""

    @property
    def person(self) -> BusinessObject:
        return self.company.object(_PERSON)

    @property
    def members(self) -> LinkTable:
        """The links from groups to people."""
        return next(one for one in self.company.link_tables() if (one.bo.code, one.field.code) == (_GROUP, _USERS))

    def links_near(self, *, has_moves: bool) -> list[LinkTable]:
        """The link tables that lead to or from people, where links may wait for those who arrive."""
        return [
            table
            for table in self.company.link_tables()
            if table.bo.code == _PERSON
            or table.member.code == _PERSON
            or (has_moves and (table.bo.code, table.field.code) == (_GROUP, _USERS))
        ]


def project(company: Company, mapped: Iterable[str], role_field: str = "") -> DirectoryCompany:
    """The company with the fields that a sync fills: `mapped` and its own ones, all of which the company has."""
    codes = tuple(dict.fromkeys((*_OWN, *mapped)))
    objects = tuple(_seen(one, codes, has_roles=bool(role_field)) for one in company.objects)
    return DirectoryCompany(Company(company.code, objects), codes, role_field)


def _seen(bo: BusinessObject, codes: Collection[str], *, has_roles: bool) -> BusinessObject:
    def seen(field: Field) -> Field:
        if bo.code == _PERSON:
            return field.model_copy(update={"need_load_from_in_tables": field.code in codes and not field.is_link})
        if bo.code == _GROUP and field.code == _USERS and has_roles:
            # A sync says of each membership whether it begins or ends; those of others stay.
            return field.model_copy(update={"need_load_from_in_tables": True, "link_mode": LinkMode.ADD})
        return field

    return bo.model_copy(update={"fields": tuple(seen(field) for field in bo.fields)})
