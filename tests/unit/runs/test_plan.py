"""The order of a run, from what was claimed."""

from itertools import groupby

import pytest

from etl.metadata import Company, names, parse_company
from etl.runs import (
    Chunk,
    Claimed,
    Extent,
    Kind,
    Task,
    build_plan,
)
from etl.runs.plan import FIRST
from tests.fix_company import CLAIMS

_DICTIONARY = """
code: Level
category: DICTIONARY
orderIndex: 9
fields:
  - {code: code, type: INPUT_TEXT, needLoadFromInTables: true}
"""


def company(**more: str) -> Company:
    documents = {f"companies/demo/business-objects/{code}.yaml": text for code, text in {**CLAIMS, **more}.items()}
    return parse_company("demo", documents)


def claimed(of: Company, **rows: int) -> dict[str, Claimed]:
    tables = [names.in_table(bo.code) for bo in of.objects if bo.has_in_table]
    tables += [link.name for link in of.in_link_tables()]
    return {
        table: Claimed(table, rows.get(table, 0), (Chunk(rows[table]),) if rows.get(table) else ()) for table in tables
    }


def stages(tasks: tuple[Task, ...]) -> list[tuple[str, list[str]]]:
    """(kind, tables) stage by stage."""
    return [
        (str(kind), [task.table for task in group])
        for (_, kind), group in groupby(tasks, key=lambda task: (task.stage, task.kind))
    ]


def test_the_order_of_a_run() -> None:
    of = company()
    rows = claimed(of, in_Client=3, in_Claim=2, in_Claim_Client=2)
    everything = Extent(rows, has_files=True, serves={"in_Claim_Watchers"}, notifies=True)
    assert stages(build_plan(of, everything)) == [
        ("UPLOAD_FILES", ["in_fileStorage"]),
        ("MIGRATE_SINGLE_FIELDS", ["in_Client", "in_Claim"]),
        ("NOP", [""]),
        ("MIGRATE_BO_LINKS", ["in_Claim_Client", "in_Claim_Watchers"]),
        ("NOP", [""]),
        ("MIGRATE_IN_MIGRATED_AT", ["in_Client", "in_Claim"]),
        ("FIX_PROCESS_TRACKING", [""]),
        ("COPY_ERR", [""]),
        ("RUN_PROCESSES", [""]),
        ("NOTIFY", [""]),
        ("NOP", [""]),
    ]


def test_one_object_without_links_has_the_eight_tasks_of_the_vendor() -> None:
    of = parse_company("demo", {"companies/demo/business-objects/Client.yaml": CLAIMS["Client"]})
    assert [str(task.kind) for task in (FIRST, *build_plan(of, Extent(claimed(of, in_Client=3))))] == [
        "BEGIN",
        "MIGRATE_SINGLE_FIELDS",
        "NOP",
        "MIGRATE_IN_MIGRATED_AT",
        "FIX_PROCESS_TRACKING",
        "COPY_ERR",
        "RUN_PROCESSES",
        "NOP",
    ]


@pytest.mark.parametrize(("rows", "makes"), [(9_999, False), (10_000, True)])
def test_many_links_have_their_indexes_at_once(rows: int, makes: bool) -> None:
    of = company()
    tasks = build_plan(of, Extent(claimed(of, in_Client=1, in_Claim_Client=rows)))
    assert [task.stage for task in tasks if task.kind is Kind.MAKE_INDEXES] == [
        task.stage - 1 for task in tasks if makes and task.kind is Kind.MIGRATE_IN_MIGRATED_AT
    ]
    filled = build_plan(of, Extent(claimed(of, in_Client=1, in_Claim_Client=rows), fills={"Client": 1}))
    assert [task.kind for task in filled].count(Kind.MAKE_INDEXES) == 1


