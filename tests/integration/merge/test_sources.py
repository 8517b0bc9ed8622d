"""Staged tables of sources other than in_ tables: given fields, matching policies, order, states."""

from typing import Any

import pytest

from etl.merge import Matching, Source
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site
from tests.integration.merge.staged import DIRECTORY, RECORDS, Staged

_IN = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Thing": f"""
code: Thing
fields:
  - {{code: Name, type: INPUT_TEXT, isUnique: true, {_IN}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Note, type: INPUT_TEXT, {_IN}}}
  - {{code: Kind, type: RADIO_BUTTON_GROUP, options: [{{code: new}}, {{code: old}}], {_IN}}}
  - {{code: Mood, type: RADIO_BUTTON_GROUP, options: [{{code: good}}], onBadValue: skip_value, {_IN}}}
  - {{code: Photo, type: FILE_UPLOAD, {_IN}}}
  - {{code: Seen, type: FULL_DATE, {_IN}}}
  - {{code: Place, type: GEO_POINT, {_IN}}}
""",
    "Person": f"""
code: Person
fields:
  - {{code: surname, type: INPUT_TEXT, {_IN}}}
  - {{code: name, type: INPUT_TEXT, {_IN}}}
  - {{code: Nickname, type: INPUT_TEXT, {_IN}}}
""",
    "Keyed": f"""
code: Keyed
fields:
  - {{code: Number, type: INPUT_TEXT, useAsKeyInMigration: true, {_IN}}}
  - {{code: Title, type: INPUT_TEXT, {_IN}}}
