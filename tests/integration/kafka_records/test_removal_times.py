"""Removals, returns and states by source time: what is older than the state of an instance does not change it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from etl.engine import Runtime, explain, join, undo
from etl.errors import TransientFault
from tests.fix_company import STORE, MakeSite, Row, Site
from tests.integration.merge.staged import Merged, Staged
from tests.properties.injected_faults import inject_fault, replace

_BOTH = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
sourceTime: Changed
fields:
  - {{code: Name, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_BOTH}}}
  - {{code: Note, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Changed, type: FULL_DATE, {_BOTH}}}
"""
}


def _at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def _row(day: int | None, name: str = "", *, removed: bool = False, in_id: str = "a") -> Row:
    return {"in_id": in_id, "name": name, "removed": removed, "changed": _at(day) if day else None}


def _removal(day: int | None, in_id: str = "a") -> Row:
    return _row(day, "not read", removed=True, in_id=in_id)


def _load(site: Site, *rows: Row) -> int:
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()
    run = site.run().run
    assert run
    return run


def _client(site: Site, in_id: str = "a") -> tuple[str, str]:
    [row] = site.look(f"select _state, name from {STORE}.bo_client where _in_id = %s", [in_id])
    return row["_state"], row["name"]


def _state_time(site: Site) -> datetime | None:
    found: datetime | None = site.value(f"select source_time from {STORE}.field_owner where field = '_state'")
    return found


def _receipt(site: Site, run: int) -> dict[str, int]:
    columns = ("created", "changed", "unchanged", "removed", "held", "rejected")
    [row] = site.look(f"select {', '.join(columns)} from in_tables.migration_receipt where run = {run}")
    return {name: number for name, number in row.items() if number}


def _errors(site: Site, run: int) -> list[tuple[Any, ...]]:
    rows = site.look(f"select column_name, code, value, severity from in_tables.err where run = {run} order by 1")
    return [tuple(row.values()) for row in rows]


@pytest.mark.nightly
def test_rows_give_the_newest_state_in_any_order(make_site: MakeSite) -> None:
    """All loads of a client, of which the newest removes or gives values: each order ends the same."""
    site = make_site(DOCUMENTS)
    for is_removed_last in (True, False):
        end = [_removal(4)] if is_removed_last else [_removal(3), _row(4, "four")]
        orders = {f"{n}": order for n, order in enumerate(permutations([_row(2, "two"), *end]))}
        _load(site, *(_row(1, "one", in_id=in_id) for in_id in orders))
        for rows in zip(*orders.values(), strict=True):
            _load(site, *(row | {"in_id": in_id} for in_id, row in zip(orders, rows, strict=True)))
        for in_id, order in orders.items():
            state, name = _client(site, in_id)
            assert state == ("REMOVED" if is_removed_last else "ACTUAL"), order
            assert is_removed_last or name == "four", order
        site.look(f"delete from {STORE}.bo_client; delete from {STORE}.field_owner")
    # Of one batch too, by several ids of one instance.
    orders = {f"b{n}": order for n, order in enumerate(permutations([_row(2, "two"), _removal(3), _row(1, "one")]))}
    _load(site, *(_row(1, "one", in_id=in_id) for in_id in orders))
    ids = {row["_in_id"]: row["_id"] for row in site.look(f"select _in_id, _id from {STORE}.bo_client")}
    further = {key: [{"in_id": f"{key} {n}", "out_id": ids[key]} for n in range(3)] for key in orders}
    _load(site, *(row | of for key, order in orders.items() for row, of in zip(order, further[key], strict=True)))
    assert {_client(site, in_id)[0] for in_id in orders} == {"REMOVED"}
    assert site.value(f"select min(source_time) from {STORE}.field_owner where field = '_state'") == _at(3)
    assert site.value(f"select max(source_time) from {STORE}.field_owner where field <> '_state'") == _at(1)


