"""Settings that all transactions of an engine have, whatever they ask for."""

import sqlalchemy

from etl.database import with_settings
from etl.database.connections import SETTINGS_OPTION


def test_settings_are_added_to_those_that_are_there() -> None:
    engine = sqlalchemy.create_engine("postgresql+psycopg://")
    first = with_settings(engine, role="partner", statement_timeout="2s")
    second = with_settings(first, statement_timeout="60s")
    assert dict(second.get_execution_options()[SETTINGS_OPTION]) == {"role": "partner", "statement_timeout": "60s"}
    assert dict(first.get_execution_options()[SETTINGS_OPTION])["statement_timeout"] == "2s"
