"""Which staged tables the links of a company have in a batch, and which cannot have one.

The names of in_ tables are checked when metadata are read. Records may also change composite fields that partners do
not load, whose tables would perhaps have names that are too long, or those of others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from etl.merge.links import any_member_table
from etl.metadata import Company
from etl.metadata.company import LinkTable
from etl.metadata.field import LinkMode
from etl.quoting import MAX_NAME_BYTES, fold


def link_fields(company: Company) -> dict[tuple[str, str], tuple[LinkTable, ...]]:
    """The link tables of each field (object, field) whose staged tables can have names of their own."""
    found: dict[tuple[str, str], list[LinkTable]] = {}
    # Those that partners fill come first: their names are sound.
    for table in sorted(company.link_tables(), key=lambda one: not one.field.need_load_from_in_tables):
        found.setdefault((table.bo.code, table.field.code), []).append(table)
    taken: set[str] = set()
    sound = {}
    for key, tables in found.items():
        tables_of_links = {fold(table) for table in link_tables_of(tables)}
        if all(len(table) <= MAX_NAME_BYTES for table in tables_of_links) and not tables_of_links & taken:
            taken |= tables_of_links
            sound[key] = tuple(tables)
    return sound


def link_tables_of(tables: "list[LinkTable] | tuple[LinkTable, ...]") -> tuple[str, ...]:
    """The staged tables of a field's links: one a member, and one for links to any of several."""
    any_member = (any_member_table(tables[0]),) if len(tables) > 1 else ()
    return (*(table.name for table in tables), *any_member)


@dataclass(frozen=True)
class LinkField:
    """A BO or CO field with the link tables of all its members. `number` names it among those of the company."""

    number: int
    tables: tuple[LinkTable, ...]

    @property
    def is_set(self) -> bool:
        """Whether the links of a record are all that its owner has."""
        return self.tables[0].field.link_mode is LinkMode.REPLACE

    @property
    def only_adds(self) -> bool:
        """Whether its links are merged as records give them: of one kind, and none of them the full set."""
        return not self.is_set and not self.has_members

    @property
    def has_members(self) -> bool:
        """Whether it leads to several objects, and a link need not say to which."""
        return len(self.tables) > 1

    @cached_property
    def link_tables(self) -> tuple[str, ...]:
        """The staged tables of its links."""
        return link_tables_of(self.tables)

    def link_table(self, member: str) -> str:
        """The staged table for links to a member, or to any one."""
        return self._by_member.get(member, self.link_tables[-1])

    @cached_property
    def _by_member(self) -> dict[str, str]:
        return {one.member.code: one.name for one in self.tables}


class LinkFields:
    """The link fields of a company, by the codes of object and field."""

    def __init__(self, company: Company) -> None:
        """Of the company as records see it."""
        found = link_fields(company)
        self.fields = {key: LinkField(number, tables) for number, (key, tables) in enumerate(found.items())}

    def near(self, changed: Collection[str]) -> list[LinkTable]:
        """The link tables whose ends are instances of these objects."""
        return [
            table
            for one in self.fields.values()
            for table in one.tables
            if table.bo.code in changed or any(member.code in changed for member in table.members)
        ]

    @cached_property
    def tables(self) -> list[LinkTable]:
        return [table for one in self.fields.values() for table in one.tables]