""",
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS)


@pytest.fixture
def records(site: Site) -> Staged:
    return Staged(site)


@pytest.fixture
def directory(site: Site) -> Staged:
    return Staged(site, DIRECTORY)


def _values(row: Row) -> tuple[Any, ...]:
    return row["name"], row["email"], row["amount"], row["note"]


# Given fields


@BOTH_LAYOUTS
def test_fields_that_are_not_given_keep_their_values(records: Staged) -> None:
    first = records.merge({"in_id": "a", "Name": "x", "Amount": 1, "Note": "n", "Place": '{"lat": 1, "lon": 2}'})
    assert first.actions == ["created"]
    assert records.merge({"in_id": "a", "Amount": 2}).actions == ["changed"]
    row = records.one()
    assert _values(row) == ("x", None, 2, "n")
    assert row["place"] == '{"lat": 1, "lon": 2}'


def test_a_given_null_clears_even_where_nulls_keep(site: Site) -> None:
    records = Staged(site, keep_on_null=True)
    records.merge({"in_id": "a", "Name": "x", "Amount": 1, "Note": "n"})
    batch = records.merge({"in_id": "a", "Note": None, "Name": ""})
    assert records.journal(batch.run) == [("changed", {"name": "x", "note": "n"})]
    assert _values(records.one()) == (None, None, 1, None)


def test_a_row_that_gives_nothing_changes_nothing(records: Staged) -> None:
    records.merge({"in_id": "a", "Amount": 1})
    batch = records.merge({"in_id": "a"})
    assert (batch.actions, records.journal(batch.run)) == (["unchanged"], [])
    assert records.merge({"in_id": "b"}).actions == ["created"]


def test_only_given_values_are_checked_and_matched(records: Staged) -> None:
    """A bad value that is not given stands in the staged table, where no statement looks at it."""
    records.merge({"in_id": "a", "Name": "x"})
    batch = records.merge(
        {"in_id": "a", "Kind": "none such"},
        {"in_id": "a", "Mood": "none such", "Amount": 3},
        {"in_id": "a", "Place": "no JSON"},
    )
    assert batch.faults == [(1, "Kind", "OPTION_UNKNOWN"), (3, "Place", "JSON_INVALID")]
    assert [error.code for error in batch.errors if error.severity == "warning"] == ["OPTION_UNKNOWN"]
    assert _values(records.one())[2] == 3


def test_a_field_waits_for_its_file_until_another_row_gives_it(records: Staged) -> None:
    look = records.site.look
    records.merge({"in_id": "a", "Photo": "f1"}, {"in_id": "a", "Amount": 1})
    waiting = f"select file_id from {STORE}.file_reference"
    assert [row["file_id"] for row in look(waiting)] == ["f1"]
    records.merge({"in_id": "a", "Amount": 2})
    assert [row["file_id"] for row in look(waiting)] == ["f1"]
    records.merge({"in_id": "a", "Photo": "f2"}, {"in_id": "a", "Note": "n"})
    assert [row["file_id"] for row in look(waiting)] == ["f2"]
    records.merge({"in_id": "a", "Photo": None})
    assert look(waiting) == []


@BOTH_LAYOUTS
def test_a_new_instance_of_a_system_object_needs_a_field_of_its_own(records: Staged) -> None:
    batch = records.merge(
        {"in_id": "a", "Nickname": "q"},
        {"in_id": "b", "surname": "B"},
        {"in_id": "b", "Nickname": "r"},
        {"in_id": "c", "Nickname": "s"},
        {"in_id": "c", "name": "C"},
        {"in_id": "d", "surname": None, "Nickname": "t"},
        bo="Person",
    )
    assert batch.actions == ["rejected", "unchanged", "created", "rejected", "created", "rejected"]
    assert batch.faults == [(number, None, "SYSTEM_FIELD_MISSING") for number in (1, 4, 6)]
    again = records.merge(
        {"in_id": "b", "Nickname": "u"}, {"in_id": "c", "name": None}, {"in_id": "c", "Nickname": "v"}, bo="Person"
    )
    assert again.actions == ["changed", "rejected", "changed"]
    found = {
        row["_in_id"]: (row["surname"], row["name"], row["nickname"]) for row in records.stored(bo="Person").values()
    }
    assert found == {"b": ("B", None, "u"), "c": (None, "C", "v")}


# Matching


def test_ids_that_are_unknown_or_of_two_instances_reject_the_row(records: Staged) -> None:
    one, two = (records.merge({"in_id": name, "Name": name}).instance(1) for name in "ab")
    batch = records.merge(
        {"out_id": "0123456789abcdef", "Amount": 1},
        {"out_id": one, "in_id": "b", "Amount": 1},
        {"out_id": two, "in_id": "b", "Amount": 2},
        {"Amount": 4},
        {"Name": None, "Email": "", "Amount": 5},
        {"removed": True},
    )
    assert batch.faults == [
        (1, None, "OUT_ID_UNKNOWN"),
        (2, None, "IN_ID_TAKEN"),
        (4, None, "NO_ID"),
        (5, None, "NO_ID"),
        (6, None, "NO_ID"),
    ]
    assert {row["_in_id"]: row["amount"] for row in records.stored().values()} == {"a": None, "b": 2}


def test_an_unknown_in_id_beside_a_known_out_id_becomes_an_alias(records: Staged) -> None:
    one = records.merge({"in_id": "a", "Name": "x"}).instance(1)
    batch = records.merge(
        {"out_id": one, "in_id": "z", "Amount": 1}, {"in_id": "z", "Amount": 2}, {"in_id": "z", "Note": "n"}
    )
    assert {batch.instance(number) for number in (1, 2, 3)} == {one}
    assert _values(records.one()) == ("x", None, 2, "n")
    assert records.site.count(f"{STORE}.alias") == 1


def test_rows_behind_a_new_alias_keep_their_order(records: Staged) -> None:
    """The second row is of the instance only because of the first, and the third comes after it."""
    one = records.merge({"in_id": "a", "Name": "x"}).instance(1)
    batch = records.merge({"in_id": "z", "out_id": one}, {"in_id": "z", "Note": "2"}, {"in_id": "a", "Note": "3"})
    assert (batch.faults, records.one()["note"]) == ([], "3")


def test_the_first_row_with_a_new_in_id_decides_whose_it_is(records: Staged) -> None:
    one = records.merge({"in_id": "a", "Name": "x"}).instance(1)
    batch = records.merge(
        {"in_id": "z", "Amount": 1}, {"out_id": one, "in_id": "z", "Amount": 2}, {"in_id": "z", "Note": "n"}
    )
    assert batch.faults == [(2, None, "IN_ID_TAKEN")]
    assert batch.instance(3) == batch.instance(1) != one
    assert records.stored()[one or ""]["amount"] is None


def test_rows_without_ids_are_matched_by_all_their_unique_values(records: Staged) -> None:
    one, two = (records.merge({"in_id": n, "Name": n, "Email": f"{n}@x"}).instance(1) for n in "ab")
    batch = records.merge(
        {"Name": "a", "Amount": 1},
        {"Email": "B@X", "Amount": 2},
        {"Name": "a", "Email": "b@x", "Amount": 3},
        {"Name": "a", "Email": "a@x", "Amount": 4},
        {"Name": "a", "Email": "new@x", "Note": "n"},
    )
    assert batch.faults == [(3, "Email", "UNIQUE_TAKEN")]
    assert [batch.instance(number) for number in (1, 2, 3, 4, 5)] == [one, two, None, one, one]
    assert _values(records.stored()[one or ""]) == ("a", "new@x", 4, "n")
    assert _values(records.stored()[two or ""]) == ("b", "B@X", 2, None)


def test_rows_without_ids_and_with_one_value_are_one_new_instance(records: Staged) -> None:
    batch = records.merge(
        {"Name": "x", "Amount": 1},
        {"Name": "x", "Note": "n"},
        {"Name": "x", "Email": "e@x"},
        {"Email": "E@x", "Amount": 9},
    )
    assert batch.actions == ["unchanged", "created", "changed", "changed"]
    assert len({batch.instance(number) for number in (1, 2, 3, 4)}) == 1
    row = records.one()
    assert (row["_in_id"], *_values(row)) == (None, "x", "E@x", 9, "n")


def test_a_row_with_an_id_is_never_matched_by_its_values(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "x"})
    batch = records.merge({"in_id": "b", "Name": "x", "Amount": 1}, {"in_id": "b", "Note": "n"})
    assert batch.faults == [(1, "Name", "UNIQUE_TAKEN")]
    found = {row["_in_id"]: _values(row) for row in records.stored().values()}
    assert found == {"a": ("x", None, None, None), "b": (None, None, None, "n")}


def test_an_in_row_finds_an_instance_without_in_id_by_its_value(records: Staged) -> None:
    [one] = [records.merge({"Name": "x", "Amount": 1}).instance(1)]
    partner = records.site.partner
    partner.fill("in_Thing", {"in_id": "p", "Name": "x", "Note": "of the partner"})
    partner.hand_over()
    records.site.run()
    row = records.one()
    assert (row["id"], row["note"], row["amount"]) == (one, "of the partner", None)
    assert records.merge({"in_id": "p", "Amount": 7}).instance(1) == one


def test_the_directory_goes_by_ids_only(directory: Staged) -> None:
    directory.merge({"in_id": "a", "Name": "x"})
    batch = directory.merge(
        {"Name": "x", "Note": "n"}, {"in_id": "b", "Name": "x"}, {"in_id": "a", "Name": "x", "Note": "m"}
    )
    assert batch.faults == [(1, None, "NO_ID"), (2, "Name", "UNIQUE_TAKEN")]
    assert _values(directory.one()) == ("x", None, None, "m")


def test_a_key_is_an_id_but_for_the_directory(records: Staged, directory: Staged) -> None:
    """The instance's key was given another way than by its in_id."""
    one = records.merge({"in_id": "k", "Title": "t"}, bo="Keyed").instance(1)
    records.site.look(f"update {STORE}.bo_Keyed set _in_id = 'old'")
    assert records.merge({"in_id": "k", "Title": "u"}, bo="Keyed").instance(1) == one
    records.site.look(f"delete from {STORE}.alias")
    assert directory.merge({"in_id": "k", "Title": "v"}, bo="Keyed").faults == [(1, "Number", "UNIQUE_TAKEN")]


