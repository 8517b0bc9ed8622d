"""What one version of the out_ tables looks like: made from metadata once, remembered, and compared later.

A version keeps the structure it was built for, even if the metadata changes.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import Company, OutLinkTable

SYSTEM_STATE: Final = "system_state"
"""The column that tells a removed instance where removed ones are kept."""

# What a column shows: a field of its own name, one of the platform's native fields, or the instance's state.
FIELD: Final = "field"
STATE: Final = "state"


@dataclass(frozen=True)
class OutColumn:
    """A column after the fixed ones. `source` is FIELD, STATE, or a native field's code."""

    name: str
    type: str
    source: str


@dataclass(frozen=True)
class OutInstances:
    """The table of a business object."""

    bo: str
    columns: tuple[OutColumn, ...]

    @property
    def name(self) -> str:
        """Name of the out_ table."""
        return names.out_table(self.bo)


@dataclass(frozen=True)
class OutLinks:
    """The table of a link field; `targets` are the codes of the objects it may lead to and that are out themselves."""

    bo: str
    field: str
    owner_column: str
    target_column: str
    bo_column: str | None
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the out_ table."""
        return names.out_link_table(self.bo, self.field)


@dataclass(frozen=True)
class OutStructure:
    """All tables of a version. `keeps_removed`: a removed instance stays and is marked, else it leaves."""

    instances: tuple[OutInstances, ...]
    links: tuple[OutLinks, ...]
    keeps_removed: bool = False

    @classmethod
    def of(cls, company: Company, *, keeps_removed: bool = False) -> "OutStructure":
        """What the metadata asks for now."""
        shown = [bo for bo in company.objects if bo.has_out_table]
        return cls(
            tuple(_instances(bo, keeps_removed=keeps_removed) for bo in shown),
            tuple(_links(company, link) for link in company.out_link_tables()),
            keeps_removed,
        )

    @classmethod
    def from_json(cls, value: Any) -> "OutStructure":
        """What `as_json` gave."""
        return _adapter().validate_python(value)

    def as_json(self) -> dict[str, Any]:
        """Plain data, to be kept."""
        return asdict(self)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Table -> a line per part of it, in words, in order."""
        found = {table.name: tuple(f"{one.name} {one.type}" for one in table.columns) for table in self.instances}
        return found | {link.name: _described(link) for link in self.links}

    def differences(self, wanted: "OutStructure", schema: str) -> list[str]:
        """What `wanted` has otherwise, a line each; empty when both are the same."""
        return list(_differences(self.tables, wanted.tables, schema))


@cache
def _adapter() -> TypeAdapter[OutStructure]:
    return TypeAdapter(OutStructure)


def _instances(bo: BusinessObject, *, keeps_removed: bool) -> OutInstances:
    columns = [OutColumn(field.code, field.sql_type or "", FIELD) for field in bo.uploaded_fields]
    columns += [OutColumn(native.code, native.sql_type, str(native.code)) for native in bo.uploaded_natives]
    if keeps_removed:
        columns.append(OutColumn(SYSTEM_STATE, "varchar(8)", STATE))
    return OutInstances(bo.code, tuple(columns))


def _links(company: Company, link: OutLinkTable) -> OutLinks:
    targets = tuple(target.code for target in company.targets(link.field) if target.has_out_table)
    return OutLinks(link.bo.code, link.field.code, link.owner_column, link.target_column, link.bo_column, targets)


def _described(link: OutLinks) -> tuple[str, ...]:
    columns = (link.owner_column, link.target_column, *([link.bo_column] if link.bo_column else ()))
    return (*(f"{column} varchar(100)" for column in columns), *(f"-> {target}" for target in link.targets))


def _differences(known: dict[str, tuple[str, ...]], wanted: dict[str, tuple[str, ...]], schema: str) -> Iterator[str]:
    for table in known.keys() - wanted.keys():
        yield f"drop table {schema}.{table}"
    for table, parts in wanted.items():
        if table not in known:
            yield f"create table {schema}.{table}"
            continue
        had = known[table]
        yield from (_reported("add", schema, table, part) for part in parts if part not in had)
        yield from (_reported("drop", schema, table, part) for part in had if part not in parts)


def _reported(verb: str, schema: str, table: str, part: str) -> str:
    name, _, rest = part.partition(" ")
    if name == "->":
        return f"{verb} links to {rest} in {schema}.{table}"
    return f"{verb} column {schema}.{table}.{name} ({rest})"
