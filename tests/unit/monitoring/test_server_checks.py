"""Servers that cannot be worked on, or whose word cannot be trusted."""

from types import SimpleNamespace
from typing import Any

import pytest

from etl.monitoring.lock_table import judge_lock_table
from etl.monitoring.server_checks import judge_server

GOOD = {
    "default_transaction_read_only": "off",
    "session_replication_role": "origin",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "track_counts": "on",
}


def judged(*, version_number: int = 180_001, is_standby: bool = False, **settings: str) -> list[tuple[str, str]]:
    found: Any = SimpleNamespace(
        version="18.1", version_number=version_number, is_standby=is_standby, settings=GOOD | settings
    )
    return [(one.level.value, f"{one.what}: {one.found}; {one.do}") for one in judge_server(found, "db1")]


def test_a_good_server() -> None:
    assert judged() == [("ok", "server: PostgreSQL 18.1, db1; ")]


@pytest.mark.parametrize(
    ("given", "level", "said"),
    [
        ({"version_number": 130_012}, "error", "server: PostgreSQL 18.1; move to PostgreSQL 14 or newer"),
        ({"is_standby": True}, "error", "server: this is a standby, nothing can be written; name the primary in host"),
        ({"default_transaction_read_only": "on"}, "error", "server: transactions are read-only by default"),
        ({"session_replication_role": "replica"}, "error", "server: session_replication_role is replica: constraints"),
        ({"fsync": "off"}, "warning", "durability: fsync is off: a power cut may destroy the whole cluster"),
        ({"full_page_writes": "off"}, "warning", "durability: full_page_writes is off: a power cut may leave torn"),
        ({"synchronous_commit": "off"}, "warning", "durability: synchronous_commit is off: a crash of the server may"),
        ({"autovacuum": "off"}, "warning", "server settings: autovacuum is off; tables grow and plans go stale"),
        ({"track_counts": "off"}, "warning", "server settings: track_counts is off; autovacuum sleeps"),
    ],
)
def test_each_thing_that_is_wrong_is_named_with_what_to_do(given: dict[str, Any], level: str, said: str) -> None:
    [*_, (found_level, text)] = judged(**given)
    assert found_level == level
    assert text.startswith(said)


def test_a_table_of_locks_that_is_too_small() -> None:
    """64 for each of 100 sessions are 6,400, and others need some too."""
    assert list(judge_lock_table(3_200, 64, 100)) == []
    [found] = judge_lock_table(5_000, 64, 100)
    assert found.level.value == "warning"
    assert found.found.startswith("our schemas have 5,000 tables, indexes and sequences, or will have, and the server")
    assert "has room for 6,400 locks of all sessions" in found.found
    assert found.do == "set max_locks_per_transaction of the server to at least 100, and restart it"
    assert list(judge_lock_table(5_000, 100, 100)) == []
