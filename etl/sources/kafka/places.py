"""Which staged tables the links of a company have in a batch, and which cannot have one.

The names of in_ tables are checked when metadata are read. Records may also change composite fields that partners do
not load, whose tables would perhaps have names that are too long, or those of others.
"""

from etl.merge.links import any_member_table
from etl.metadata import Company
from etl.metadata.company import LinkTable
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
        places = {fold(place) for place in places_of(tables)}
        if all(len(place) <= MAX_NAME_BYTES for place in places) and not places & taken:
            taken |= places
            sound[key] = tuple(tables)
    return sound


def places_of(tables: "list[LinkTable] | tuple[LinkTable, ...]") -> tuple[str, ...]:
    """The staged tables of a field's links: one a member, and one for links to any of several."""
    any_place = (any_member_table(tables[0]),) if len(tables) > 1 else ()
    return (*(table.name for table in tables), *any_place)