@pytest.mark.parametrize("source", [RECORDS, DIRECTORY, Source("other", Matching.MERGE)], ids=lambda one: one.name)
def test_values_are_exchanged_in_rings_and_chains(site: Site, source: Source) -> None:
    staged = Staged(site, source)
    names = [f"n{number}" for number in range(7)]
    staged.merge(*({"in_id": name, "Name": name, "Email": f"{name}@x"} for name in names))
    moved = [*names[1:], names[0]]
    batch = staged.merge(*({"in_id": a, "Name": b, "Email": f"{b}@x"} for a, b in zip(names, moved, strict=True)))
    assert batch.actions == ["changed"] * 7
    if source.matching is Matching.MERGE:
        return  # the new row would be merged into the instance that has its value
    chain = staged.merge(
        {"in_id": "new", "Name": "n0"},
        {"in_id": "n6", "Name": "n1", "Email": "n0@x"},
        {"in_id": "n0", "Name": "free", "Email": "n1@x"},
    )
    assert chain.faults == []
    found = {row["_in_id"]: row["name"] for row in staged.stored().values()}
    assert found == dict(zip(names, moved, strict=True)) | {"new": "n0", "n6": "n1", "n0": "free"}


def test_a_refused_row_leaves_its_value_where_it_was(records: Staged) -> None:
    """b wants what a would give up, but a is refused for its other value: so is b, and c behind it."""
    records.merge(*({"in_id": n, "Name": n, "Email": f"{n}@x"} for n in "abcd"))
    batch = records.merge(
        {"in_id": "a", "Name": "free", "Email": "d@x"},
        {"in_id": "b", "Name": "a"},
        {"in_id": "c", "Name": "b", "Amount": 1},
        {"in_id": "c", "Note": "stays"},
    )
    assert batch.faults == [(1, "Email", "UNIQUE_TAKEN"), (2, "Name", "UNIQUE_TAKEN"), (3, "Name", "UNIQUE_TAKEN")]
    found = {row["_in_id"]: _values(row) for row in records.stored().values()}
    assert found["c"] == ("c", "c@x", None, "stays")
    assert [found[n][0] for n in "abd"] == ["a", "b", "d"]


