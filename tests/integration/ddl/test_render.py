import pytest
from jinja2 import UndefinedError

from etl.ddl.render import render
from etl.ddl.shape import Column, columns
from etl.errors import ConfigurationError


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises((UndefinedError, TypeError)):
        render("in/table_index", schema="s")


@pytest.mark.parametrize("name", ["", "a b", "a;drop table x", "{{ x }}", 'a"b', "a" * 64])
def test_a_bad_name_never_gets_into_sql(name: str) -> None:
    with pytest.raises(ConfigurationError):
        render("in/table_index", schema="s", table=name)


def test_columns_are_read_back_from_the_text() -> None:
    sql = render("in/table", schema="s", table="in_A", columns=[{"name": "Order", "type": "varchar(32)"}])
    found = columns(sql)
    assert found[0] == Column("id", "bigint", "id bigserial primary key")
    assert found[4] == Column("in_status", "character varying(100)", "in_status varchar(100) default '' not null")
    assert found[-1] == Column("order", "character varying(32)", '"order" varchar(32)')
    assert len(found) == 9


def test_the_primary_key_is_no_column() -> None:
    sql = render("in/link_table", schema="s", table="t", owner="A_id", target="B_id")
    assert [column.name for column in columns(sql)] == ["a_id", "b_id", "in_status", "inserted_date"]
