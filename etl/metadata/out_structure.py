"""What one version of the out_ tables looks like: made from metadata once, remembered, and compared later.

A version keeps the structure it was built for, even if the metadata changes.
"""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import Company, OutLinkTable
from etl.metadata.instance_state import InstanceState

SYSTEM_STATE: Final = "system_state"
"""The column that tells an instance's state where instances in other states than ACTUAL are kept."""
MARKED_STATES: Final = (InstanceState.REMOVED, InstanceState.ARCHIVED, InstanceState.TEST)
"""The states in which an instance is in the out_ tables only where the settings say so."""

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
    bo: str
    columns: tuple[OutColumn, ...]

    @property
    def name(self) -> str:
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
        return names.out_link_table(self.bo, self.field)


@dataclass(frozen=True)
class OutStructure:
    """All tables of a version. `keeps_…`: an instance in this state stays and is marked, else it leaves."""

    instances: tuple[OutInstances, ...]
    links: tuple[OutLinks, ...]
    keeps_removed: bool = False
    keeps_archived: bool = False
    keeps_test: bool = False

    @classmethod
    def of(cls, company: Company, *, kept: Collection[str] = ()) -> "OutStructure":
        """What the metadata asks for now, and which states beside ACTUAL are `kept`."""
        shown = [bo for bo in company.objects if bo.has_out_table]
        return cls(
            tuple(_instances(bo, has_state=bool(kept)) for bo in shown),
            tuple(_links(company, link) for link in company.out_link_tables()),
            keeps_removed=InstanceState.REMOVED in kept,
            keeps_archived=InstanceState.ARCHIVED in kept,
            keeps_test=InstanceState.TEST in kept,
        )

    @classmethod
    def from_json(cls, value: Any) -> "OutStructure":
        return _adapter().validate_python(value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def hidden_states(self) -> tuple[InstanceState, ...]:
        """The states in which an instance has no row."""
        keeps = (self.keeps_removed, self.keeps_archived, self.keeps_test)
        return tuple(state for state, is_kept in zip(MARKED_STATES, keeps, strict=True) if not is_kept)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Table -> a line per part of it, in words, in order."""
        found = {table.name: tuple(f"{one.name} {one.type}" for one in table.columns) for table in self.instances}
        return found | {link.name: _described(link) for link in self.links}

    def differences(self, wanted: "OutStructure", schema: str) -> list[str]:
        """What `wanted` has otherwise, a line each; empty when both are the same."""
        return [*_differences(self.tables, wanted.tables, schema), *_other_states(self, wanted, schema)]


@cache
def _adapter() -> TypeAdapter[OutStructure]:
    return TypeAdapter(OutStructure)


def _instances(bo: BusinessObject, *, has_state: bool) -> OutInstances:
    columns = [OutColumn(field.code, field.sql_type or "", FIELD) for field in bo.uploaded_fields]
    columns += [OutColumn(native.code, native.sql_type, str(native.code)) for native in bo.uploaded_natives]
    if has_state:
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


def _other_states(known: OutStructure, wanted: OutStructure, schema: str) -> Iterator[str]:
    hidden = set(known.hidden_states)
    for state in MARKED_STATES:
        if (state in hidden) != (state in wanted.hidden_states):
            yield f"{'keep' if state in hidden else 'leave out'} {state} instances in {schema}"


def _reported(verb: str, schema: str, table: str, part: str) -> str:
    name, _, rest = part.partition(" ")
    if name == "->":
        return f"{verb} links to {rest} in {schema}.{table}"
    return f"{verb} column {schema}.{table}.{name} ({rest})"