# Order


def test_per_field_the_last_row_counts(records: Staged) -> None:
    batch = records.merge(
        {"in_id": "a", "Name": "1", "Amount": 1, "Note": "1"},
        {"in_id": "a", "Kind": "none such", "Note": "rejected"},
        {"in_id": "b", "Note": "other"},
        {"in_id": "a", "Name": "2", "Amount": None},
        {"in_id": "a", "Email": "e@x"},
    )
    assert batch.actions == ["unchanged", "rejected", "created", "unchanged", "created"]
    assert len({batch.instance(number) for number in (1, 4, 5)}) == 1
    found = {row["_in_id"]: _values(row) for row in records.stored().values()}
    assert found == {"a": ("2", "e@x", None, "1"), "b": (None, None, None, "other")}
    assert [change for change, _ in records.journal(batch.run)] == ["created", "created"]


def test_rows_that_cancel_each_other_change_nothing(records: Staged) -> None:
    records.merge({"in_id": "a", "Amount": 1})
    batch = records.merge({"in_id": "a", "Amount": 2}, {"in_id": "a", "Amount": 1})
    assert (batch.actions, records.journal(batch.run)) == (["unchanged"] * 2, [])


def test_a_refused_value_takes_its_row_out_and_the_rows_before_count(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "a"}, {"in_id": "b", "Name": "b"})
    batch = records.merge(
        {"in_id": "a", "Name": "good", "Note": "1"},
        {"in_id": "a", "Name": "b", "Note": "2", "Amount": 2},
        {"in_id": "a", "Email": "e@x"},
        {"in_id": "a", "Name": "b"},
    )
    assert batch.faults == [(2, "Name", "UNIQUE_TAKEN"), (4, "Name", "UNIQUE_TAKEN")]
    found = {row["_in_id"]: _values(row) for row in records.stored().values()}
    assert found["a"] == ("good", "e@x", None, "1")


def test_a_value_that_another_instance_keeps_is_refused_though_it_is_overwritten(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "a"}, {"in_id": "b", "Name": "b"})
    batch = records.merge({"in_id": "a", "Name": "b", "Note": "no"}, {"in_id": "a", "Name": "free"})
    assert batch.faults == [(1, "Name", "UNIQUE_TAKEN")]
    assert {row["name"]: row["note"] for row in records.stored().values()} == {"free": None, "b": None}