def test_numbers_follow_begin_without_gaps_and_stages_never_fall() -> None:
    of = company()
    tasks = build_plan(of, Extent(claimed(of, in_Client=3)))
    assert [task.seq for task in tasks] == list(range(1, len(tasks) + 1))
    assert [task.stage for task in tasks] == sorted(task.stage for task in tasks)
    assert len({task.title for task in tasks}) == len(tasks)


def test_dictionaries_come_a_stage_before_the_objects_that_name_their_rows() -> None:
    of = company(Level=_DICTIONARY)
    tasks = build_plan(of, Extent(claimed(of, in_Client=1, in_Level=1)))
    stage = {task.table: task.stage for task in tasks if task.kind is Kind.MIGRATE_SINGLE_FIELDS}
    assert stage["in_Level"] < stage["in_Client"]


def test_a_table_in_chunks() -> None:
    of = company()
    chunks = (Chunk(2, None, 10), Chunk(2, 10, 20), Chunk(1, 20, None))
    tasks = build_plan(of, Extent(claimed(of) | {"in_Client": Claimed("in_Client", 5, chunks)}))
    parts = [task for task in tasks if task.kind is Kind.MIGRATE_SINGLE_FIELDS]
    assert tuple(task.chunk for task in parts) == chunks
    assert [task.title.split()[-1] for task in parts] == ["(1/3)", "(2/3)", "(3/3)"]
    assert len({task.stage for task in parts}) == 1
    [dependent] = [task for task in tasks if task.kind is Kind.MIGRATE_DEPENDENT_ROWS]
    assert (dependent.serial_key, dependent.chunk) == ("in_Client", Chunk(0))
    assert dependent.seq < parts[0].seq


@pytest.mark.parametrize(
    "client",
    [
        Claimed("in_Client", 5, (Chunk(5),)),
        Claimed("in_Client", 5, (Chunk(3, None, 9), Chunk(2, 9)), in_any_order=True),
    ],
)
def test_rows_that_cannot_meet_in_two_chunks_have_no_task_of_their_own(client: Claimed) -> None:
    of = company()
    tasks = build_plan(of, Extent(claimed(of) | {"in_Client": client}))
    assert Kind.MIGRATE_DEPENDENT_ROWS not in {task.kind for task in tasks}


def test_an_empty_batch_still_serves_waiting_links_and_readers() -> None:
    of = company()
    assert stages(build_plan(of, Extent(claimed(of), serves={"in_Claim_Watchers"}))) == [
        ("NOP", [""]),
        ("MIGRATE_BO_LINKS", ["in_Claim_Watchers"]),
        ("NOP", [""]),
        ("FIX_PROCESS_TRACKING", [""]),
        ("COPY_ERR", [""]),
        ("RUN_PROCESSES", [""]),
        ("NOP", [""]),
    ]


def test_where_no_link_came_and_none_waits_no_task_is_for_links() -> None:
    of = company()
    assert Kind.MIGRATE_BO_LINKS not in {task.kind for task in build_plan(of, Extent(claimed(of, in_Client=3)))}


def test_a_new_version_is_made_before_its_tables_are_filled_side_by_side() -> None:
    of = company()
    tasks = build_plan(of, Extent(claimed(of, in_Client=3), fills={"Client": 2, "_Claim_Client_": 1, "Claim": 2}))
    assert stages(tasks)[-5:] == [
        ("FILL_OUT", [""]),
        ("MAKE_INDEXES", [""]),
        ("FILL_OUT", ["Client", "_Claim_Client_", "Claim", "Client", "Claim"]),
        ("RUN_PROCESSES", [""]),
        ("NOP", [""]),
    ]
    assert [tasks[-number].stage for number in (8, 7, 3)] == [tasks[-3].stage] * 3, (
        "indexes are made side by side with it"
    )
    parts = {task.title: (task.part.first, task.part.after) for task in tasks[-7:-2]}
    assert list(parts.values()) == [(None, 1), (None, None), (None, 1), (1, None), (1, None)]
    assert len({task.title for task in tasks}) == len(tasks)
