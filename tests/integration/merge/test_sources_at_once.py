"""Runs and batches of records that merge into the same objects at once, each again when it meets the other."""

import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from etl.engine import undo
from etl.errors import TransientFault
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site
from tests.integration.merge.staged import Staged
from tests.integration.merge.test_sources import DOCUMENTS

_ROUNDS = 5
_NAMES = [f"n{number}" for number in range(24)]
Answer = TypeVar("Answer")


@pytest.fixture
def records(make_site: MakeSite) -> Staged:
    return Staged(make_site(DOCUMENTS))


def _again(work: Callable[[], Answer]) -> Answer:
    """Until it does not meet another source: as each source does with its unit of work."""
    while True:
        try:
            return work()
        except TransientFault:
            continue


def _run(site: Site, rows: Iterable[Row]) -> dict[str, str]:
    """in_id -> in_status after a run."""
    site.partner.redeliver("in_Thing", *rows)
    site.partner.hand_over()
    site.run()
    return {row["in_id"]: row["in_status"] for row in site.partner("select in_id, in_status from in_Thing")}


@BOTH_LAYOUTS
@pytest.mark.parametrize("seed", range(2))
def test_sources_with_instances_of_their_own_share_the_unique_values(records: Staged, seed: int) -> None:
    """Each gives its instances names that the other wants too. Whatever the order: a name has one owner, and each
    instance has what its last accepted row says."""
    site = records.site
    last: dict[str, tuple[str | None, int | None]] = {}
    _run(site, ({"in_id": f"p{n}"} for n in range(8)))
    records.merge(*({"in_id": f"r{n}"} for n in range(8)))
    started = threading.Barrier(2)

    def drawn(choose: random.Random, letter: str, number: int) -> list[Row]:
        return [{"in_id": f"{letter}{n}", "Name": choose.choice(_NAMES), "Amount": number} for n in range(8)]

    def note(rows: Iterable[Row]) -> int:
        new = {row["in_id"]: (row["Name"], row["Amount"]) for row in rows}
        last.update(new)
        return len(new)

    def runs(choose: random.Random) -> int:
        started.wait()
        return sum(
            note(row for row in rows if statuses[row["in_id"]] == "DONE")
            for number in range(_ROUNDS)
            for rows in [drawn(choose, "p", number)]
            for statuses in [_run(site, rows)]
        )

    def batches(choose: random.Random) -> int:
        started.wait()
        return sum(
            note(row for n, row in enumerate(rows, 1) if merged.results[n].in_status == "DONE")
            for number in range(2 * _ROUNDS)
            for rows in [drawn(choose, "r", number)]
            for merged in [_again(lambda: records.merge(*rows))]  # noqa: B023
        )

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(runs, random.Random(seed)), pool.submit(batches, random.Random(seed + 100))]
        accepted = [work.result() for work in both]
    assert 0 < accepted[0] < 8 * _ROUNDS
    assert 0 < accepted[1] < 16 * _ROUNDS
    rows = site.look(f"select _in_id, Name, Amount from {STORE}.bo_Thing where _state = 'ACTUAL'")
    found = {row["_in_id"]: (row["name"], row["amount"]) for row in rows}
    assert {in_id: found[in_id] for in_id in last} == last
    names = [name for name, _ in found.values() if name is not None]
    assert len(names) == len(set(names))


@BOTH_LAYOUTS
def test_a_batch_keeps_what_another_one_has_changed_since_it_was_staged(records: Staged) -> None:
    records.merge({"in_id": "a", "Amount": 1, "Note": "old"})
    with records.site.runtime() as runtime, ThreadPoolExecutor(1) as pool:
        run = records.next_run(runtime)
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "a", "Amount": 2}], run=run)
            later = pool.submit(lambda: _again(lambda: records.merge({"in_id": "a", "Note": "new"})))
            records.site.wait_for_blocked()
        batch = later.result()
    row = records.one()
    assert (row["amount"], row["note"]) == (2, "new")
    assert records.journal(batch.run) == [("changed", {"note": "old"})]


@BOTH_LAYOUTS
def test_an_id_that_two_batches_give_to_two_instances_is_that_of_the_first(records: Staged) -> None:
    records.merge({"in_id": "a"}, {"in_id": "b"})
    ids = {row["_in_id"]: row["_id"] for row in records.site.look(f"select _in_id, _id from {STORE}.bo_Thing")}
    with records.site.runtime() as runtime, ThreadPoolExecutor(1) as pool:
        run = records.next_run(runtime)
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "new", "out_id": ids["a"], "Amount": 1}], run=run)
            row = {"in_id": "new", "out_id": ids["b"], "Amount": 2}
            later = pool.submit(lambda: _again(lambda: records.merge(row)))
            records.site.wait_for_blocked()
        batch = later.result()
    assert [fault[0] for fault in batch.faults] == [1]
    assert records.site.look(f"select in_id, instance from {STORE}.alias") == [{"in_id": "new", "instance": ids["a"]}]
    amounts = records.site.look(f"select _in_id, Amount from {STORE}.bo_Thing order by 1")
    assert [row["amount"] for row in amounts] == [1, None]


