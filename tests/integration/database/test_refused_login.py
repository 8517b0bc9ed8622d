"""A server that refuses the log-in says so in words only; they mean what its SQLSTATE would."""

import pytest

from etl.database import open_engine, transaction
from etl.errors import EnvironmentFault, TransientFault
from etl.runs import ErrorClass, error_class_of
from tests.fix_company import CLAIMS, PASSWORD, MakeSite


@pytest.mark.parametrize(
    ("password", "statement", "sqlstate", "advice"),
    [
        ("wrong", "select", "28P01", "correct username and password"),
        (PASSWORD, "alter role {role} nologin", "28000", "alter the role: login"),
    ],
)
def test_it_is_reported_and_someone_must_fix_it(
    make_site: MakeSite, password: str, statement: str, sqlstate: str, advice: str
) -> None:
    site = make_site(CLAIMS)
    role = f"engine_{site.database.name}"
    site.look(statement.format(role=role))
    engine = open_engine(site.database.tcp(role, password))
    with pytest.raises(EnvironmentFault, match=advice) as caught, transaction(engine):
        pass
    engine.dispose()
    assert caught.value.sqlstate == sqlstate
    assert error_class_of(caught.value) is ErrorClass.OUTAGE
    assert not isinstance(caught.value, TransientFault)