def test_an_older_removal_is_held_and_reported(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(2, "two"))
    run = _load(site, _removal(1))
    assert (_client(site), _receipt(site, run)) == (("ACTUAL", "two"), {"unchanged": 1, "held": 1})
    assert _errors(site, run) == [("removed", "VALUE_OUTDATED", "true", "info")]
    assert _receipt(site, _load(site, _removal(2))) == {"removed": 1}  # at the same time the later one counts
    run = _load(site, _row(1, "one"))
    assert (_client(site), _receipt(site, run)) == (("REMOVED", "two"), {"unchanged": 1, "held": 1})
    assert _errors(site, run) == [("removed", "VALUE_OUTDATED", "false", "info")]
    assert site.value("select out_id from in_tables.in_client") is not None
    _load(site, _removal(4))  # again, and later
    _load(site, _row(3, "three"))
    assert (_client(site), _state_time(site)) == (("REMOVED", "two"), _at(4))
    _load(site, _row(4, "four"))
    assert _client(site) == ("ACTUAL", "four")


def test_a_removal_without_a_time_is_of_the_newest_that_is_known(make_site: MakeSite) -> None:
    """It removes; what is older stays away, and the same row again brings back."""
    site = make_site(DOCUMENTS)
    _load(site, _row(2, "two"))
    assert _receipt(site, _load(site, _removal(None))) == {"removed": 1}
    assert _state_time(site) == _at(2)
    for older in (_row(1, "one"), _row(None, "none")):
        _load(site, older)
        assert _client(site) == ("REMOVED", "two")
    _load(site, _row(2, "two"))
    assert _client(site) == ("ACTUAL", "two")


