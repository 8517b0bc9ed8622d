"""Links and files that wait, when runs are reverted: what waited before a run waits again after its undo."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from etl.engine import undo
from tests.fix_company import BOTH_LAYOUTS, STORE, Row
from tests.integration.merge.conftest import Inbound

_LINK_FIELDS = ("Client", "Watcher", "Team", "Chief", "Party", "Claim")
_KEYS = "bo, field, target_bo, owner_in_id, target_value"

Ending = Callable[[Inbound], None]


def _waiting(inbound: Inbound) -> dict[str, list[Row]]:
    """Everything about what waits, and since when, but not whether an undo has brought it back."""
    look = inbound.site.look
    return {
        "links": look(f"select {_KEYS}, linked_at, run, waiting_since from {STORE}.boi_reference order by {_KEYS}"),
        "files": look(f"select * from {STORE}.file_reference order by bo, field, instance"),
    }


def _known(inbound: Inbound) -> dict[str, list[Row]]:
    """What external ids mean."""
    look = inbound.site.look
    return {
        "ids": look(f"select bo, in_id, instance from {STORE}.alias order by 1, 2"),
        "files": look(f"select file_id, file from {STORE}.file_alias order by 1"),
    }


def _live(inbound: Inbound) -> dict[str, list[Row]]:
    """The links and instances that readers see."""
    look, live = inbound.site.look, {}
    for bo in ("Client", "Firm", "Claim"):
        fields = ", photo, name, amount" if bo == "Client" else ""
        query = f"select _in_id{fields} from {STORE}.bo_{bo} where _state <> 'REMOVED' order by 1"
        live[bo] = look(query)
    for field in _LINK_FIELDS:
        query = f"select o._in_id as owner, l._target from {STORE}.link_Claim_{field} l "
        query += f"join {STORE}.bo_Claim o on o._id = l._owner order by 1, 2"
        live[f"links {field}"] = look(query)
    return live


def _state(inbound: Inbound) -> tuple[Any, ...]:
    return _waiting(inbound), _known(inbound), _live(inbound)


def _undo(inbound: Inbound, run: int) -> int:
    with inbound.site.runtime() as runtime:
        return undo(runtime, run).as_run


def _merge(inbound: Inbound) -> int:
    run = inbound.merge().run
    assert run
    for table in ("in_Client", "in_Firm", "in_Claim", "in_fileStorage", *(f"in_{one}" for one in _tables())):
        inbound.partner(f"delete from {table}")
    return run


def _tables() -> list[str]:
    links = [f"Claim_{field}" for field in _LINK_FIELDS if field != "Party"]
    return [*links, "Claim_Party_Client", "Claim_Party_Firm"]


def _link(inbound: Inbound, field: str, owner: str, target: str, **more: object) -> None:
    columns = ("claim_id", "claim_id_2" if field == "Claim" else f"{field.split('_')[0]}_id")
    inbound.partner.fill(f"in_Claim_{field}", dict(zip(columns, (owner, target), strict=True)) | more)


def _file(file_id: str, content: bytes) -> Row:
    return {"file_id": file_id, "file_name": f"{file_id}.bin", "content": content}


def _begin(inbound: Inbound) -> int:
    """A run after which links of every kind wait, and fields for files."""
    inbound.partner.fill("in_fileStorage", _file("here", b"here"))
    for name in ("a", "b", "c"):
        inbound.partner.fill("in_Client", {"in_id": name, "name": name, "photo": f"photo of {name}"})
    inbound.partner.fill("in_Claim", {"in_id": "1", "title": "one"}, {"in_id": "2", "title": "two"})
    for field in _LINK_FIELDS:
        tables = ("Party_Client", "Party_Firm") if field == "Party" else (field,)
        for table in tables:
            _link(inbound, table, "1", "late")
            _link(inbound, table, "later", "late")
            _link(inbound, table, "later", "2" if field == "Claim" else "a")
    _link(inbound, "Team", "1", "never")
    return _merge(inbound)


def _targets_come(inbound: Inbound) -> None:
    for table in ("in_Client", "in_Firm", "in_Claim"):
        inbound.partner.fill(table, {"in_id": "late"})


def _owner_comes(inbound: Inbound) -> None:
    inbound.partner.fill("in_Claim", {"in_id": "later", "title": "later"})


def _both_come(inbound: Inbound) -> None:
    _owner_comes(inbound)
    _targets_come(inbound)


def _target_comes_by_another_id(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "late", "out_id": inbound.golden()["a"]["_id"], "name": "a"})


def _target_comes_removed(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "late", "name": "late"})
    inbound.partner.fill("in_Client", {"in_id": "a", "removed": True})


def _time_is_over(inbound: Inbound) -> None:
    for table in ("boi_reference", "file_reference"):
        inbound.site.look(f"update {STORE}.{table} set waiting_since = waiting_since - interval '8 days'")


def _an_end_is_empty(inbound: Inbound) -> None:
    inbound.site.look(f"update {STORE}.boi_reference set target_value = '' where target_value = 'never'")


def _rows_take_them_away(inbound: Inbound) -> None:
    for table in (*(field for field in _LINK_FIELDS if field != "Party"), "Party_Client", "Party_Firm"):
        _link(inbound, table, "1", "late", removed=True)


def _sets_leave_them_out(inbound: Inbound) -> None:
    _link(inbound, "Team", "1", "a")
    _link(inbound, "Team", "later", "b")
    _link(inbound, "Chief", "1", "a")


def _sets_name_others_that_wait(inbound: Inbound) -> None:
    _link(inbound, "Team", "1", "late")
    _link(inbound, "Team", "1", "other")


def _files_come(inbound: Inbound) -> None:
    inbound.partner.fill("in_fileStorage", *(_file(f"photo of {one}", one.encode()) for one in ("a", "b")))


def _fields_want_none(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "a", "photo": None})


def _fields_want_another(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "a", "photo": "another"})
    inbound.partner.fill("in_Client", {"in_id": "b", "name": "b", "photo": "here"})


def _a_file_id_means_another_file(inbound: Inbound) -> None:
    inbound.partner.fill("in_fileStorage", _file("here", b"another content"))


def _owners_of_waits_go(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "removed": True})
    inbound.partner.fill("in_Claim", {"in_id": "1", "removed": True})


_ENDINGS = [
    _target_comes_by_another_id,  # first: an undo leaves the id to the instance that it removes
    _targets_come,
    _owner_comes,
    _both_come,
    _target_comes_removed,
    _rows_take_them_away,
    _sets_leave_them_out,
    _sets_name_others_that_wait,
    _files_come,
    _fields_want_none,
    _fields_want_another,
    _a_file_id_means_another_file,
    _owners_of_waits_go,
]


def _check_undo_and_undo_of_undo(inbound: Inbound, before: tuple[Any, ...], run: int) -> None:
    after = _state(inbound)
    assert after != before
    first = _undo(inbound, run)
    assert _state(inbound) == before
    second = _undo(inbound, first)
    assert _state(inbound) == after
    _undo(inbound, second)
    assert _state(inbound) == before


@pytest.mark.parametrize("endings", [_ENDINGS[:5], _ENDINGS[5:9], _ENDINGS[9:]])
def test_what_a_run_ended_waits_again(inbound: Inbound, endings: list[Ending]) -> None:
    """One after the other: each leaves the store as it was."""
    _begin(inbound)
    before = _state(inbound)
    for ending in endings:
        ending(inbound)
        _check_undo_and_undo_of_undo(inbound, before, _merge(inbound))


@pytest.mark.parametrize("change", [_an_end_is_empty, _time_is_over])
def test_what_a_run_rejected_or_gave_up_waits_again(inbound: Inbound, change: Ending) -> None:
    _begin(inbound)
    change(inbound)
    _check_undo_and_undo_of_undo(inbound, _state(inbound), _merge(inbound))


@BOTH_LAYOUTS
def test_all_of_it_at_once_and_what_the_run_began_waits_no_more(inbound: Inbound) -> None:
    _begin(inbound)
    before = _state(inbound)
    _both_come(inbound)
    _files_come(inbound)
    _sets_leave_them_out(inbound)
    _link(inbound, "Watcher", "2", "not yet")
    inbound.partner.fill("in_Client", {"in_id": "d", "name": "d", "photo": "not yet"})
    run = _merge(inbound)
    assert ("Watcher", "2", "not yet") in inbound.waiting()
    _check_undo_and_undo_of_undo(inbound, before, run)


@BOTH_LAYOUTS
def test_later_arrivals_make_the_links_that_wait_again(inbound: Inbound) -> None:
    _begin(inbound)
    _both_come(inbound)
    _files_come(inbound)
    run = _merge(inbound)
    made = _live(inbound)
    _undo(inbound, run)
    waiting = _waiting(inbound)
    inbound.merge()  # what waits does not come by itself
    assert _waiting(inbound) == waiting
    _both_come(inbound)
    _files_come(inbound)
    _merge(inbound)
    assert _live(inbound) == made
    assert inbound.waiting() == [("Party", "later", "a"), ("Team", "1", "never")]


def test_one_end_alone_does_not_make_a_link_to_an_instance_that_undo_removed(inbound: Inbound) -> None:
    _begin(inbound)
    _both_come(inbound)
    _undo(inbound, _merge(inbound))
    _owner_comes(inbound)
    _merge(inbound)
    assert ("Watcher", "later", "late") in inbound.waiting()
    assert inbound.links("Watcher") == [("later", "a")]
    _targets_come(inbound)
    _merge(inbound)
    assert inbound.links("Watcher") == [("1", "late"), ("later", "a"), ("later", "late")]


def test_ends_that_a_later_run_keeps_there_are_linked_by_the_next(inbound: Inbound) -> None:
    _begin(inbound)
    _targets_come(inbound)
    run = _merge(inbound)
    inbound.partner.fill("in_Client", {"in_id": "late", "name": "touched later"})
    _merge(inbound)
    _undo(inbound, run)
    assert ("Watcher", "1", "late") in inbound.waiting()
    _merge(inbound)
    assert ("Watcher", "1", "late") not in inbound.waiting()
    assert inbound.links("Watcher") == [("1", "late")]


def test_a_link_that_came_after_it_had_expired_is_made_by_the_next_run(inbound: Inbound) -> None:
    _begin(inbound)
    before = _waiting(inbound)
    _time_is_over(inbound)
    run = _merge(inbound)
    _targets_come(inbound)
    _merge(inbound)
    assert inbound.links("Watcher") == []
    _undo(inbound, run)
    assert len(_waiting(inbound)["links"]) == len(before["links"])
    _merge(inbound)
    assert inbound.links("Watcher") == [("1", "late")]
    assert ("Watcher", "1", "late") not in inbound.waiting()


def test_a_link_given_again_waits_once_and_goes_with_its_own_run(inbound: Inbound) -> None:
    _begin(inbound)
    before = _waiting(inbound)
    _rows_take_them_away(inbound)
    run = _merge(inbound)
    _link(inbound, "Watcher", "1", "late")
    again = _merge(inbound)
    waiting = inbound.waiting()
    _undo(inbound, run)
    assert inbound.waiting().count(("Watcher", "1", "late")) == 1
    assert set(waiting) <= set(inbound.waiting())
    _undo(inbound, again)
    assert _waiting(inbound) == before


def test_a_link_that_another_run_made_does_not_wait(inbound: Inbound) -> None:
    _begin(inbound)
    before = _waiting(inbound)
    _rows_take_them_away(inbound)
    run = _merge(inbound)
    _targets_come(inbound)
    _link(inbound, "Watcher", "1", "late")
    made = _merge(inbound)
    assert inbound.links("Watcher") == [("1", "late")]
    _undo(inbound, run)
    assert ("Watcher", "1", "late") not in inbound.waiting()
    assert ("Client", "1", "late") in inbound.waiting()
    _undo(inbound, made)
    assert _waiting(inbound) == before


def test_a_link_that_was_taken_away_later_does_not_wait(inbound: Inbound) -> None:
    _begin(inbound)
    _targets_come(inbound)
    run = _merge(inbound)
    _link(inbound, "Watcher", "1", "late", removed=True)
    removal = _merge(inbound)
    _undo(inbound, run)
    assert ("Watcher", "1", "late") not in inbound.waiting()
    _undo(inbound, removal)
    assert ("Watcher", "1", "late") in inbound.waiting()


def test_a_field_that_was_changed_later_does_not_wait(inbound: Inbound) -> None:
    _begin(inbound)
    _files_come(inbound)
    run = _merge(inbound)
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "a", "photo": "here"})
    _merge(inbound)
    photo = inbound.golden()["a"]["photo"]
    _undo(inbound, run)
    files = {row["file_id"] for row in _waiting(inbound)["files"]}
    assert files == {"photo of b", "photo of c"}
    assert inbound.golden()["a"]["photo"] == photo


@BOTH_LAYOUTS
def test_links_given_and_taken_away_while_they_wait_for_what_undo_removed(inbound: Inbound) -> None:
    _begin(inbound)
    _targets_come(inbound)
    _undo(inbound, _merge(inbound))
    _link(inbound, "Watcher", "1", "late")
    _link(inbound, "Client", "1", "late", removed=True)
    inbound.partner.hand_over()
    receipts = {one.in_table: one for one in inbound.site.run().receipts}
    assert receipts["in_Claim_Watcher"].created == 1
    assert receipts["in_Claim_Client"].removed == 1
    assert not {("Watcher", "1", "late"), ("Client", "1", "late")} & set(inbound.waiting())
    assert ("Team", "1", "late") in inbound.waiting()


@pytest.mark.nightly
@BOTH_LAYOUTS
def test_run_and_undone_run_in_any_order(inbound: Inbound) -> None:
    """The run that began to wait is reverted before, or after, the run that made the links."""
    empty = _state(inbound)
    begun = _begin(inbound)
    _both_come(inbound)
    made = _merge(inbound)
    after = _state(inbound)
    first = _undo(inbound, begun)
    _undo(inbound, made)
    assert _waiting(inbound) == empty[0]
    _undo(inbound, first)
    assert ("Watcher", "1", "late") in inbound.waiting()
    assert after[0] != _waiting(inbound)


def test_a_second_undo_of_a_run_and_its_undo_change_nothing(inbound: Inbound) -> None:
    _begin(inbound)
    before = _state(inbound)
    _both_come(inbound)
    run = _merge(inbound)
    _undo(inbound, run)
    again = _undo(inbound, run)
    assert _state(inbound) == before
    _undo(inbound, again)
    assert _state(inbound) == before


def test_counters_say_what_waits_again(inbound: Inbound) -> None:
    _begin(inbound)
    _targets_come(inbound)
    _link(inbound, "Watcher", "2", "not yet")
    ended = inbound.site.etl("undo", str(_merge(inbound)))
    assert "1 references" in ended.out
    assert "7 waiting" in ended.out


def test_what_was_ended_is_cleaned_with_the_journal(inbound: Inbound) -> None:
    _begin(inbound)
    _both_come(inbound)
    _files_come(inbound)
    inbound.partner.fill("in_Client", {"in_id": "also a", "out_id": inbound.golden()["a"]["_id"], "name": "a"})
    _undo(inbound, _merge(inbound))
    columns = {"undone_run": "as_run"} | dict.fromkeys(
        ("ended_reference", "ended_file_reference", "ended_alias", "ended_file_alias"), "ended_by"
    )
    for table in columns:
        assert inbound.site.count(f"{STORE}.{table}") > 0, table
    assert inbound.site.etl("clean").code == 0
    assert all(inbound.site.count(f"{STORE}.{table}") for table in columns)
    for table, column in columns.items():
        inbound.site.look(f"update {STORE}.{table} set {column} = 1")
    assert inbound.site.etl("clean").code == 0
    assert [table for table in columns if inbound.site.count(f"{STORE}.{table}")] == []


_FIELDS = [*(field for field in _LINK_FIELDS if field != "Party"), "Party_Client", "Party_Firm"]
_CLIENTS = [f"c{n}" for n in range(5)]
_CLAIMS = [f"k{n}" for n in range(4)]


def _random_batch(inbound: Inbound, choose: random.Random) -> None:
    """A few rows of everything."""
    partner = inbound.partner
    for name in choose.sample(_CLIENTS, choose.randint(0, 2)):
        row: Row = {"in_id": name, "name": choose.choice("xyz"), "photo": choose.choice([None, "f1", "f2"])}
        partner.fill("in_Client", {"in_id": name, "removed": True} if choose.random() < 0.2 else row)
    for name in choose.sample(_CLIENTS, choose.randint(0, 1)):
        partner.fill("in_Firm", {"in_id": name, "name": choose.choice("xyz")})
    for name in choose.sample(_CLAIMS, choose.randint(0, 2)):
        partner.fill("in_Claim", {"in_id": name, "title": choose.choice("xyz")})
    if choose.random() < 0.3:
        partner.fill("in_fileStorage", _file(choose.choice(["f1", "f2"]), choose.choice([b"1", b"2"])))
    for field in _FIELDS:
        targets = _CLAIMS if field == "Claim" else _CLIENTS
        pairs = {(choose.choice(_CLAIMS), choose.choice(targets)) for _ in range(choose.randint(0, 3))}
        for owner, target in sorted(pairs):
            _link(inbound, field, owner, target, removed=choose.random() < 0.2)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_taking_back_all_runs_the_newest_first_goes_through_all_states(inbound: Inbound, seed: int) -> None:
    """And each undo can itself be reverted, and repeated."""
    choose = random.Random(seed)
    states, runs = [_state(inbound)], []
    for _ in range(6):
        _random_batch(inbound, choose)
        runs.append(_merge(inbound))
        states.append(_state(inbound))
    while runs:
        run, after = runs.pop(), states.pop()
        for _ in range(choose.randint(0, 2)):
            _undo(inbound, _undo(inbound, run))
            assert _state(inbound) == after
        _undo(inbound, run)
        assert _state(inbound) == states[-1], len(runs)
