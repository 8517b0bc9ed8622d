"""Values that keep a column from becoming unique are named, in whatever schema, and by whatever command."""

import pytest
import sqlalchemy

from etl.database import Connection, transaction
from etl.ddl import UnfitTables, bring_up, bring_up_store
from etl.metadata import Company, parse_company
from tests.fix_company import CLAIMS, STORE, MakeSite

SCHEMAS = {"in_schema": "in_tables", "store_schema": "store_demo", "out_schema": "out_demo_1_1"}
FIELD = "{code: Mail, type: INPUT_TEXT, needLoadFromInTables: true"


def company(field: str) -> Company:
    return parse_company(
        "demo", {"companies/demo/business-objects/Client.yaml": f"code: Client\nfields:\n  - {field}}}"}
    )


def make(connection: Connection, wanted: Company, direction: str) -> None:
    if direction == "store":
        bring_up_store(connection, wanted, "store_demo")
    else:
        bring_up(connection, wanted, direction, **SCHEMAS)


def refused(engine: sqlalchemy.Engine, wanted: Company, *statements: str, direction: str = "in") -> str:
    with transaction(engine) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    with transaction(engine) as connection, pytest.raises(UnfitTables) as caught:
        make(connection, wanted, direction)
    text = str(caught.value)
    assert "DETAIL" not in text
    assert "could not create unique index" not in text
    return text


@pytest.fixture
def made(engine: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with transaction(engine) as connection:
        bring_up(connection, company(FIELD), "all", **SCHEMAS)
    return engine


def test_the_first_twenty_are_named_with_their_counts(made: sqlalchemy.Engine) -> None:
    rows = "insert into in_tables.in_Client (in_id) select 'id ' || mod(n, 25) from generate_series(1, 50) n"
    text = refused(
        made,
        company(FIELD),
        "drop index in_tables.in_client_in_id_idx",
        rows,
        "insert into in_tables.in_Client (in_id) values ('id 7'), (null), (null), ('once'), (E'a\\tb'), (E'a\\tb')",
        "analyze in_tables.in_Client",
    )
    head, *lines = text.splitlines()
    assert head == (
        "create unique index on in_tables.in_Client (in_id) is not possible: 26 values of in_id stand in more than one "
        "row; change or delete all rows but one of each, then try again. The first 20:"
    )
    assert lines[:2] == ["  `id 7`: 3 rows", "  `a\\tb`: 2 rows"]
    assert len(lines) == 20
    assert "once" not in text


@pytest.mark.parametrize("direction", ["store", "all"])
def test_a_field_that_becomes_unique_names_what_the_store_has_twice(made: sqlalchemy.Engine, direction: str) -> None:
    golden = "insert into store_demo.bo_Client (_id, _created_at, _modified_at, mail) values "
    values = ", ".join(f"('{number:016}', now(), now(), 'same@example.com')" for number in range(3))
    text = refused(made, company(FIELD + ", isUnique: true"), golden + values, direction=direction)
    assert text.splitlines()[1:] == ["  `same@example.com`: 3 rows"]


def test_values_too_long_for_an_index_are_named(made: sqlalchemy.Engine) -> None:
    golden = "insert into store_demo.bo_Client (_id, _created_at, _modified_at, mail) "
    noise = "select string_agg(md5(cast(n as text)), '') from generate_series(1, 300) n"
    insert = f"{golden} values ('0123456789abcdef', now(), now(), ({noise}))"
    text = refused(made, company(FIELD + ", isUnique: true"), insert, direction="store")
    assert "1 values of Mail are longer than an index can keep" in text
    assert "`c4ca4238a0b923820dcc509a6f75849b" in text


def test_the_commands_say_it_too(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a"}, {"in_id": "b"})
    site.run()
    site.look("drop index in_tables.in_client_in_id_idx; update in_tables.in_client set in_id = 'b'")
    applied = site.etl("generate-ddl", "--apply")
    assert applied.code == 4
    assert applied.err.endswith("then try again.\n  `b`: 2 rows\n")
    site.look("delete from in_tables.in_client where id = 1")
    site.look(f"update {STORE}.bo_client set name = 'same'")
    site.document("Client", CLAIMS["Client"].replace("{code: Name,", "{code: Name, isUnique: true,"))
    assert site.etl("generate-ddl", "--apply").code == 0
    site.partner.hand_over()
    stopped = site.etl("run")
    assert (stopped.code, "`same`: 2 rows" in stopped.err) == (4, True), stopped.err
