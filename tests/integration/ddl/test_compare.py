"""A live schema that is not what the metadata says."""

from collections.abc import Callable

import pytest
import sqlalchemy

from etl.database import Connection, transaction
from etl.ddl import bring_up, check_in_tables, missing
from etl.errors import EnvironmentFault
from etl.metadata import Company, parse_company

SCHEMAS = {"in_schema": "in_tables", "store_schema": "store_demo", "out_schema": "out_demo_1_1"}
CLIENT = """
code: Client
fields:
  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: Order, type: INPUT_NUMBER, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: Boss, type: BO, bo: Client, needLoadFromInTables: true, needUploadToOutTable: true}
"""


def parse(text: str) -> Company:
    return parse_company("demo", {"companies/demo/business-objects/Client.yaml": text})


COMPANY = parse(CLIENT)
Break = Callable[[str], None]


@pytest.fixture
def made(engine: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with transaction(engine) as connection:
        bring_up(connection, COMPANY, "all", **SCHEMAS)
    return engine


def test_everything_is_missing_at_first(engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        assert [change.description for change in missing(connection, COMPANY, "all", **SCHEMAS)] == [
            "create schema in_tables",
            "create table in_tables.in_Client",
            "create unique index on in_tables.in_Client (in_id)",
            "set storage of in_tables.in_Client",
            "create table in_tables.in_Client_Boss",
            "add column in_tables.in_Client_Boss.removed",
            "set storage of in_tables.in_Client_Boss",
            "create table in_tables.in_fileStorage",
            "create table in_tables.process_tracking",
            "create table in_tables.process_expected",
            "create table in_tables.process_compare",
            "create schema store_demo",
            "create table store_demo.bo_Client",
            "create table store_demo.link_Client_Boss",
            "create index on store_demo.link_Client_Boss (_target)",
            "create schema out_demo_1_1",
            "create table out_demo_1_1.Client",
            "create table out_demo_1_1._Client_Boss_",
        ]


def test_in_tables_leave_room_for_status_changes(made: sqlalchemy.Engine) -> None:
    sql = "select relname from pg_catalog.pg_class where reloptions = '{fillfactor=40}' order by 1"
    with transaction(made) as connection:
        assert connection.execute(sqlalchemy.text(sql)).scalars().all() == ["in_client", "in_client_boss"]


def test_new_fields_become_columns_and_rows_stay(made: sqlalchemy.Engine) -> None:
    flags = "needLoadFromInTables: true, needUploadToOutTable: true"
    wider = parse(CLIENT + f"  - {{code: Group, type: DATE, {flags}}}\n")
    with transaction(made) as connection:
        connection.exec_driver_sql("insert into in_tables.in_Client (in_id, name) values ('1', 'x')")
        changes = bring_up(connection, wider, "all", **SCHEMAS)
    assert [change.description for change in changes] == [
        'add column in_tables.in_Client."group"',
        'add column store_demo.bo_Client."group"',
        'add column out_demo_1_1.Client."group"',
    ]
    with transaction(made) as connection:
        row = connection.exec_driver_sql('select in_id, name, "group" from in_tables.in_Client').one()
        assert row == ("1", "x", None)
        assert bring_up(connection, wider, "all", **SCHEMAS) == []


def test_a_fixed_column_and_an_index_that_are_gone_come_back(made: sqlalchemy.Engine) -> None:
    with transaction(made) as connection:
        connection.exec_driver_sql("alter table in_tables.in_Client drop column in_status")
        connection.exec_driver_sql("drop index in_tables.in_client_in_id_idx")
        changes = bring_up(connection, COMPANY, "all", **SCHEMAS)
    assert [change.sql for change in changes] == [
        "alter table in_tables.in_Client add column in_status varchar(100) default '' not null;",
        "create unique index on in_tables.in_Client (in_id);",
    ]


def test_columns_of_the_partners_own_do_no_harm(made: sqlalchemy.Engine) -> None:
    with transaction(made) as connection:
        connection.exec_driver_sql("alter table in_tables.in_Client add column remark text")
        assert missing(connection, COMPANY, "all", **SCHEMAS) == []


def test_columns_of_another_type(made: sqlalchemy.Engine) -> None:
    with transaction(made) as connection:
        connection.exec_driver_sql('alter table in_tables.in_Client alter "order" type text, alter out_id type text')
        connection.exec_driver_sql("alter table store_demo.bo_Client alter name type date using null")
        with pytest.raises(EnvironmentFault) as caught:
            missing(connection, COMPANY, "all", **SCHEMAS)
    assert str(caught.value).splitlines()[1:] == [
        "  in_tables.in_Client.out_id: is text, the metadata says character varying(32)",
        '  in_tables.in_Client."order": is text, the metadata says numeric(24,4)',
        "  store_demo.bo_Client.Name: is date, the metadata says text",
    ]


TRIGGER = """
create function public.evil() returns trigger language plpgsql as 'begin return new; end';
create trigger watch before update on in_tables.in_Client_Boss for each row execute function public.evil();
"""
VIEW = """
alter table in_tables.in_Client rename to hidden;
create view in_tables.in_Client as select * from in_tables.hidden;
"""


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        (TRIGGER, "in_tables.in_Client_Boss: carries triggers: watch"),
        (
            "create rule quiet as on update to in_tables.in_Client do also notify x",
            "in_tables.in_Client: carries rules: quiet",
        ),
        ("alter table in_tables.in_Client enable row level security", "in_tables.in_Client: has row security"),
        ("create role partner; alter table in_tables.process_tracking owner to partner",
         "in_tables.process_tracking: belongs to the role partner"),
        ("create table public.child () inherits (in_tables.in_fileStorage)",
         "in_tables.in_fileStorage: inherits or is inherited from"),
        (VIEW, "in_tables.in_Client: is a view, the metadata says a table"),
        ("drop table in_tables.in_Client; create sequence in_tables.in_Client",
         "in_tables.in_Client: is a sequence, the metadata says a table"),
    ],
)  # fmt: skip
def test_tables_that_could_run_foreign_code_are_refused(made: sqlalchemy.Engine, sql: str, line: str) -> None:
    # Roles belong to the whole server: nothing of this is committed.
    with made.connect() as connection:
        connection.exec_driver_sql(sql)
        with pytest.raises(EnvironmentFault, match=line):
            missing(connection, COMPANY, "in", **SCHEMAS)
        with pytest.raises(EnvironmentFault, match=line):
            check_in_tables(connection, COMPANY, "in_tables")
        connection.rollback()


