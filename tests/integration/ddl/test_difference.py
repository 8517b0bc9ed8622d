"""`--diff`: what it prints fixes what can be fixed, and says the rest."""

from collections.abc import Mapping

import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.database import Connection, transaction
from etl.ddl import Difference, Direction, bring_up, difference
from etl.metadata import Company, parse_company
from etl.metadata.field_types import CHOICE_TYPES, SQL_TYPES, FieldType

SCHEMAS = {"in_schema": "in_tables", "store_schema": "store_demo", "out_schema": "out_demo_1_1"}
DIRECTIONS = (Direction.IN, Direction.STORE, Direction.OUT)
CODES = ("Alpha", "order", "Gamma")
Fields = Mapping[str, tuple[FieldType, bool]]

FIELDS = st.dictionaries(st.sampled_from(CODES), st.tuples(st.sampled_from(list(FieldType)), st.booleans()))
MODELS = st.dictionaries(st.sampled_from(["Client", "user"]), FIELDS, min_size=1)


def company(model: Mapping[str, Fields]) -> Company:
    documents = {}
    for code, fields in model.items():
        lines = [f"code: {code}", "fields:", "  - {code: Base, type: INPUT_TEXT, useAsKeyInMigration: true}"]
        for name, (kind, is_flagged) in fields.items():
            flag = str(is_flagged).lower()
            keys = f"code: {name}, type: {kind}, needLoadFromInTables: {flag}, needUploadToOutTable: {flag}"
            keys += ", options: [one]" if kind in CHOICE_TYPES else ""
            keys += f", bo: {code}" if kind is FieldType.BO else ""
            if kind is not FieldType.CO:
                lines.append(f"  - {{{keys}}}")
        documents[f"companies/demo/business-objects/{code}.yaml"] = "\n".join(lines)
    return parse_company("demo", documents)


def ask(connection: Connection, asked: Company, direction: Direction, *, allow_drop: bool = False) -> Difference:
    return difference(connection, asked, direction, structure=None, allow_drop=allow_drop, **SCHEMAS)


def run(connection: Connection, found: Difference) -> None:
    """The script as a person would paste it, comments and all."""
    script = "\n\n".join(found.lines)
    if found.changes:
        connection.exec_driver_sql(script, execution_options={"no_parameters": True})


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=MODELS, after=MODELS, allow_drop=st.booleans())
def test_what_is_printed_fixes_what_can_be_fixed(
    before: Mapping[str, Fields], after: Mapping[str, Fields], allow_drop: bool, engine: sqlalchemy.Engine
) -> None:
    with engine.connect() as connection:
        bring_up(connection, company(before), "all", **SCHEMAS)
        for direction in DIRECTIONS:
            found = ask(connection, company(after), direction, allow_drop=allow_drop)
            assert ask(connection, company(after), direction, allow_drop=allow_drop).lines == found.lines
            assert allow_drop or not any("drop" in change.sql for change in found.changes)
            run(connection, found)
            again = ask(connection, company(after), direction, allow_drop=allow_drop)
            assert again.changes == ()
            assert again.faults == found.faults
            assert bool(found.faults) == could_not_be_fixed(before, after, direction)
        connection.rollback()


def could_not_be_fixed(before: Mapping[str, Fields], after: Mapping[str, Fields], direction: Direction) -> bool:
    """By the model: a column that both have, whose types hold each other's values in neither of the ways that widen."""
    for code in set(before) & set(after):
        for name in set(before[code]) & set(after[code]):
            (old, was), (new, will) = before[code][name], after[code][name]
            is_there = direction is Direction.STORE or (was and will)
            pair = (SQL_TYPES[old], SQL_TYPES[new])
            if is_there and None not in pair and pair[0] != pair[1] and pair != ("varchar(32)", "text"):
                return True
    return False


def test_a_column_is_widened_with_its_values_and_its_collation(engine: sqlalchemy.Engine) -> None:
    model = {"Client": {"Alpha": (FieldType.INPUT_NUMBER, True)}}
    with transaction(engine) as connection:
        bring_up(connection, company(model), "all", **SCHEMAS)
        connection.exec_driver_sql("alter table in_tables.in_Client alter alpha type numeric(10,2)")
        connection.exec_driver_sql("insert into in_tables.in_Client (in_id, alpha) values ('1', 12.34)")
        connection.exec_driver_sql('alter table store_demo.bo_Client alter _in_id type varchar(50) collate "C"')
        for direction in DIRECTIONS:
            run(connection, ask(connection, company(model), direction))
        assert connection.exec_driver_sql("select alpha::text from in_tables.in_Client").scalar() == "12.3400"
        of_id = "attrelid = 'store_demo.bo_client'::regclass and attname = '_in_id'"
        sql = f"select attcollation::regcollation::text from pg_attribute where {of_id}"
        assert connection.exec_driver_sql(sql).scalar() == '"C"'


def test_a_drop_spares_what_no_metadata_made(engine: sqlalchemy.Engine) -> None:
    wide = {"Client": {"Alpha": (FieldType.BO, True)}, "user": {"Alpha": (FieldType.DATE, True)}}
    with transaction(engine) as connection:
        bring_up(connection, company(wide), "all", **SCHEMAS)
        connection.exec_driver_sql("create table in_tables.err (id int); create table in_tables.copy_2026_in_user ()")
        connection.exec_driver_sql('create table in_tables."in_Old one" ()')
        connection.exec_driver_sql("create table store_demo.journal (id int)")
        narrow = company({"Client": {"Gamma": (FieldType.DATE, True)}})
        dropped = [
            change.description
            for direction in DIRECTIONS
            for change in ask(connection, narrow, direction, allow_drop=True).changes
            if change.description.startswith("drop")
        ]
    assert dropped == [
        "drop table in_tables.in_client_alpha",
        "drop table in_tables.in_user",
        "drop table store_demo.bo_user",
        "drop table store_demo.link_client_alpha",
        "drop table out_demo_1_1._client_alpha_",
        'drop table out_demo_1_1."user"',
    ]


def test_a_fault_is_a_comment_and_nothing_runs_through_it(engine: sqlalchemy.Engine) -> None:
    model = {"Client": {"Alpha": (FieldType.CHECKBOX, True)}}
    with transaction(engine) as connection:
        bring_up(connection, company({"Client": {"Alpha": (FieldType.DATE, True)}}), "all", **SCHEMAS)
        [line] = ask(connection, company(model), Direction.IN).lines
    assert line.startswith("-- in_tables.in_Client.Alpha: is timestamp with time zone, the metadata says boolean")
    assert line.endswith("correct it by hand, then ask again")