def test_of_several_rows_that_want_a_value_the_first_gets_it(records: Staged) -> None:
    batch = records.merge(
        {"in_id": "z", "Name": "x"}, {"in_id": "a", "Name": "x"}, {"in_id": "b", "Name": "x", "Amount": 1}
    )
    assert batch.faults == [(2, "Name", "UNIQUE_TAKEN"), (3, "Name", "UNIQUE_TAKEN")]
    assert records.one()["_in_id"] == "z"


def test_a_row_that_values_match_goes_by_what_the_rows_before_it_leave(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "x"}, {"in_id": "b", "Name": "y"})
    batch = records.merge(
        {"Name": "x", "Amount": 1},  # a
        {"in_id": "a", "Name": "free"},
        {"Name": "x", "Amount": 2},  # a new one
        {"in_id": "b", "Name": "z"},
        {"Name": "z", "Amount": 3},  # b
        {"in_id": "b", "Amount": 4},
    )
    assert batch.faults == []
    found = {row["name"]: (row["_in_id"], row["amount"]) for row in records.stored().values()}
    assert found == {"free": ("a", 1), "x": (None, 2), "z": ("b", 4)}


def test_without_order_the_highest_external_id_counts(site: Site) -> None:
    staged = Staged(site, Source("other", Matching.IDS, gives_some=True))
    one = staged.merge({"in_id": "a", "Name": "x"}).instance(1)
    staged.merge({"out_id": one, "in_id": "b", "Amount": 1})
    staged.merge(
        {"in_id": "b", "Amount": 2, "Note": "b"},
        {"in_id": "a", "Amount": 3, "Email": "e@x"},
        {"in_id": "a", "removed": True},
    )
    row = staged.one()
    assert (row["_state"], *_values(row)) == ("ACTUAL", "x", "e@x", 2, "b")


# States


def test_a_row_without_a_state_leaves_it(records: Staged) -> None:
    for state in ("ARCHIVED", "TEST", "REMOVED"):
        one = records.merge({"in_id": state, "Amount": 1}, {"in_id": state, "state": state}).instance(1)
        assert records.stored()[one or ""]["_state"] == state
        assert records.merge({"in_id": state, "Amount": 2}).actions == ["changed"]
        row = records.stored()[one or ""]
        assert (row["_state"], row["amount"]) == (state, 2)


def test_states_come_and_go_with_their_fields(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "x", "state": "TEST"})
    changes = []
    for row in (
        {"state": "ARCHIVED", "Amount": 1},
        {"state": "REMOVED", "Amount": 2},  # state only
        {"removed": True},
        {"state": "ACTUAL", "Amount": 3},
        {"state": "ACTUAL"},
    ):
        batch = records.merge({"in_id": "a", **row})
        changes.append((batch.actions, records.journal(batch.run)))
    assert changes == [
        (["changed"], [("changed", {"_state": "TEST", "amount": None})]),
        (["removed"], [("removed", {"_state": "ARCHIVED"})]),
        (["unchanged"], []),
        (["changed"], [("returned", {"_state": "REMOVED", "amount": 1})]),
        (["unchanged"], []),
    ]


def test_the_last_state_of_a_batch_counts(records: Staged) -> None:
    batch = records.merge(
        {"in_id": "a", "state": "REMOVED"},  # of nothing yet
        {"in_id": "a", "Amount": 1, "state": "ARCHIVED"},
        {"in_id": "a", "state": "REMOVED", "Amount": 9},
        {"in_id": "b", "Amount": 2},
        {"in_id": "b", "removed": True},
        {"in_id": "b", "Note": "still removed"},
        {"in_id": "c", "state": "REMOVED"},
    )
    found = {row["_in_id"]: (row["_state"], row["amount"], row["note"]) for row in records.stored().values()}
    assert found == {"a": ("REMOVED", 1, None), "b": ("REMOVED", 2, "still removed")}
    assert (batch.results[7].action, batch.instance(7), batch.instance(1)) == ("unchanged", None, None)
    records.merge(
        {"in_id": "a", "state": "REMOVED"},
        {"in_id": "a", "state": "ACTUAL"},
        {"in_id": "b", "state": "TEST", "Amount": None},
    )
    assert {row["_in_id"]: row["_state"] for row in records.stored().values()} == {"a": "ACTUAL", "b": "TEST"}


