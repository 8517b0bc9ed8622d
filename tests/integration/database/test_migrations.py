"""The runner of migrations, with a part that a test makes."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
import sqlalchemy

from etl.database import Migration, Part, bring_up, execute, fetch_all, part_states, transaction
from etl.errors import ConfigurationError, EnvironmentFault, EtlError
from tests.fix_company import until

CREATE = "create table {{ schema | ident }}.thing (id int primary key)"
ADD = "alter table {{ schema | ident }}.thing add column name text"
SCHEMA = "part_schema"


class MakePart(Protocol):
    def __call__(self, *steps: tuple[str, int, str]) -> Part: ...


@pytest.fixture
def make_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePart]:
    """Makes a part from its steps: kind, oldest writer, SQL. Each call is another version of the program."""
    numbers = iter(range(100))
    monkeypatch.syspath_prepend(tmp_path)

    def make(*steps: tuple[str, int, str]) -> Part:
        package = tmp_path / f"part_{tmp_path.name[-20:]}_{next(numbers)}"
        (package / "migrations").mkdir(parents=True)
        (package / "__init__.py").touch()
        for version, (kind, writer, sql) in enumerate(steps):
            header = f"-- kind: {kind}\n-- oldest_writer: {writer}\n-- oldest_reader: 0\n-- A step.\n"
            (package / "migrations" / f"{version:04}_step.sql").write_text(header + sql + "\n")
        return Part("things", package.name, "migrations", (("thing", "id"),))

    yield make
    for name in [one for one in sys.modules if one.startswith("part_")]:
        del sys.modules[name]


@pytest.fixture
def schema(engine: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with transaction(engine) as connection:
        execute(connection, sqlalchemy.text(f"create schema {SCHEMA}"))
    return engine


def brought_up(engine: sqlalchemy.Engine, part: Part, *, is_offline: bool = False) -> list[int]:
    """The versions of the steps that were applied."""
    with transaction(engine) as connection:
        return [step.version for step in bring_up(connection, SCHEMA, [part], is_offline=is_offline)]


def recorded(engine: sqlalchemy.Engine, part: Part) -> tuple[int | None, int]:
    with transaction(engine) as connection:
        [state] = part_states(connection, SCHEMA, [part])
    return state.version, state.oldest_writer


def columns(engine: sqlalchemy.Engine) -> list[str]:
    listed = f"select attname from pg_attribute where attrelid = to_regclass('{SCHEMA}.thing') and attnum > 0"
    with transaction(engine) as connection:
        return [row.attname for row in fetch_all(connection, sqlalchemy.text(listed))]


def test_a_fresh_schema_gets_all_steps(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    part = make_part(("additive", 0, CREATE), ("offline", 1, ADD))
    assert recorded(schema, part) == (None, 0)
    assert brought_up(schema, part) == [0, 1]
    assert (recorded(schema, part), columns(schema)) == ((1, 1), ["id", "name"])
    assert brought_up(schema, part) == []


def test_an_additive_step_is_applied_by_any_command(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    brought_up(schema, make_part(("additive", 0, CREATE)))
    assert brought_up(schema, make_part(("additive", 0, CREATE), ("additive", 0, ADD))) == [1]


def test_an_offline_step_is_not(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    """Nor an additive one before it: the version in between is none that any program works with."""
    brought_up(schema, make_part(("additive", 0, CREATE)))
    part = make_part(("additive", 0, CREATE), ("additive", 0, "select 1"), ("offline", 2, ADD))
    with pytest.raises(ConfigurationError, match=r"has version 0, .* version 2: stop all runners.*etl upgrade start"):
        brought_up(schema, part)
    assert columns(schema) == ["id"]
    assert brought_up(schema, part, is_offline=True) == [1, 2]


def test_a_step_that_fails_leaves_nothing(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    brought_up(schema, make_part(("additive", 0, CREATE)))
    part = make_part(("additive", 0, CREATE), ("offline", 1, f"{ADD};\n-- And then:\nselect 1 / 0"))
    with pytest.raises(EtlError, match="division by zero"):
        brought_up(schema, part, is_offline=True)
    assert (recorded(schema, part), columns(schema)) == ((0, 0), ["id"])
    assert brought_up(schema, make_part(("additive", 0, CREATE), ("offline", 1, ADD)), is_offline=True) == [1]


def test_a_fresh_schema_that_fails_stays_empty(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    with pytest.raises(EtlError, match="division by zero"):
        brought_up(schema, make_part(("additive", 0, CREATE), ("additive", 0, "select 1 / 0")))
    left = sqlalchemy.text(f"select 1 from pg_class where relnamespace = '{SCHEMA}'::regnamespace")
    with transaction(schema) as connection:
        assert fetch_all(connection, left) == []


@pytest.mark.parametrize("is_fresh", [True, False])
def test_who_comes_second_waits_and_finds_it_done(
    schema: sqlalchemy.Engine, make_part: MakePart, *, is_fresh: bool
) -> None:
    if not is_fresh:
        brought_up(schema, make_part(("additive", 0, CREATE)))
    part = make_part(("additive", 0, CREATE), ("additive", 0, ADD))
    second: list[list[int]] = []
    other = threading.Thread(target=lambda: second.append(brought_up(schema, part)))
    waits = sqlalchemy.text("select 1 from pg_locks where locktype = 'advisory' and not granted")
    with transaction(schema) as connection:
        first: list[Migration] = bring_up(connection, SCHEMA, [part])
        other.start()
        until(lambda: fetch_all(connection, waits), "the second one waits")
    other.join()
    assert ([one.version for one in first], second) == ([0, 1] if is_fresh else [1], [[]])


def test_a_newer_one_that_lets_us_write_is_left_as_it_is(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    newer = make_part(("additive", 0, CREATE), ("additive", 0, ADD))
    brought_up(schema, newer)
    older = make_part(("additive", 0, CREATE))
    assert brought_up(schema, older) == []
    assert recorded(schema, older) == (1, 0)


def test_a_newer_one_that_shuts_us_out_is_named(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    brought_up(schema, make_part(("additive", 0, CREATE), ("offline", 1, ADD)))
    for is_offline in (False, True):
        with pytest.raises(
            EnvironmentFault, match=r"has version 1, made by etl .* has version 0: install the newer etl"
        ):
            brought_up(schema, make_part(("additive", 0, CREATE)), is_offline=is_offline)


def test_tables_from_before_are_version_0(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    with transaction(schema) as connection:
        execute(connection, sqlalchemy.text(f"create table {SCHEMA}.thing (id int primary key)"))
    part = make_part(("additive", 0, CREATE), ("offline", 1, ADD))
    assert recorded(schema, part) == (0, 0)
    assert brought_up(schema, part, is_offline=True) == [1]
    assert (recorded(schema, part), columns(schema)) == ((1, 1), ["id", "name"])


def test_other_tables_are_refused(schema: sqlalchemy.Engine, make_part: MakePart) -> None:
    with transaction(schema) as connection:
        execute(connection, sqlalchemy.text(f"create table {SCHEMA}.thing (name text)"))
    part = make_part(("additive", 0, CREATE), ("offline", 1, "select 1"))
    with pytest.raises(ConfigurationError, match=r"it lacks thing\.id"):
        brought_up(schema, part, is_offline=True)


@pytest.mark.parametrize(
    "text", ["select 1", "-- kind: additive\nselect 1", "-- kind: sometimes\n-- oldest_writer: 0\n"]
)
def test_a_file_without_its_header_is_a_fault_of_ours(make_part: MakePart, tmp_path: Path, text: str) -> None:
    part = make_part(("additive", 0, CREATE))
    (tmp_path / part.package / "migrations" / "0001_wrong.sql").write_text(text)
    with pytest.raises(ValueError, match=r"0001_wrong\.sql lacks"):
        _ = part.migrations
