import pytest
from jinja2 import UndefinedError

from etl.ddl.render import render
from etl.errors import ConfigurationError


def test_a_forgotten_value_is_an_error() -> None:
    with pytest.raises((UndefinedError, TypeError)):
        render("in/table_index", schema="s")


@pytest.mark.parametrize("name", ["", "a b", "a;drop table x", "{{ x }}", 'a"b', "a" * 64])
def test_a_bad_name_never_gets_into_sql(name: str) -> None:
    with pytest.raises(ConfigurationError):
        render("in/table_index", schema="s", table=name)
