"""Between two databases, tables of several chunks: rows that do not depend on each other, links of an older table."""

import pytest

from etl.database import transaction
from etl.engine.error_limit import check_error_limit
from etl.engine.handlers import merge_context_of
from etl.errors import RunStopped
from etl.runs import Chunk, Kind, Task, TaskQueue
from etl.sources.in_tables import claim as claiming
from tests.fix_company import ONLY_APART, STORE, MakeSite, Site

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Firm": f"code: Firm\norderIndex: 1\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_IN}}}\n",
    "Client": f"""
code: Client
orderIndex: 2
fields:
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Firm, type: BO, bo: Firm, {_IN}}}
""",
}
ROWS = 1_500


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS, chunkRows=1000, copyTables="false")


@ONLY_APART
def test_rows_that_do_not_depend_on_each_other(site: Site, layout: str) -> None:
    """The link table was made before it had the column for removed links."""
    site.look("alter table in_tables.in_client_firm drop column removed")
    numbers = f"generate_series(1, {ROWS}) n"
    site.partner(f"insert into in_firm (in_id, name) select 'f' || n, 'F' from {numbers}")
    site.partner(f"insert into in_client (in_id, email) select 'c' || n, n || '@x.kz' from {numbers}")
    site.partner(f"insert into in_client_firm (client_id, firm_id) select 'c' || n, 'f' || n from {numbers}")
    outcome = site.run()
    tasks = "select count(*) from in_tables.task where kind = 'MIGRATE_DEPENDENT_ROWS' and counters = '{}'"
    assert (outcome.exit_code, site.value(tasks)) == (0, 2)
    for table in ("bo_firm", "bo_client", "link_client_firm"):
        assert site.count(f"{STORE}.{table}") == ROWS
    assert all(one.claimed == one.created == ROWS for one in outcome.receipts)


def test_a_task_whose_rows_are_gone_is_one_part(site: Site) -> None:
    """And a limit on errors counts what was rejected, also where no error is left to be named."""
    site.partner.fill("in_client", {"in_id": "a", "amount": "NaN"}, {"in_id": "b"})
    run = site.run().run
    assert run
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        with runtime.connections(connection) as connections:
            context = merge_context_of(connections, runtime, run)
        task = Task(7, 1, Kind.MIGRATE_SINGLE_FIELDS, "", "in_Client", Chunk(1_000, 1, 5_000))
        assert claiming.cut(connection, runtime.company, task, context, 4) == ()
        assert claiming.slices(connection, runtime.company, task, context, 4) == (task.part,)
        queue = TaskQueue(runtime.engine, runtime.in_schema, run, "", 0)
        check_error_limit(connection, queue, 1)
        most = r"has rejected 1 rows, and errorLimit is 0 \(most often [A-Z_]+ in in_Client\.Amount: 1\): what its"
        with pytest.raises(RunStopped, match=most):
            check_error_limit(connection, queue, 0)
    site.look("delete from in_tables.err")
    unnamed = pytest.raises(RunStopped, match="has rejected 1 rows, and errorLimit is 0: what its")
    with site.runtime() as runtime, transaction(runtime.engine) as connection, unnamed:
        check_error_limit(connection, TaskQueue(runtime.engine, runtime.in_schema, run, "", 0), 0)