def test_without_any_time_the_last_one_counts(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    for row, state in ((_row(None, "x"), "ACTUAL"), (_removal(None), "REMOVED"), (_row(None, "y"), "ACTUAL")):
        _load(site, row)
        assert _client(site)[0] == state
    assert _client(site) == ("ACTUAL", "y")


def test_a_removal_of_the_future_is_rejected(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(2, "two"))
    run = _load(site, _removal(2) | {"changed": datetime.now(UTC) + timedelta(hours=1)})
    assert (_client(site), _receipt(site, run)) == (("ACTUAL", "two"), {"rejected": 1})
    assert [one[:2] for one in _errors(site, run)] == [("Changed", "SOURCE_TIME_AHEAD")]


def test_what_counts_for_nothing_takes_no_value_of_another(make_site: MakeSite) -> None:
    """A late removal gives up no unique value, and a late row wants none."""
    site = make_site(DOCUMENTS)
    _load(site, _row(3, "a") | {"email": "x@y.kz"}, _row(3, "b", in_id="b") | {"email": "b@y.kz"})
    run = _load(site, _removal(1), _row(4, "b", in_id="b") | {"email": "x@y.kz"})
    assert ("Email", "UNIQUE_TAKEN") in [one[:2] for one in _errors(site, run)]
    _load(site, _removal(4))
    _load(site, _row(1, "a") | {"email": "b@y.kz"}, _row(4, "b", in_id="b") | {"email": "x@y.kz"})
    found = site.look(f"select _in_id, _state, email from {STORE}.bo_client order by 1")
    assert [tuple(row.values()) for row in found] == [("a", "REMOVED", "x@y.kz"), ("b", "ACTUAL", "x@y.kz")]


def test_an_undo_gives_the_time_of_a_removal_back(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(1, "one"))
    removal = _load(site, _removal(3))
    later = _load(site, _removal(5))
    with site.runtime() as runtime:
        undo(runtime, later)
        assert _state_time(site) == _at(3)
        _load(site, _row(2, "two"))
        assert _client(site) == ("REMOVED", "one")
        undone = undo(runtime, removal).as_run
        assert (_client(site), _state_time(site)) == (("ACTUAL", "one"), _at(1))
        _load(site, _row(2, "two"))
        assert (_client(site), _state_time(site)) == (("ACTUAL", "two"), _at(2))
        assert undone
        undo(runtime, undone)  # the row is newer than what it would bring back
        assert _client(site)[0] == "REMOVED"


def test_a_join_takes_the_newer_time_of_both_states(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(1, "one"), _row(3, "three", in_id="b"))
    times = f"select instance, source_time from {STORE}.field_owner where field = '_state' order by 1"
    before = site.look(times)
    with site.runtime() as runtime:
        joined = join(runtime, "Client", "a", "b")
        _load(site, _removal(2))
        assert _client(site)[0] == "ACTUAL"
        assert joined.number
        undo(runtime, joined.number)
    assert site.look(times) == before


def test_explain_shows_the_time_of_a_removal(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    _load(site, _row(1, "one"))
    run = _load(site, _removal(3))
    with site.runtime() as runtime:
        owners = explain(runtime, "Client", "a").owners
    [found] = [one for one in owners if one["field"] == "_state"]
    assert (found["source"], found["time"], found["unit"]) == ("in_tables", _at(3), run)
    assert (
        f"source    the state was written last by in_tables (unit {run}, of 2026-01-03 00:00:00)"
        in site.etl("explain", "Client", "a").out
    )


def test_a_full_set_removes_as_of_the_newest_that_is_known(make_site: MakeSite) -> None:
    """Whatever the time of what it lacks; older rows do not bring that back."""
    site = make_site(DOCUMENTS)
    _load(site, _row(2, "two"), _row(2, "two", in_id="b"))
    site.partner("insert into process_expected (in_table, full_set) values ('in_Client', true)")
    _load(site, _row(2, "two", in_id="b"))
    assert (_client(site)[0], _state_time_of(site, "a")) == ("REMOVED", _at(2))
    site.partner("delete from process_expected")
    _load(site, _row(1, "one"))
    assert _client(site)[0] == "REMOVED"
    _load(site, _row(2, "two"))
    assert _client(site) == ("ACTUAL", "two")


def _state_time_of(site: Site, in_id: str) -> Any:
    return site.value(
        f"select f.source_time from {STORE}.field_owner f join {STORE}.bo_client g on g._id = f.instance "
        "where f.field = '_state' and g._in_id = %s",
        [in_id],
    )


class Records:
    """Batches of records of clients, from one topic."""

    def __init__(self, site: Site, runtime: Runtime) -> None:
        self.staged, self.runtime = Staged(site), runtime

    def send(self, *records: Row, in_id: str = "a") -> Merged:
        rows = [{"in_id": in_id, "origin": f"t/0/{n}"} | row for n, row in enumerate(records)]
        with self.staged.store(self.runtime) as connection:
            return self.staged.merge_in(self.runtime, connection, rows, "Client")

    def client(self, in_id: str = "a") -> tuple[str, Any, Any]:
        [found] = [one for one in self.staged.stored(bo="Client").values() if one["_in_id"] == in_id]
        return found["_state"], found["name"], found["note"]


@pytest.fixture
def sent(make_site: MakeSite) -> Iterator[Records]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        yield Records(site, runtime)


def _record(day: int | None, state: str | None = None, **given: str) -> Row:
    return given | ({"state": state} if state else {}) | ({"Changed": _at(day)} if day else {})


# Records behind that of the first day, and what comes of them in every order, also in batches of two, and in one.
_IN_ANY_ORDER = {
    "removed": (
        [_record(2, "ACTUAL", Name="two"), _record(3, "REMOVED"), _record(2, Name="II")],
        "REMOVED",
        None,
    ),
    "returned": ([_record(2, "REMOVED"), _record(3, "ACTUAL", Name="three"), _record(2, "TEST")], "ACTUAL", "three"),
    "archived": (
        [_record(4, "ARCHIVED"), _record(3, "TEST", Name="three"), _record(2, "REMOVED")],
        "ARCHIVED",
        "three",
    ),
}


def _send_in_any_order(sent: Records, case: str) -> None:
    records, state, name = _IN_ANY_ORDER[case]
    for number, order in enumerate(permutations(records)):
        for cut in (0, 1, 2):
            in_id = f"{case} {number} {cut}"
            sent.send(_record(1, Name="one", Note="first"), *order[:cut], in_id=in_id)
            sent.send(*order[cut:], in_id=in_id)
            found = sent.client(in_id)
            assert (found[0], found[2]) == (state, "first"), (order, cut)
            assert name is None or found[1] == name, (order, cut)


def _send_with_cuts(sent: Records) -> None:
    records = [
        _record(1, Name="one"),
        _record(5, Note="five"),
        _record(None, "REMOVED"),
        _record(4, "ACTUAL", Name="4"),
    ]
    for cut in range(len(records)):
        in_id = str(cut)
        if cut:
            sent.send(*records[:cut], in_id=in_id)
        held = sent.send(*records[cut:], in_id=in_id).counters.get("held", 0)
        assert (sent.client(in_id), held) == (("REMOVED", "one", "five"), 1), cut
        sent.send(_record(5, "ACTUAL"), in_id=in_id)
        assert sent.client(in_id) == ("ACTUAL", "one", "five")


def _send_late_ones_beside_newer_ones(sent: Records) -> None:
    sent.send(_record(1, Name="one"), _record(3, "REMOVED"))
    found = sent.send(_record(2, "ACTUAL", Name="two"), _record(5, "ACTUAL", Name="five"), _record(4, "REMOVED"))
    assert (sent.client()[:2], found.counters.get("held")) == (("ACTUAL", "five"), 2)
    assert len({found.instance(n) for n in (1, 2, 3)}) == 1


@pytest.mark.parametrize("case", _IN_ANY_ORDER)
def test_records_give_the_newest_state_in_any_order(sent: Records, case: str) -> None:
    _send_in_any_order(sent, case)


def test_records_older_than_a_removal_count_for_nothing(sent: Records) -> None:
    """Without a state too; a newer one without a state writes its values and leaves the instance removed."""
    sent.send(_record(1, Name="one"))
    sent.send(_record(3, "REMOVED"))
    held = sent.send(_record(2, Name="two", Note="late"))
    assert (held.counters["held"], held.actions, sent.client()) == (1, ["unchanged"], ("REMOVED", "one", None))
    assert [(one.column_name, one.code, one.severity) for one in held.errors] == [("state", "VALUE_OUTDATED", "info")]
    sent.send(_record(4, Note="later"))
    assert sent.client() == ("REMOVED", "one", "later")
    # What is newer than the removal, and older than the values.
    sent.send(_record(3, "ACTUAL", Name="three", Note="older"))
    assert sent.client() == ("ACTUAL", "three", "later")
    # Newer values keep from being removed what an older record would remove.
    held = sent.send(_record(3, "REMOVED"))
    assert (held.counters["held"], sent.client()[0]) == (1, "ACTUAL")
    assert [(one.column_name, one.code) for one in held.errors] == [("state", "VALUE_OUTDATED")]


def test_cuts_of_batches_do_not_show(sent: Records) -> None:
    """A removal without a time is of the newest before it; what an earlier record gave is kept, and comes back."""
    _send_with_cuts(sent)
    _send_late_ones_beside_newer_ones(sent)


_FAULTS = {
    "an older removal counts": r"coalesce\(_removed and _time < _before, false\)",
    "what is older than a removal counts": r"_state_before\[3\] = 1",
    "a removal without a time is of no time": r"_removed and _time is null",
    "the last state counts": r"_at desc nulls last",
}


def _send_all(sent: Records) -> None:
    _send_with_cuts(sent)
    _send_late_ones_beside_newer_ones(sent)
    for case in _IN_ANY_ORDER:
        _send_in_any_order(sent, case)


@pytest.mark.negative_control
@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_within_a_batch_is_found(sent: Records, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inject_fault(monkeypatch, "fold_groups", replace(_FAULTS[fault], "true" if "desc" in _FAULTS[fault] else "false"))
    with pytest.raises((AssertionError, TransientFault)):
        _send_all(sent)
