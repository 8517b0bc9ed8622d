"""Rows from one database into another, in blocks: all of them, of any size, and the faults of either side."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy import Connection

from etl.database import execute, fetch_all, pipe, transaction
from etl.embedded import EmbeddedServer
from etl.errors import EnvironmentFault, TransientFault
from tests.fix_database import Database, fresh_database


@pytest.fixture
def other(server: EmbeddedServer, template: Database) -> Iterator[Database]:
    with fresh_database(server, template) as other:
        yield other


@contextmanager
def both(database: Database, other: Database) -> Iterator[tuple[Connection, Connection]]:
    with transaction(database.engine) as source, transaction(other.engine) as target:
        execute(target, sqlalchemy.text("create temporary table arrived (n int not null, word text) on commit drop"))
        yield source, target


def _pipe(source: Connection, target: Connection, query: str) -> int:
    return pipe(source, sqlalchemy.text(query), {}, target, "pg_temp.arrived")


@pytest.mark.parametrize("rows", [0, 1, 50_000])
def test_all_rows_arrive(database: Database, other: Database, rows: int) -> None:
    with both(database, other) as (source, target):
        query = f"select i, case when mod(i, 7) > 0 then 'word ' || i end from generate_series(1, {rows}) i"
        assert _pipe(source, target, query) == rows
        [sums] = fetch_all(target, sqlalchemy.text("select count(*), sum(n), count(word) from pg_temp.arrived"))
        assert tuple(sums) == (rows, rows * (rows + 1) // 2 or None, rows - rows // 7)


def test_rows_larger_than_a_block(database: Database, other: Database) -> None:
    with both(database, other) as (source, target):
        assert _pipe(source, target, "select i, repeat('x', 300000 * mod(i, 2)) from generate_series(1, 20) i") == 20
        [sums] = fetch_all(target, sqlalchemy.text("select sum(octet_length(word)) from pg_temp.arrived"))
        assert tuple(sums) == (3_000_000,)


@pytest.mark.parametrize("bad", [0, 40_000])
def test_a_fault_where_the_rows_come_from(database: Database, other: Database, bad: int) -> None:
    """With the first row, and when many have come."""
    fault = pytest.raises(EnvironmentFault, match=rf"{database.name}: division by zero")
    with fault, both(database, other) as (source, target):
        _pipe(source, target, f"select 1 / (i - {bad}), null from generate_series(0, 50000) i")


def test_a_fault_where_the_rows_go(database: Database, other: Database) -> None:
    fault = pytest.raises(EnvironmentFault, match=rf"{other.name}: null value in column")
    with fault, both(database, other) as (source, target):
        _pipe(source, target, "select nullif(i, 40000), null from generate_series(0, 500000) i")


def test_a_source_that_goes_away(database: Database, other: Database) -> None:
    fault = pytest.raises(TransientFault, match=rf"{database.name}: ")
    with fault, both(database, other) as (source, target):
        end = "case i when 40000 then pg_terminate_backend(pg_backend_pid()) end"
        _pipe(source, target, f"select i, cast({end} as text) from generate_series(0, 50000) i")


def test_several_one_after_the_other(database: Database, other: Database) -> None:
    with both(database, other) as (source, target):
        for _ in range(3):
            assert _pipe(source, target, "select i, null from generate_series(1, 10) i") == 10
        [count] = fetch_all(target, sqlalchemy.text("select count(*) from pg_temp.arrived"))
        assert tuple(count) == (30,)
