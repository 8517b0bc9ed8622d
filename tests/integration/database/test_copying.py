"""Which lines a COPY refuses, and connections to a server that is started when it is needed."""

from pathlib import Path

import pytest
import sqlalchemy

from etl.database import (
    Access,
    NotificationListener,
    execute,
    fetch_one,
    notify,
    open_engine,
    part_states,
    refused_lines,
    transaction,
)
from etl.errors import EnvironmentFault
from tests.fix_database import Database

COPY = sqlalchemy.text("copy given from stdin")


def refused(engine: sqlalchemy.Engine, *lines: str) -> dict[int, str]:
    with transaction(engine) as connection:
        execute(
            connection,
            sqlalchemy.text("create temporary table given (n int check (n < 100), m int not null) on commit drop"),
        )
        found = refused_lines(connection, COPY, [f"{line}\n" for line in lines])
        row = fetch_one(connection, sqlalchemy.text("select count(*) as n from given"))
        assert row is not None
        assert row.n == 0, "nothing is written"
    return {number: fault.server_message for number, fault in found.items()}


def test_each_line_that_is_refused_is_named(engine: sqlalchemy.Engine) -> None:
    syntax = 'invalid input syntax for type integer: "{}"'
    assert refused(engine, "x\t1", "1\t1", "2\ty", "z\t") == {
        0: syntax.format("x"),
        2: syntax.format("y"),
        3: syntax.format("z"),
    }
    assert refused(engine, "1\t1", "2\t2") == refused(engine) == {}


def test_a_fault_that_is_none_of_a_line_is_raised(engine: sqlalchemy.Engine) -> None:
    with pytest.raises(EnvironmentFault, match="violates check constraint"):
        refused(engine, "x\t1", "100\t1")


def test_a_server_that_is_not_there_is_started_once(database: Database, tmp_path: Path) -> None:
    """Here the folder of its socket appears."""
    link, started = tmp_path / "socket", list[int]()

    def revive() -> None:
        started.append(1)
        link.symlink_to(database.host)

    engine = open_engine(Access(str(link), database.port, database.name, database.username), "etl:test", revive=revive)
    for _ in range(2):
        with transaction(engine) as connection:
            assert part_states(connection, "public", []) == []
    engine.dispose()
    assert started == [1]


def test_a_notification_of_another_session_proves_nothing(engine: sqlalchemy.Engine) -> None:
    listener = NotificationListener(engine, "heard")
    notify(engine, "heard", "another")
    assert listener.proves_itself(30)
    assert not listener.proves_itself(0), "there was no time"
    listener.close()
