"""Every case folder: the whole text, and what a real PostgreSQL makes of it."""

from collections.abc import Iterator

import pytest
import sqlalchemy
import yaml

from etl.database import Connection, transaction
from etl.ddl import Direction, bring_up, check_in_tables, missing, statements
from etl.metadata.schema import json_schema
from tests.cases.case import DIRECTIONS, Case, all_cases
from tests.cases.json_schema import Judge

CASES = all_cases()
by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_the_guides_examples_are_there() -> None:
    vendors = {"for_migration", "five_objects", "natural_client", "contracts", "spouse_work_address"}
    assert vendors | {"keywords", "self_link", "all_types", "natives"} <= {case.name for case in CASES}


@by_case
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_printed_text(case: Case, direction: Direction) -> None:
    assert case.printed(direction) == case.expected_path(direction).read_text()


@by_case
def test_all_is_in_then_store_then_out(case: Case) -> None:
    parts = [change for one in DIRECTIONS for change in statements(case.company, one, **case.schemas)]
    assert statements(case.company, "all", **case.schemas) == parts


@by_case
def test_the_printed_text_runs_as_it_stands(case: Case, engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        for direction in DIRECTIONS:
            schema = case.schemas[f"{direction}_schema"]
            connection.exec_driver_sql(f"create schema if not exists {schema}")
            connection.exec_driver_sql(case.expected_path(direction).read_text())
        assert missing(connection, case.company, "all", **case.schemas) == []


@by_case
def test_applied_twice_changes_nothing(case: Case, engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        assert bring_up(connection, case.company, "all", **case.schemas)
    with transaction(engine) as connection:
        before = catalog(connection)
        assert bring_up(connection, case.company, "all", **case.schemas) == []
        assert catalog(connection) == before
        check_in_tables(connection, case.company, case.schemas["in_schema"])


@by_case
def test_applied_and_printed_make_the_same_columns(case: Case, engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        bring_up(connection, case.company, "all", **case.schemas)
        applied = set(columns(connection))
        for direction in DIRECTIONS:
            schema = case.schemas[f"{direction}_schema"]
            connection.exec_driver_sql(f"drop schema {schema} cascade")
            connection.exec_driver_sql(f"create schema {schema}")
            connection.exec_driver_sql(case.expected_path(direction).read_text())
        assert set(columns(connection)) == applied


@by_case
def test_documents_fit_the_json_schema(case: Case) -> None:
    judge = Judge(json_schema())
    for path, text in case.documents.items():
        assert list(judge.faults(yaml.safe_load(text), at=path)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: x", "lacks code"),
        ("code: a b", "breaks pattern"),
        ("code: A\nfield: []", "unknown key field"),
        ("code: A\ncategory: XX", "is not in the list"),
        ("code: A\nfields: [{code: B, type: DAT}]", "is not in the list"),
        ("code: A\nfields: [{code: B, type: DATE, isUnique: 5}]", "is no boolean"),
        ("code: A\nfields: [{code: B, type: DATE, label: {de: x}}]", "none of the ways"),
    ],
)
def test_the_json_schema_refuses(text: str, fault: str) -> None:
    assert fault in "\n".join(Judge(json_schema()).faults(yaml.safe_load(text)))


def catalog(connection: Connection) -> list[tuple[object, ...]]:
    """Everything of pg_class that a needless change would touch."""
    sql = "select oid, xmin, relname, relfilenode, reloptions from pg_catalog.pg_class where oid >= 16384 order by oid"
    return [tuple(row) for row in connection.execute(sqlalchemy.text(sql))]


def columns(connection: Connection) -> Iterator[tuple[object, ...]]:
    sql = """select table_schema, table_name, column_name, data_type, character_maximum_length, is_nullable
             from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')"""
    return (tuple(row) for row in connection.execute(sqlalchemy.text(sql)))