def test_an_owner_whose_member_we_are_is_ours(made: sqlalchemy.Engine) -> None:
    with made.connect() as connection:
        connection.exec_driver_sql("create role keepers; alter table in_tables.in_Client owner to keepers")
        with pytest.raises(EnvironmentFault, match="belongs to the role keepers"):
            check_in_tables(connection, COMPANY, "in_tables")
        connection.exec_driver_sql("grant keepers to current_user")
        check_in_tables(connection, COMPANY, "in_tables")
        connection.rollback()


def test_a_run_learns_everything_that_is_missing_at_once(made: sqlalchemy.Engine) -> None:
    with transaction(made) as connection:
        connection.exec_driver_sql("alter table in_tables.in_Client drop column name, alter removed type text")
        connection.exec_driver_sql("drop table in_tables.process_tracking")
        with pytest.raises(EnvironmentFault) as caught:
            check_in_tables(connection, COMPANY, "in_tables")
    assert str(caught.value).splitlines() == [
        "the tables of schema in_tables are not ready for company demo:",
        "  in_tables.in_Client.removed: is text, the metadata says boolean",
        "  missing: add column in_tables.in_Client.Name",
        "  missing: create table in_tables.process_tracking",
        "`etl generate-ddl --company demo --apply` makes what is missing",
    ]


def test_a_missing_schema(engine: sqlalchemy.Engine) -> None:
    with (
        transaction(engine) as connection,
        pytest.raises(EnvironmentFault, match="missing: create schema in_tables\n"),
    ):
        check_in_tables(connection, COMPANY, "in_tables")


