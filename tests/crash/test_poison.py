"""A task that kills its process each time is set aside; those that died beside it are not."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

from etl.embedded import EmbeddedServer
from tests.crash import runner
from tests.fix_company import CLAIMS, STORE, new_site
from tests.fix_database import Database

ATTEMPTS = 3


def crash_on_clients() -> None:
    """Merging these rows kills the process."""
    from etl.engine.handlers import TaskHandlers
    from etl.runs import Kind, Task

    handler = TaskHandlers.handler

    def deadly(self: TaskHandlers, task: Task, slices: Any = ()) -> Any:
        def perform(connections: Any, task: Task) -> Any:
            if task.kind is Kind.MIGRATE_SINGLE_FIELDS and task.table == "in_Client":
                os.abort()
            return handler(self, task, slices)(connections, task)

        return perform

    TaskHandlers.handler = deadly  # type: ignore[method-assign]


def test_only_the_poison_task_is_set_aside(server: EmbeddedServer, database: Database, tmp_path: Path) -> None:
    site = new_site(database, tmp_path, CLAIMS, copyTables="false", taskAttempts=ATTEMPTS)
    site.run()
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    site.partner.fill("in_Client", {"in_id": "c", "name": "client"})
    site.partner.fill("in_Claim", {"in_id": "k", "title": "claim"})
    site.partner.hand_over()
    environ = {**site.environ, "ETL_CONFIG": site.url, "HOME": str(site.home)}
    inject = partial(runner.inject_all, (runner.expire_all_leases, crash_on_clients))
    with site.locking(f"{STORE}.bo_Claim"):
        # The other task waits for that lock and dies beside it, until the suspects are performed alone.
        for _ in range(ATTEMPTS):
            died = runner.start(site.home, environ, inject, "run").ended()
            assert died.code == -signal.SIGABRT, died
    rows = site.look("select in_table, crash_count from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS'")
    found = {row["in_table"]: row for row in rows}
    assert found["in_Client"]["crash_count"] == ATTEMPTS
    assert found["in_Claim"]["crash_count"] < ATTEMPTS
    ended = runner.start(site.home, environ, inject, "run", "--json").ended()
    assert ended.code == 1, ended
    states = site.look(
        "select in_table, state from in_tables.task where kind = 'MIGRATE_SINGLE_FIELDS' "
        "and run = (select max(run) from in_tables.task) order by 1"
    )
    assert states == [{"in_table": "in_Claim", "state": "done"}, {"in_table": "in_Client", "state": "quarantined"}]
    assert site.partner.statuses("in_Client") == {"ERROR": 1}
    assert site.count(f"{STORE}.bo_Claim") == 1
    site.partner.session.close()
