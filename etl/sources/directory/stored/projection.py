"""The company as the directory sees it: which fields of Person it fills, and the members of groups.

Pure; no I/O.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from etl.errors import ConfigurationError, Problem
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.metadata.field import Field, LinkMode
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.sources.directory.people.values import ACCESS_LEVEL, AD_GUID, EMAIL, STATUS, SyncRules

_PERSON = "Person"
_GROUP = "PersonGroup"
_USERS = "users"
_OWN = (EMAIL, STATUS, AD_GUID, ACCESS_LEVEL)
_TEXTS = frozenset({FieldType.INPUT_TEXT, FieldType.TEXTAREA, FieldType.INPUT_EMAIL, FieldType.INPUT_PHONE})


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


def project(company: Company, mapped: Iterable[str], rules: SyncRules, role_field: str = "") -> DirectoryCompany:
    """The company with the fields that a sync fills: `mapped` and its own ones. Raises ConfigurationError with every
    field that is missing or holds no text, and for a status that is no option."""
    problems: list[Problem | str] = []
    objects = {one.code: one for one in company.objects}
    if _PERSON not in objects:
        raise ConfigurationError(f"company {company.code} has no business object Person: add it to its metadata")
    person = objects[_PERSON]
    codes = tuple(dict.fromkeys((*_OWN, *mapped)))
    for code in codes:
        problems += _field_problems(person, code, "adAttribute." if code not in _OWN else "")
    problems += _status_problems(person, rules)
    if role_field:
        if _GROUP not in objects:
            raise ConfigurationError("adGroupFieldCode: the company has no business object PersonGroup")
        problems += _field_problems(objects[_GROUP], role_field, "adGroupFieldCode ")
    if problems:
        raise ConfigurationError(*problems)
    return DirectoryCompany(
        Company(company.code, tuple(_seen(one, codes, has_roles=bool(role_field)) for one in company.objects)),
        codes,
        role_field,
    )


def _seen(bo: BusinessObject, codes: Collection[str], *, has_roles: bool) -> BusinessObject:
    def seen(field: Field) -> Field:
        if bo.code == _PERSON:
            return field.model_copy(update={"need_load_from_in_tables": field.code in codes and not field.is_link})
        if bo.code == _GROUP and field.code == _USERS and has_roles:
            # A sync says of each membership whether it begins or ends; those of others stay.
            return field.model_copy(update={"need_load_from_in_tables": True, "link_mode": LinkMode.ADD})
        return field

    return bo.model_copy(update={"fields": tuple(seen(field) for field in bo.fields)})


def _field_problems(bo: BusinessObject, code: str, key: str) -> list[str]:
    found = next((field for field in bo.fields if field.code == code), None)
    if found is None:
        near = get_close_matches(code, [field.code for field in bo.fields], 1)
        return [f"{key}{code}: {bo.code} has no such field{f' ({near[0]}?)' if near else ''}"]
    if found.type not in _TEXTS | CHOICE_TYPES:
        return [f"{key}{code}: the field of {bo.code} has the type {found.type}: name one that holds a text"]
    if found.use_as_key_in_migration:
        return [f"{key}{code}: the field is the key of {bo.code}, which external ids fill: name another one"]
    return []


def _status_problems(person: BusinessObject, rules: SyncRules) -> list[str]:
    field = next((one for one in person.fields if one.code == STATUS), None)
    options = {option.code for option in field.options} if field else set()
    return [
        f"{key} = {word}: no option of Person.status: {', '.join(sorted(options))}"
        for key, word in (("adStatusActive", rules.status_active), ("adStatusInactive", rules.status_inactive))
        if options and word not in options
    ]
