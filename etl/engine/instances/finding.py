"""Which instance is meant: by its object or in_ table, and any id that someone may have of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from etl.database import Connection, SqlTemplates, fetch_all
from etl.ddl.catalog import relations
from etl.engine.preparation import has_store
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.quoting import fold
from etl.store.targets import TargetField, target_fields

_sql = SqlTemplates(__package__)

# A number that PostgreSQL can compare with any column.
_NUMBER = re.compile(r"[+-]?\d{1,100}(\.\d{1,100})?", re.ASCII)

Row = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """An object that a link field can name."""

    code: str

    @property
    def golden(self) -> str:
        """Its golden table."""
        return names.store_table(self.code)


@dataclass(frozen=True)
class LinkField:
    """A link field by which an instance names others, or is named: `is_target`."""

    bo: str
    field: str
    targets: tuple[Target, ...]
    is_single: bool
    is_target: bool

    @property
    def golden(self) -> str:
        """The golden table of its owners."""
        return names.store_table(self.bo)

    @property
    def store_table(self) -> str:
        """The golden table of its links."""
        return names.store_link_table(self.bo, self.field)


def find_object(company: Company, name: str) -> BusinessObject:
    """The object of a code or of an in_ table. Raises ConfigurationError where there is none with data."""
    known = {fold(one): bo for bo in company.objects for one in (bo.code, names.in_table(bo.code))}
    found = known.get(fold(name))
    if found and found.carries_data:
        return found
    if found:
        raise ConfigurationError(f"{found.code} is a {found.category} and has no rows: name a business object")
    near = get_close_matches(name, [names.in_table(one.code) for one in company.objects if one.carries_data], n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise ConfigurationError(f"{name} is no table of a business object{meant}")


def has_golden_table(store: Connection, runtime: Runtime, bo: BusinessObject) -> bool:
    """Whether the store is there, with the table of the object."""
    return has_store(store, runtime) and bool(relations(store, runtime.store.schema, [names.store_table(bo.code)]))


def find_instance(store: Connection, schema: str, bo: BusinessObject, named: str) -> Row | None:
    """The instance that an external id means, its own or a further one; else that with this id in the store, or with
    this value of a unique field. `found_by` is what it was found by: _in_id, alias, _id, or the column of the field."""
    golden = names.store_table(bo.code)
    number = named if _NUMBER.fullmatch(named) else None
    # The metadata may have a field that the tables do not have yet.
    there = relations(store, schema, [golden])[fold(golden)].columns
    unique = [one for one in target_fields(bo) if one.name in there and _is_searched(one, is_number=number is not None)]
    values = {"bo": bo.code, "named": named} | ({"number": number} if any(one.sql_type for one in unique) else {})
    rows = read(store, "find_instance", values, store_schema=schema, golden=golden, unique=unique)
    return rows[0] if rows else None


def _is_searched(field: TargetField, *, is_number: bool) -> bool:
    """Texts, choices by what is stored, and numbers; times and truth values name nothing that people look for."""
    return is_number if field.kind == "numeric" else not field.sql_type


def find_stored(connection: Connection, runtime: Runtime, bo: BusinessObject, named: str) -> Row | None:
    """As `find_instance`; None also before the object has a table."""
    is_there = has_golden_table(connection, runtime, bo)
    return find_instance(connection, runtime.store.schema, bo, named) if is_there else None


def link_fields(company: Company, bo: BusinessObject) -> Iterator[LinkField]:
    """The link fields of the object, and those that may lead to it."""
    for one in company.objects:
        for field in one.links:
            named = company.targets(field)
            targets = tuple(Target(target.code) for target in named)
            if one is bo:
                yield LinkField(one.code, field.code, targets, field.is_single, is_target=False)
            if bo in named:
                yield LinkField(one.code, field.code, targets, field.is_single, is_target=True)


def read(connection: Connection, statement: str, values: Row, **variables: object) -> tuple[Row, ...]:
    """The rows of a statement of this package."""
    return tuple(dict(row._mapping) for row in fetch_all(connection, _sql(statement, **variables), values))
