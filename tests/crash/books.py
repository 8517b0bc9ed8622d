"""What a run leaves behind, in words that do not depend on the hour, on random ids, or on which runner did it."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.fix_company import STORE, Row

Look = Callable[[str], list[Row]]
Books = dict[str, list[str]]

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:.*")
_COPY = re.compile(r"copy_\d{4}_\d\d_\d\d_")
_NUMBER = re.compile(r"\b\d{18,}\b")
_RUN_FROM = 1 << 50  # run ids begin with milliseconds; nothing else here is so large
# Numbers of a sequence, ids of transactions, and who did it: another runner's are as good.
_ANY = {
    "unit_number": {"last_number"},
    "unit": {"begun_after", "closed_by"},
    "store_fence": {"source", "fence"},
    "journal": {"n", "written_by"},
    "out_version": {"journal_position", "place", "own_scans", "reader_scans", "last_read_at"},
    "boi_reference": {"written_by"},
    "reference_position": {"place", "position"},
    "run": {"owner", "fence"},
    "run_fence": {"source", "fence"},
    "task": {"id", "owner", "fence", "attempts", "crash_count"},
    "err": {"id", "n"},
    "migration_receipt": {"id"},
}


def read_books(look: Look) -> Books:
    """Table -> rows, of everything in the in_tables, store_ and out_ schemas but who did it."""
    tables = look(
        "select schemaname as schema, tablename as name from pg_tables "
        "where (schemaname = 'in_tables' or schemaname like 'store\\_%' or schemaname like 'out\\_%') "
        "and tablename <> 'runner'"
    )
    rows = _rows(look, tables)
    names = _names(rows)
    return {
        _COPY.sub("copy_", table): sorted(_reported(table, row, names) for row in found)
        for table, found in rows.items()
    }


def _rows(look: Look, tables: list[Row]) -> dict[str, list[Row]]:
    parts = [
        f"select '{table['schema']}.{table['name']}' as name, cast(coalesce(json_agg(t), '[]') as text) as rows "
        f'from {table["schema"]}."{table["name"]}" t'
        for table in tables
    ]
    return {row["name"]: json.loads(row["rows"]) for row in look(" union all ".join(parts))}


def _names(rows: Mapping[str, list[Row]]) -> dict[object, str]:
    """Instances by what the partner calls them, runs and markers by their order."""
    names: dict[object, str] = {}
    for table, found in rows.items():
        if table.startswith(f"{STORE}.bo_"):
            names |= {row["_id"]: f"{table} {row['_in_id']}" for row in found if "_in_id" in row}
    numbers = sorted(row["id"] for row in rows.get("in_tables.run", []))
    names |= {number: f"run {order}" for order, number in enumerate(numbers)}
    return names


def _reported(table: str, row: Row, names: Mapping[object, str]) -> str:
    schema, _, name = table.partition(".")
    left_out = _ANY.get(name, set()) | ({"id"} if schema.startswith("out_") else set())
    if name == "process_tracking":
        left_out = {"id"}
    if name == "run":
        left_out = left_out | {"marker_id"}
    return json.dumps({key: _value(value, names) for key, value in row.items() if key not in left_out}, sort_keys=True)


def _value(value: Any, names: Mapping[object, str]) -> Any:
    if isinstance(value, str | int) and value in names:
        return names[value]
    if isinstance(value, int) and value >= _RUN_FROM:
        return "a run that is forgotten"
    if isinstance(value, str):
        return "a time" if _TIME.fullmatch(value) else _NUMBER.sub("a run", _COPY.sub("copy_", value))
    if isinstance(value, dict):
        return {key: _value(one, names) for key, one in value.items()}
    return value


def differences(expected: Books, found: Books) -> str:
    """Line by line what is missing and what is too much; empty when both are the same."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        wanted, there = list(expected.get(table, [])), list(found.get(table, []))
        for row in list(wanted):
            if row in there:
                wanted.remove(row)
                there.remove(row)
        lines += [f"missing in {table}: {row}" for row in wanted] + [f"too much in {table}: {row}" for row in there]
    return "\n".join(lines)


def audit(look: Look) -> None:
    """What holds at every moment, whoever has died."""
    if not look("select 1 where to_regclass('in_tables.task') is not null"):
        return
    [run] = look("select count(*) as n from in_tables.run where state = 'running'")
    assert run["n"] <= 1
    _tasks_are_in_order(look)
    _a_claim_has_a_run(look)
    _read_means_read(look)


def _tasks_are_in_order(look: Look) -> None:
    """No task of a later stage is begun before the stage before is done; no token finishes after a higher one."""
    early = look(
        "select l.title from in_tables.task l join in_tables.task e on e.run = l.run and e.stage < l.stage "
        "where l.state in ('running', 'done') and e.state in ('todo', 'running')"
    )
    assert early == [], "a task was begun before its barrier fell"
    late = look(
        "select l.title from in_tables.task l join in_tables.task h on h.run = l.run and h.fence > l.fence "
        "and h.finished_at < l.finished_at where l.state = 'done' and h.state = 'done'"
    )
    assert late == [], "an owner finished a task after its new owner had finished one"
    free = look(
        "select t.title from in_tables.task t join in_tables.run r on r.id = t.run "
        "where t.state = 'running' and (t.attempts < 1 or t.owner is null or r.state <> 'running')"
    )
    assert free == [], "a task is being performed, but not by the runner of a run"
    stray = look(
        "select t.title from in_tables.task t where t.owner is not null and not exists "
        "(select 1 from in_tables.runner h where h.run = t.run and h.owner = t.owner and h.fence >= t.fence)"
    )
    assert stray == [], "a task was taken by a runner that neither owned nor joined the run"
    alien = look(
        "select t.title from in_tables.task t join in_tables.run r on r.id = t.run and r.owner <> t.owner "
        "and r.fence = t.fence where t.kind not like 'MIGRATE%' and t.kind <> 'UPLOAD_FILES'"
    )
    assert alien == [], "a helper has taken a task of the run's owner"


def _a_claim_has_a_run(look: Look) -> None:
    tables = look(
        "select c.table_name as name from information_schema.columns c where table_schema = 'in_tables' "
        "and c.column_name = 'in_status' and c.table_name like 'in\\_%'"
    )
    parts = [f"select '{t['name']}' as name from in_tables.\"{t['name']}\" where in_status = 'ON_WORK'" for t in tables]
    claimed = " union all ".join(parts)
    ownerless = look(
        f"select * from ({claimed}) c where not exists (select 1 from in_tables.run where state='running')"
    )
    assert ownerless == [], "rows are claimed, and no run is under way"


def _read_means_read(look: Look) -> None:
    """When the marker says that all is read, everything that reads rows is done."""
    unread = look(
        "select t.kind from in_tables.task t join in_tables.run r on r.id = t.run and r.marker_id <> 0 "
        "join in_tables.process_tracking m on m.id = r.marker_id and m.ins_inkafka_status = 1 "
        "where t.state <> 'done' and t.kind not in ('COPY_ERR', 'FILL_OUT', 'RUN_PROCESSES', 'NOTIFY', 'NOP') "
        "and r.state = 'running'"
    )
    assert unread == [], "the marker says 'read' before everything is read"
    lost = look(
        "select id from in_tables.run r where state = 'done' and marker_id <> 0 "
        "and exists (select 1 from in_tables.task t where t.run = r.id and t.state <> 'done')"
    )
    assert lost == [], "a run is done, and not all of its tasks are"
