"""Four runners, killed and frozen at random, batch after batch: nothing is lost, nothing is done twice."""

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from etl.embedded import EmbeddedServer
from tests.crash.invariants import check_invariants
from tests.crash.runner_pool import RunnerPool
from tests.fix_company import CLAIMS, OUT, STORE, Row, Site, new_site, until
from tests.fix_database import Database

FAULTS = int(os.environ.get("ETL_CRASH_FAULTS", "40"))
CLIENTS = 40
# A batch makes no progress when every owner gets a fault before it finishes a task: then there is a pause.
_FAULTS_BEFORE_REST = 25
_LONGEST_PAUSE = 0.15  # seconds between two faults


class Batches:
    """What the partner hands over, and what must be there afterwards. Each batch changes, makes, links and refuses."""

    def __init__(self, site: Site, observer: psycopg.Connection[Row]) -> None:
        self.site, self.observer, self.number = site, observer, 0

    def look(self, query: str) -> list[Row]:
        cursor = self.observer.execute(query)
        return list(cursor.fetchall()) if cursor.description else []

    def value(self, query: str) -> object:
        [row] = self.look(query)
        [value] = row.values()
        return value

    def deliver(self) -> None:
        self.number += 1
        n, partner = self.number, self.site.partner
        partner("truncate in_Client, in_Claim, in_Claim_Client, in_Claim_Watchers")
        partner(
            "insert into in_Client (in_id, name) select 'c' || n, %s from generate_series(1, %s) n "
            "union all select null, 'missing'",
            [f"name {n}", CLIENTS],
        )
        partner.fill("in_Claim", {"in_id": f"k{n}", "title": "new"})
        partner.fill("in_Claim_Client", {"claim_id": f"k{n}", "client_id": f"c{n % CLIENTS + 1}"})
        partner.fill("in_Claim_Watchers", {"claim_id": f"k{n}", "watchers_id": f"x{n}"})
        partner.hand_over()

    def is_read(self) -> bool:
        """Whether this batch's run has ended."""
        if not self.look("select 1 where to_regclass('in_tables.run') is not null"):
            return False
        return self.value("select count(*) from in_tables.run where state = 'done'") == self.number

    def owner(self) -> str | None:
        if not self.look("select 1 where to_regclass('in_tables.run') is not null"):
            return None
        rows = self.look("select owner from in_tables.run where state = 'running'")
        return str(rows[0]["owner"]) if rows else None

    def check_complete(self) -> None:
        """Every batch so far is in the store and in out, each exactly once; the counts say the same."""
        check_invariants(self.look)
        n = self.number
        assert self.value("select count(*) from in_tables.run") == n
        assert self.look(
            "select name, count(*) as n from in_tables.in_Client group by name having name <> 'missing'"
        ) == [{"name": f"name {n}", "n": CLIENTS}]
        assert self.look(f"select name, count(*) as n from {STORE}.bo_Client group by name") == [
            {"name": f"name {n}", "n": CLIENTS}
        ]
        assert self.look(f"select name, count(*) as n from {OUT}.Client group by name") == [
            {"name": f"name {n}", "n": CLIENTS}
        ]
        changes = self.look(
            f"select change, count(*) as n from {STORE}.journal where run = (select max(id) from in_tables.run) "
            "group by 1 order by 1"
        )
        new = (
            [{"change": "created", "n": CLIENTS + 1}]
            if n == 1
            else [{"change": "changed", "n": CLIENTS}, {"change": "created", "n": 1}]
        )
        assert changes == [*new, {"change": "linked", "n": 1}]
        assert self.value(f"select count(*) from {STORE}.bo_Claim") == n
        assert self.value(f"select count(*) from {STORE}.link_Claim_Client") == n
        assert self.value(f"select count(*) from {STORE}.boi_reference") == n
        assert self.value(f"select count(*) from {OUT}._Claim_Client_") == n
        assert self.value("select count(*) from in_tables.err") == self.value(f"select count(*) from {STORE}.err") == n
        assert self.look(
            "select in_table, claimed, created + changed as merged, rejected, waiting, "
            "unchanged + removed + vanished + released as others "
            "from in_tables.migration_receipt where run = (select max(id) from in_tables.run) order by in_table"
        ) == [
            {
                "in_table": table,
                "claimed": claimed,
                "merged": merged,
                "rejected": rejected,
                "waiting": waiting,
                "others": 0,
            }
            for table, claimed, merged, rejected, waiting in (
                ("in_Claim", 1, 1, 0, 0),
                ("in_Claim_Client", 1, 1, 0, 0),
                ("in_Claim_Watchers", 1, 0, 0, 1),
                ("in_Client", CLIENTS + 1, CLIENTS, 1, 0),
            )
        ]
        assert self.site.partner.marker()["ins_inkafka_status"] == 1


@pytest.fixture
def batches(server: EmbeddedServer, database: Database, tmp_path: Path) -> Iterator[Batches]:
    # Here any task may crash any number of times, and none is to blame.
    site = new_site(database, tmp_path, CLAIMS, copyTables="false", taskAttempts=1_000_000)
    with psycopg.connect(
        host=database.host,
        port=database.port,
        dbname=database.name,
        user=database.username,
        autocommit=True,
        row_factory=dict_row,
    ) as observer:
        yield Batches(site, observer)
    site.partner.session.close()


def inject_faults(
    batches: Batches,
    faults: int,
    *,
    is_seen: Callable[[Batches], bool] = lambda _: True,
) -> RunnerPool:
    """Hands over batches and injects faults until there were `faults` of them, and more until what depends on chance
    `is_seen`, but no more than ten times as many."""
    seed = int(os.environ.get("ETL_CRASH_SEED", secrets.randbelow(2**32)))
    chance = random.Random(seed)
    print(f"ETL_CRASH_SEED={seed}")
    with RunnerPool(batches.site, chance) as pool:
        while pool.faults < faults or (pool.faults < 10 * faults and not is_seen(batches)):
            batches.deliver()
            faults_of_batch = 0
            while not batches.is_read() and faults_of_batch < _FAULTS_BEFORE_REST:
                # The pause is part of the fault: it decides where in the run the fault comes.
                time.sleep(chance.uniform(0, _LONGEST_PAUSE))
                pool.inject_fault(batches.owner())
                check_invariants(batches.look)
                faults_of_batch += 1
            pool.wake_all()
            until(batches.is_read, f"batch {batches.number} is read; the runners said:\n{pool.last_errors()}")
            batches.check_complete()
    print(f"{pool.kills} killed, {pool.freezes} frozen, {pool.owner_faults} of them in a run; {batches.number} batches")
    return pool


def test_four_runners_with_random_faults(batches: Batches) -> None:
    pool = inject_faults(batches, FAULTS, is_seen=lambda batches: is_taken_over(batches) and has_helped(batches))
    assert pool.kills
    assert pool.freezes
    assert is_taken_over(batches), "no owner got a fault in the middle of a run"
    assert has_helped(batches), "no runner has helped"


def is_taken_over(batches: Batches) -> bool:
    """Whether a run had more than one owner."""
    fence = batches.value("select max(fence) from in_tables.run_fence")
    assert isinstance(fence, int)
    return fence > batches.number


def has_helped(batches: Batches) -> bool:
    """Whether several runners performed tasks of one run under one token."""
    shared = batches.look(
        "select run, fence from in_tables.task where state = 'done' "
        "group by run, fence having count(distinct owner) > 1"
    )
    return bool(shared)
