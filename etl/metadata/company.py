"""A company: its business objects in metadata order, and the link tables that they make together."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from etl.errors import ConfigurationError
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import FieldType


@dataclass(frozen=True)
class LinkTable:
    """The links of a BO field, or of a CO field to one of its members; partners fill one where the field is loaded.

    `members`: all objects whose instances the field can name."""

    bo: BusinessObject
    field: Field
    member: BusinessObject
    name: str
    owner_column: str
    target_column: str
    members: tuple[BusinessObject, ...]


@dataclass(frozen=True)
class OutLinkTable:
    """One out_ link table; `bo_column` holds the code of the target's object, for CO fields only."""

    bo: BusinessObject
    field: Field
    name: str
    owner_column: str
    target_column: str
    bo_column: str | None


@dataclass(frozen=True)
class Company:
    """All business objects of a company.

    Metadata order: objects with an `orderIndex` first, by it; then the others; equal ones by path, that is by code,
    capitals before small letters.
    """

    code: str
    objects: tuple[BusinessObject, ...]

    @cached_property
    def _by_code(self) -> dict[str, BusinessObject]:
        return {bo.code: bo for bo in self.objects}

    @cached_property
    def _links_by_name(self) -> dict[str, LinkTable]:
        return {link.name: link for link in self.in_link_tables()}

    @cached_property
    def in_objects(self) -> dict[str, BusinessObject]:
        """The objects that partners fill, by the names of their in_ tables, in metadata order."""
        return {names.in_table(bo.code): bo for bo in self.objects if bo.has_in_table}

    def object(self, code: str) -> BusinessObject:
        """The business object of a code, written exactly so; KeyError when there is none."""
        return self._by_code[code]

    def targets(self, field: Field) -> tuple[BusinessObject, ...]:
        """The objects whose instances a link field can name: its BO, or the members of its CO in their order."""
        if field.type is FieldType.BO and field.bo is not None:
            return (self.object(field.bo),)
        if field.type is FieldType.CO and field.co is not None:
            return tuple(self.object(code) for code in self.object(field.co).bos)
        return ()

    def in_link_tables(self) -> tuple[LinkTable, ...]:
        """The link tables that partners fill, in metadata order."""
        return tuple(link for link in self.link_tables() if link.field.need_load_from_in_tables)

    def link_tables(self) -> tuple[LinkTable, ...]:
        """The link tables of all fields, in metadata order: some sources give links that partners do not."""
        return tuple(
            _link_table(bo, field, member, targets)
            for bo in self.objects
            for field in bo.links
            for targets in (self.targets(field),)
            for member in targets
        )

    def in_link_table(self, name: str) -> LinkTable | None:
        return self._links_by_name.get(name)

    @property
    def summary(self) -> str:
        """How much it has, as all commands say it."""
        fields = sum(len(bo.fields) for bo in self.objects)
        return f"{len(self.objects)} business objects, {fields} fields"

    def in_tables(self) -> tuple[str, ...]:
        """The names of the tables that partners fill, those of objects before those of links, in metadata order."""
        return (*self.in_objects, *self._links_by_name)

    def out_link_tables(self) -> tuple[OutLinkTable, ...]:
        """The link tables that readers see: those between objects that are both out, in metadata order."""
        return tuple(
            _out_link_table(bo, field)
            for bo in self.objects
            for field in bo.uploaded_links
            if any(target.has_out_table for target in self.targets(field))
        )


def _link_table(
    bo: BusinessObject, field: Field, member: BusinessObject, members: tuple[BusinessObject, ...]
) -> LinkTable:
    of_member = member.code if field.type is FieldType.CO else None
    name = names.in_link_table(bo.code, field.code, of_member)
    return LinkTable(bo, field, member, name, *names.link_columns(bo.code, field.code), members)


def _out_link_table(bo: BusinessObject, field: Field) -> OutLinkTable:
    name = names.out_link_table(bo.code, field.code)
    bo_column = f"{field.code}_bo" if field.type is FieldType.CO else None
    return OutLinkTable(bo, field, name, *names.link_columns(bo.code, field.code), bo_column)


def refuse_unknown_codes(company: Company, codes: Iterable[str]) -> None:
    """Raises ConfigurationError for a code of no business object with data; it names the one that may be meant."""
    known = [bo.code for bo in company.objects if bo.carries_data]
    for code in codes:
        if code not in known:
            near = get_close_matches(code, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise ConfigurationError(f"there is no business object {code}{meant}")
