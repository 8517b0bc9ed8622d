"""What holds at every moment of a run, whichever runners have died."""

from tests.crash.snapshot import Query


def check_invariants(query: Query) -> None:
    """Raises AssertionError."""
    if not query("select 1 where to_regclass('in_tables.task') is not null"):
        return
    [run] = query("select count(*) as n from in_tables.run where state = 'running'")
    assert run["n"] <= 1
    _tasks_are_in_order(query)
    _a_claim_has_a_run(query)
    _a_read_marker_has_no_unread_rows(query)


def _tasks_are_in_order(query: Query) -> None:
    """No task of a later stage is begun before the stage before is done; no token finishes after a higher one."""
    early = query(
        "select l.title from in_tables.task l join in_tables.task e on e.run = l.run and e.stage < l.stage "
        "where l.state in ('running', 'done') and e.state in ('todo', 'running')"
    )
    assert early == [], "a task was begun before its stage was reached"
    late = query(
        "select l.title from in_tables.task l join in_tables.task h on h.run = l.run and h.fence > l.fence "
        "and h.finished_at < l.finished_at where l.state = 'done' and h.state = 'done'"
    )
    assert late == [], "an owner finished a task after its new owner had finished one"
    free = query(
        "select t.title from in_tables.task t join in_tables.run r on r.id = t.run "
        "where t.state = 'running' and (t.attempts < 1 or t.owner is null or r.state <> 'running')"
    )
    assert free == [], "a task is being performed, but not by the runner of a run"
    stray = query(
        "select t.title from in_tables.task t where t.owner is not null and not exists "
        "(select 1 from in_tables.runner h where h.run = t.run and h.owner = t.owner and h.fence >= t.fence)"
    )
    assert stray == [], "a task was taken by a runner that neither owned nor joined the run"
    alien = query(
        "select t.title from in_tables.task t join in_tables.run r on r.id = t.run and r.owner <> t.owner "
        "and r.fence = t.fence where t.kind not like 'MIGRATE%' and t.kind <> 'UPLOAD_FILES'"
    )
    assert alien == [], "a helper has taken a task of the run's owner"


def _a_claim_has_a_run(query: Query) -> None:
    tables = query(
        "select c.table_name as name from information_schema.columns c where table_schema = 'in_tables' "
        "and c.column_name = 'in_status' and c.table_name like 'in\\_%'"
    )
    parts = [f"select '{t['name']}' as name from in_tables.\"{t['name']}\" where in_status = 'ON_WORK'" for t in tables]
    claimed = " union all ".join(parts)
    ownerless = query(
        f"select * from ({claimed}) c where not exists (select 1 from in_tables.run where state='running')"
    )
    assert ownerless == [], "rows are claimed, and no run is under way"


def _a_read_marker_has_no_unread_rows(query: Query) -> None:
    """When the marker says that all is read, everything that reads rows is done."""
    unread = query(
        "select t.kind from in_tables.task t join in_tables.run r on r.id = t.run and r.marker_id <> 0 "
        "join in_tables.process_tracking m on m.id = r.marker_id and m.ins_inkafka_status = 1 "
        "where t.state <> 'done' and r.state = 'running' "
        "and t.kind not in ('COPY_ERR', 'MAKE_INDEXES', 'FILL_OUT', 'RUN_PROCESSES', 'NOTIFY', 'NOP')"
    )
    assert unread == [], "the marker says 'read' before all rows are read"
    lost = query(
        "select id from in_tables.run r where state = 'done' and marker_id <> 0 "
        "and exists (select 1 from in_tables.task t where t.run = r.id and t.state <> 'done')"
    )
    assert lost == [], "a run is done, and not all of its tasks are"