def test_a_schema_name_that_is_no_name(engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection, pytest.raises(Exception, match="cannot be a name in SQL"):
        check_in_tables(connection, COMPANY, "in tables")


def test_all_or_nothing(engine: sqlalchemy.Engine) -> None:
    with pytest.raises(EnvironmentFault):
        bring_up_with_a_name_taken(engine)
    with transaction(engine) as connection:
        assert count_schemas(connection) == 0


def count_schemas(connection: Connection) -> int:
    sql = "select count(*) from pg_catalog.pg_namespace where nspname in ('in_tables', 'store_demo', 'out_demo_1_1')"
    return int(connection.execute(sqlalchemy.text(sql)).scalar_one())


def bring_up_with_a_name_taken(engine: sqlalchemy.Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("create schema out_demo_1_1")
        # A type of the name of the last table, which no relation has, so that only the server finds it.
        connection.exec_driver_sql("create type out_demo_1_1._client_boss_ as enum ()")
        bring_up(connection, COMPANY, "all", **SCHEMAS)


PERSON = """
code: Client
fields:
  - {code: Iin, type: INPUT_TEXT, useAsKeyInMigration: true}
  - {code: Order, type: INPUT_EMAIL, isUnique: true, needLoadFromInTables: true}
  - {code: Phone, type: INPUT_PHONE, isUnique: true, needLoadFromInTables: true}
"""
OLD_INDEXES = "".join(
    f"""drop index store_demo.{new}; create unique index on store_demo.bo_Client ({column});"""
    for new, column in (
        ("bo_client_iin_idx", "Iin"),
        ("bo_client_lower_idx", '"order"'),
        ("bo_client_phone_idx", "Phone"),
    )
)
UNIQUE_INDEXES = (
    "select indexdef from pg_indexes where tablename = 'bo_client' and indexdef like '%%REMOVED%%' order by 1"
)


@pytest.fixture
def older(engine: sqlalchemy.Engine) -> sqlalchemy.Engine:
    """A store whose unique indexes are of all instances, and of e-mails as they are written."""
    with transaction(engine) as connection:
        bring_up(connection, parse(PERSON), "all", **SCHEMAS)
        connection.exec_driver_sql(OLD_INDEXES)
        insert = 'insert into store_demo.bo_Client (_id, _in_id, _state, _created_at, _modified_at, "order") values '
        connection.exec_driver_sql(
            f"{insert} ('1', 'a', 'ACTUAL', now(), now(), 'X@x'), ('2', 'b', 'ACTUAL', now(), now(), 'y')"
        )
    return engine


def test_unique_indexes_of_an_older_store_are_replaced(older: sqlalchemy.Engine) -> None:
    with transaction(older) as connection:
        made = [change.description for change in bring_up(connection, parse(PERSON), "store", **SCHEMAS)]
        assert made == [
            "create unique index on store_demo.bo_Client (Iin)",
            "drop replaced index store_demo.bo_client_iin_idx",
            "create unique index on store_demo.bo_Client (Order)",
            "drop replaced index store_demo.bo_client_order_idx",
            "create unique index on store_demo.bo_Client (Phone)",
            "drop replaced index store_demo.bo_client_phone_idx",
        ]
        assert missing(connection, parse(PERSON), "store", **SCHEMAS) == []
        assert ['lower("order")' in row[0] for row in connection.exec_driver_sql(UNIQUE_INDEXES)] == [
            False,
            True,
            False,
        ]


@pytest.mark.parametrize(("was", "becomes"), [("INPUT_PHONE", "INPUT_EMAIL"), ("INPUT_EMAIL", "INPUT_PHONE")])
def test_a_unique_field_of_another_type_gets_another_index(engine: sqlalchemy.Engine, was: str, becomes: str) -> None:
    other = parse(PERSON.replace(was, becomes))
    with transaction(engine) as connection:
        bring_up(connection, parse(PERSON), "store", **SCHEMAS)
        assert len(bring_up(connection, other, "store", **SCHEMAS)) == 2
        assert missing(connection, other, "store", **SCHEMAS) == []


def test_emails_that_differ_in_case_only_are_named(older: sqlalchemy.Engine) -> None:
    with transaction(older) as connection:
        connection.exec_driver_sql("update store_demo.bo_Client set \"order\" = 'x@X' where _in_id = 'b'")
    with (
        transaction(older) as connection,
        pytest.raises(EnvironmentFault, match=r"\(Order\) is not possible: 1 values .*\n  `x@x`: 2 rows"),
    ):
        bring_up(connection, parse(PERSON), "store", **SCHEMAS)
    with transaction(older) as connection:  # a removed one holds nothing back
        connection.exec_driver_sql("update store_demo.bo_Client set _state = 'REMOVED' where _in_id = 'b'")
        assert bring_up(connection, parse(PERSON), "store", **SCHEMAS)
