"""A session that holds its locks for hours: the message names it, and the task is free again."""

from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy

from etl.database import Connection, execute, open_engine
from etl.errors import TransientFault
from etl.retry import RetryPolicy
from etl.runs import Counters, Kind, Task, TaskQueue, backoffs_of, perform
from tests.fix_company import PASSWORD, MakeSite, Site

_DOCUMENT = "code: Client\nfields:\n  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}\n"
BACKOFFS = partial(backoffs_of, outage_seconds=0)
_TASK = Task(1, 1, Kind.MIGRATE_SINGLE_FIELDS, "in_Client", "in_Client")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site({"Client": _DOCUMENT})
    site.run()
    return site


@pytest.fixture
def engine(site: Site) -> Iterator[sqlalchemy.Engine]:
    engine = open_engine(site.database.tcp(f"engine_{site.database.name}", PASSWORD), "etl:one")
    yield engine
    engine.dispose()


def test_the_error_names_the_table_and_who_holds_it(site: Site, engine: sqlalchemy.Engine) -> None:
    fence = site.value("select fence from in_tables.run_fence")
    queue = TaskQueue(engine, "in_tables", run=1, owner="one", fence=fence)
    with engine.begin() as connection:
        queue.record(connection, [_TASK])
    taken = queue.take()
    assert taken is not None
    site.partner.fill("in_Client", {"in_id": "a", "name": "A"})

    def touch(connection: Connection, task: Task) -> Counters:
        return {"touched": execute(connection, sqlalchemy.text("update in_tables.in_Client set name = 'B'"))}

    statements = ("set application_name to E'hea\\033[2Jvy'", "update in_tables.in_Client set name = 'C'")
    with site.partner.holding(*statements) as session:
        with pytest.raises(TransientFault) as caught:
            perform(queue, taken, touch, retry_policy=RetryPolicy(BACKOFFS), lock_timeout="20ms")
        pid = session.info.backend_pid
    message = str(caught.value)
    assert message.startswith("task MIGRATE_SINGLE_FIELDS in_Client: PostgreSQL ")
    assert "another session holds a lock on the table; end it or wait" in message
    assert f"in_client: locked by session {pid} of partner_{site.database.name} (hea" in message
    assert "\x1b" not in message
    [task] = site.look("select state, owner, error from in_tables.task where run = 1")
    assert (task["state"], task["owner"], task["error"]) == ("todo", None, message)

    taken = queue.take()
    assert taken is not None
    assert perform(queue, taken, touch, retry_policy=RetryPolicy(BACKOFFS)) == {"touched": 1}
