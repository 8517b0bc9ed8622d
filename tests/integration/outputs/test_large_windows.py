"""A version that follows many changes at once: what was created is inserted without a look for it, and the ends of
links are not looked for one by one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy.event

from etl.engine import Runtime
from etl.outputs.versions import follow as following
from tests.fix_company import OUT, STORE
from tests.integration.outputs.conftest import Outbound, follow
from tests.integration.outputs.writers import populate, wrong_rows

CLIENTS = 12_000


@contextmanager
def inserts(runtime: Runtime) -> Iterator[list[int]]:
    """Rows of each insert into the table of clients that looks for none of them, -1 for one that failed."""
    found: list[int] = []

    def is_one(statement: str) -> bool:
        return f"insert into {OUT}.Client as o" in statement and "on conflict" not in statement

    def begun(connection: object, cursor: object, statement: str, *_: object) -> None:
        if is_one(statement):
            found.append(-1)

    def ended(connection: object, cursor: sqlalchemy.CursorResult[object], statement: str, *_: object) -> None:
        if is_one(statement):
            found[-1] = cursor.rowcount

    engine = runtime.out_engine
    sqlalchemy.event.listen(engine, "before_cursor_execute", begun)
    sqlalchemy.event.listen(engine, "after_cursor_execute", ended)
    try:
        yield found
    finally:
        sqlalchemy.event.remove(engine, "before_cursor_execute", begun)
        sqlalchemy.event.remove(engine, "after_cursor_execute", ended)


@contextmanager
def link_plans(runtime: Runtime) -> Iterator[list[str]]:
    """The plan of each insert into the table of links of claims, as it is about to be done."""
    found: list[str] = []

    def begun(
        _: object,
        cursor: "psycopg.Cursor[tuple[str]]",
        statement: str,
        parameters: Mapping[str, object],
        *__: object,
    ) -> None:
        if f"insert into {OUT}._Claim_Client_ as o" in statement:
            plan = psycopg.ClientCursor(cursor.connection).execute(f"explain {statement}", parameters)
            found.append("\n".join(line for [line] in plan))

    sqlalchemy.event.listen(runtime.out_engine, "before_cursor_execute", begun)
    try:
        yield found
    finally:
        sqlalchemy.event.remove(runtime.out_engine, "before_cursor_execute", begun)


def change_some(outbound: Outbound) -> None:
    """In one window with what was created: new clients that were renamed or removed at once, and known ones."""
    outbound.site.look(
        f"""
        with renamed as (
            update {STORE}.bo_Client set Name = Name || ' renamed' where Name like '%7' or Name = 'Bela' returning _id
        )
        insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'changed' from renamed;
        with removed as (
            update {STORE}.bo_Client set _state = 'REMOVED' where Name like '%8' or Name = 'Anna' returning _id
        )
        insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'removed' from removed;
        """
    )


def test_what_was_created_is_inserted_and_the_rest_is_upserted(outbound: Outbound) -> None:
    populate(outbound.site, CLIENTS)
    change_some(outbound)
    with outbound.site.runtime() as runtime, inserts(runtime) as inserted:
        counters = follow(runtime)
        assert inserted == [CLIENTS * 9 // 10]  # a tenth was removed
        assert counters["upserted"] == inserted[0] + 1 + 50  # Bela; and the claims
        assert follow(runtime) == dict.fromkeys(counters, 0)
    assert wrong_rows(outbound.site, OUT) == {}


def test_a_row_that_is_there_already_is_upserted_with_all_others(outbound: Outbound) -> None:
    """As after a filling or a comparison, which reads the store as it is, not as it was at the version's position."""
    populate(outbound.site, CLIENTS)
    outbound.site.look(
        f"insert into {OUT}.Client (system_id, system_created_at, inserted_at, updated_at) "
        f"select _id, _created_at, now(), now() from {STORE}.bo_Client where Name = 'client 77'"
    )
    change_some(outbound)
    with outbound.site.runtime() as runtime, inserts(runtime) as inserted:
        counters = follow(runtime)
        assert inserted == [-1]
    assert counters["upserted"] == CLIENTS * 9 // 10 + 1 + 50
    assert wrong_rows(outbound.site, OUT) == {}


def test_few_changes_are_upserted_at_once(outbound: Outbound) -> None:
    populate(outbound.site, 50)
    with outbound.site.runtime() as runtime, inserts(runtime) as inserted:
        follow(runtime)
        assert inserted == []
    assert wrong_rows(outbound.site, OUT) == {}


def test_ends_of_links_are_looked_for_one_by_one_in_a_small_part_of_the_journal_alone(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    with outbound.site.runtime() as runtime, link_plans(runtime) as plans:
        populate(outbound.site, CLIENTS, claims=CLIENTS)
        follow(runtime)
        assert "Nested Loop" not in plans[-1]
        monkeypatch.setattr(following, "ANALYZE_FROM_ROWS", 500)
        monkeypatch.setattr(following, "_ALWAYS_LARGE_ROWS", 500)
        populate(outbound.site, 300, claims=300)
        follow(runtime)
        assert "Nested Loop" in plans[-1]
    assert wrong_rows(outbound.site, OUT) == {}
