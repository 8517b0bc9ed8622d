"""The columns that Python knows of a table are those that its statements make."""

import pytest
import sqlalchemy

from etl.database import transaction
from etl.ddl import bring_up
from etl.ddl.columns import Column
from etl.ddl.tables import Table, tables
from tests.cases.case import Case, all_cases

_LIVE = """
select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
    coalesce(case when a.attcollation <> t.typcollation then c.collname end, '') as collation,
    coalesce(pg_get_expr(d.adbin, d.adrelid), '') as default_value,
    exists (
        select from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'u' and k.conkey = array[a.attnum]
    ) as is_unique,
    exists (select from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'p' and a.attnum = any(k.conkey))
        as is_key
from pg_attribute a
join pg_type t on t.oid = a.atttypid
left join pg_collation c on c.oid = a.attcollation
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass(:name) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


def described(column: Column, *, is_key: bool) -> tuple[object, ...]:
    """As the catalog would tell it."""
    not_null = column.not_null or is_key
    has_default = bool(column.default) or "serial" in column.sql_type
    return column.name, column.catalog_type, not_null, column.collation, has_default, column.is_unique, is_key


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_columns_are_those_of_the_catalog(engine: sqlalchemy.Engine, case: Case) -> None:
    with transaction(engine) as connection:
        bring_up(connection, case.company, "all", **case.schemas)
    with transaction(engine) as connection:
        for table in tables(case.company, "all", **case.schemas):
            rows = connection.execute(sqlalchemy.text(_LIVE), {"name": str(table)}).fetchall()
            live = [
                (row.name, row.type, row.not_null, row.collation, bool(row.default_value), row.is_unique, row.is_key)
                for row in rows
            ]
            assert live == [described(one, is_key=one.name in _key(table)) for one in table.columns], table


def _key(table: Table) -> set[str]:
    """The columns of the primary key: one that is marked, or the two ends of a link."""
    marked = {column.name for column in table.columns if column.is_primary_key}
    return marked or {column.name for column in table.columns[:2]}