@BOTH_LAYOUTS
def test_an_id_of_a_new_instance_is_no_further_one_of_another(records: Staged) -> None:
    """A batch creates the instance that a run, with the same id, would have merged into the owner of its name."""
    site = records.site
    _run(site, [{"in_id": "a", "Name": "x"}])
    with site.runtime() as runtime, ThreadPoolExecutor(1) as pool:
        number = records.next_run(runtime)
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "b"}], run=number)
            run = pool.submit(_run, site, [{"in_id": "b", "Name": "x"}])
            site.wait_for_blocked()
        assert run.result() == {"b": "ERROR"}
    assert [error["code"] for error in site.errors()] == ["UNIQUE_TAKEN"]
    assert site.look(f"select in_id from {STORE}.alias") == []
    assert [row["_in_id"] for row in site.look(f"select _in_id from {STORE}.bo_Thing order by 1")] == ["a", "b"]


@BOTH_LAYOUTS
def test_a_further_id_of_an_instance_makes_no_other(records: Staged) -> None:
    """A batch gives the id to an instance that another batch, with the same id, would have created."""
    records.merge({"in_id": "a"})
    [a] = records.site.look(f"select _id from {STORE}.bo_Thing")
    with records.site.runtime() as runtime, ThreadPoolExecutor(1) as pool:
        run = records.next_run(runtime)
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "b", "out_id": a["_id"]}], run=run)
            later = pool.submit(lambda: _again(lambda: records.merge({"in_id": "b", "Amount": 2})))
            records.site.wait_for_blocked()
        assert later.result().faults == []
    assert (records.one()["_in_id"], records.one()["amount"]) == ("a", 2)


@BOTH_LAYOUTS
def test_a_run_journals_what_a_batch_has_changed_since_it_was_staged(records: Staged) -> None:
    _run(records.site, [{"in_id": "a", "Amount": 1}])
    with records.site.runtime() as runtime, ThreadPoolExecutor(1) as pool:
        number = records.next_run(runtime)
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "a", "Amount": 2, "Note": "n"}], run=number)
            run = pool.submit(_run, records.site, [{"in_id": "a", "Amount": 3}])
            records.site.wait_for_blocked()
        assert run.result() == {"a": "DONE"}
    number = records.site.value("select max(id) from in_tables.run")
    assert records.journal(number) == [("changed", {"amount": 2, "note": "n"})]
    assert (records.one()["amount"], records.one()["note"]) == (3, None)


@BOTH_LAYOUTS
def test_undo_of_units_whose_numbers_are_not_the_order_of_their_changes(records: Staged) -> None:
    """A batch has its number first, and changes an instance last: its undo, and then that of the run."""
    site = records.site
    _run(site, [{"in_id": "a", "Amount": 1}])
    with site.runtime() as runtime:
        batch = records.next_run(runtime)
        _run(site, [{"in_id": "a", "Amount": 2}, {"in_id": "b", "Amount": 2}])
        run = site.value("select max(id) from in_tables.run")
        assert batch < run
        with records.store(runtime) as connection:
            changed: list[Row] = [{"in_id": "a", "Amount": 3}, {"in_id": "b", "Amount": 3, "state": "REMOVED"}]
            records.merge_in(runtime, connection, changed, run=batch)
        records.undo(batch)
        assert _stored(records) == {"a": ("ACTUAL", 2), "b": ("ACTUAL", 2)}
        assert undo(runtime, run).counters["kept"] == 0
    assert _stored(records) == {"a": ("ACTUAL", 1), "b": ("REMOVED", 2)}


@BOTH_LAYOUTS
def test_undo_of_what_was_before_a_batch_of_a_lower_number_counts_as_later(records: Staged) -> None:
    """The run changes the instance first, and is undone; the batch has given it another value since, which is kept."""
    site = records.site
    _run(site, [{"in_id": "a", "Amount": 1}])
    with site.runtime() as runtime:
        batch = records.next_run(runtime)
        _run(site, [{"in_id": "a", "Amount": 2}])
        run = site.value("select max(id) from in_tables.run")
        with records.store(runtime) as connection:
            records.merge_in(runtime, connection, [{"in_id": "a", "Amount": 3}], run=batch)
        assert undo(runtime, run).counters["kept"] == 1
        assert _stored(records) == {"a": ("ACTUAL", 3)}
        records.undo(batch)
    assert _stored(records) == {"a": ("ACTUAL", 2)}


def _stored(records: Staged) -> dict[str, tuple[str, int]]:
    """in_id -> state, Amount."""
    return {row["_in_id"]: (row["_state"], row["amount"]) for row in records.stored().values()}