def test_a_removed_instance_holds_no_value_back_and_returns_only_with_its_own(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "x"})
    batch = records.merge({"in_id": "a", "removed": True}, {"in_id": "b", "Name": "x"})
    assert batch.faults == []
    back = records.merge({"in_id": "a", "state": "ACTUAL", "Amount": 1}, {"in_id": "a", "Note": "n"})
    assert back.faults == [(1, "Name", "UNIQUE_TAKEN")]
    found = {row["_in_id"]: (row["_state"], row["amount"], row["note"]) for row in records.stored().values()}
    assert found == {"a": ("REMOVED", None, "n"), "b": ("ACTUAL", None, None)}
    assert records.merge({"in_id": "a", "state": "ACTUAL", "Name": "y"}).actions == ["changed"]


def test_a_removal_without_ids_goes_by_the_value(records: Staged) -> None:
    records.merge({"in_id": "a", "Name": "x"})
    batch = records.merge(
        {"Name": "x", "state": "REMOVED"}, {"Name": "x", "Amount": 1}, {"Name": "none", "removed": True}
    )
    assert batch.faults == []
    found = {(row["_in_id"], row["_state"], row["amount"]) for row in records.stored().values()}
    assert found == {("a", "REMOVED", None), (None, "ACTUAL", 1)}


@pytest.mark.parametrize("state", ["ARCHIVED", "TEST"])
def test_in_rows_leave_the_state_that_records_gave(records: Staged, state: str) -> None:
    records.merge({"in_id": "a", "Amount": 1, "state": state})
    partner = records.site.partner
    for rows, expected in (
        ([{"in_id": "a", "Amount": 2}], (state, 2)),
        ([{"in_id": "a", "removed": True}], ("REMOVED", 2)),
        ([{"in_id": "a", "Amount": 3}], ("ACTUAL", 3)),
    ):
        partner.redeliver("in_Thing", *rows)
        partner.hand_over()
        records.site.run()
        assert (records.one()["_state"], records.one()["amount"]) == expected


@BOTH_LAYOUTS
def test_undo_brings_states_and_cleared_values_back(records: Staged) -> None:
    records.merge(
        {"in_id": "a", "Name": "x", "Amount": 1},
        {"in_id": "b", "Name": "y", "state": "TEST"},
        {"in_id": "r", "state": "REMOVED"},
    )
    before = {row["_in_id"]: (row["_state"], *_values(row)) for row in records.stored().values()}
    batch = records.merge(
        {"in_id": "a", "state": "ARCHIVED", "Amount": None, "Name": "y"},
        {"in_id": "b", "state": "ACTUAL", "Name": "x"},
        {"in_id": "c", "Name": "z", "state": "ARCHIVED"},
        {"in_id": "d", "Amount": 1},
        {"in_id": "d", "state": "REMOVED"},
    )
    after = {row["_in_id"]: (row["_state"], *_values(row)) for row in records.stored().values()}
    as_run = records.undo(batch.run)
    undone = {row["_in_id"]: (row["_state"], *_values(row)) for row in records.stored().values()}
    assert undone == before | {"c": ("REMOVED", "z", None, None, None), "d": ("REMOVED", None, None, 1, None)}
    records.undo(as_run)
    assert {row["_in_id"]: (row["_state"], *_values(row)) for row in records.stored().values()} == after


def test_a_later_change_of_state_is_not_undone(records: Staged) -> None:
    records.merge({"in_id": "a", "Amount": 1})
    batch = records.merge({"in_id": "a", "Amount": 2, "state": "TEST"})
    records.merge({"in_id": "a", "state": "ARCHIVED"})
    records.undo(batch.run)
    assert (records.one()["_state"], records.one()["amount"]) == ("ARCHIVED", 1)


def test_what_the_tables_do_not_take_is_refused_at_once(site: Site) -> None:
    with pytest.raises(Exception, match="_state"):
        Staged(site).merge({"in_id": "a", "state": "GONE"})
    with pytest.raises(ValueError, match="in_tables"):
        Staged(site, Source("in_tables", is_staged=False)).merge({"in_id": "a"})
