"""Values on their way: what is good, what rejects its row, what is skipped."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fix_company import BOTH_LAYOUTS, CODE, STORE
from tests.integration.merge.conftest import Inbound


def test_nan_rejects_its_row_and_no_other(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "amount": "NaN"}, {"in_id": "b", "amount": "-7.12345"})
    assert inbound.merge().exit_code == 1
    assert {key: str(row["amount"]) for key, row in inbound.golden().items()} == {"b": "-7.1235"}
    assert inbound.faults() == [("a", "Amount", "NUMBER_NOT_FINITE", "error")]
    [error] = inbound.site.errors()
    assert error["message"] == "Amount is NaN: write a finite number or null"
    assert error["value"] == "NaN"


def test_a_bad_value_that_is_skipped_leaves_the_old_one_and_a_warning(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "score": 5, "mood": "good"})
    inbound.merge()
    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne", "score": "NaN", "mood": "bad"})
    inbound.partner.fill("in_Client", {"in_id": "b", "name": "Bela", "score": "NaN", "mood": None})
    outcome = inbound.merge()
    assert (outcome.errors, outcome.exit_code) == (0, 0)
    golden = inbound.golden()
    assert (golden["a"]["name"], golden["a"]["score"], golden["a"]["mood"]) == ("Anne", 5, "good")
    assert (golden["b"]["name"], golden["b"]["score"]) == ("Bela", None)
    assert sorted(inbound.faults()) == [
        ("a", "Mood", "OPTION_UNKNOWN", "warning"),
        ("a", "Score", "NUMBER_NOT_FINITE", "warning"),
        ("b", "Score", "NUMBER_NOT_FINITE", "warning"),
    ]
    assert inbound.partner.statuses("in_Client") == {"DONE": 2}


@BOTH_LAYOUTS
def test_every_fault_of_a_row_is_reported(inbound: Inbound) -> None:
    inbound.partner.fill(
        "in_Client",
        {"in_id": "a", "amount": "NaN", "score": "NaN", "kind": "never", "place": "{", "level": "x"},
    )
    inbound.merge()
    assert {(column, code, severity) for _, column, code, severity in inbound.faults()} == {
        ("Amount", "NUMBER_NOT_FINITE", "error"),
        ("Score", "NUMBER_NOT_FINITE", "warning"),
        ("Kind", "OPTION_UNKNOWN", "error"),
        ("Level", "OPTION_UNKNOWN", "error"),
        ("Place", "JSON_INVALID", "error"),
    }
    assert inbound.golden() == {}


@pytest.mark.parametrize(
    ("written", "stored"), [("new", "new"), ("old", "old"), ("WbX5Wa8gcabbVbF1", "old"), (None, None)]
)
def test_an_option_by_code_and_by_id(inbound: Inbound, written: str | None, stored: str | None) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "kind": written})
    inbound.merge()
    assert inbound.golden()["a"]["kind"] == stored


@pytest.mark.parametrize("written", ["NEW", "wbx5wa8gcabbvbf1", " new", ""])
def test_an_option_that_is_none(inbound: Inbound, written: str) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "kind": written})
    inbound.merge()
    assert inbound.faults() == [("a", "Kind", "OPTION_UNKNOWN", "error")]


def test_a_value_that_shows_nothing_is_reported_in_quotes(inbound: Inbound) -> None:
    """Empty, blanks, marks without width, fillers, what only turns the writing; none that shows something."""
    unseen = ["", " ", "\t\n", "\u00a0", "\u00ad", "\u034f", "\u115f", "\u1680", "\u180e", "\u200b", "\u200e", "\u202e"]
    unseen += ["\u2060", "\u2063", "\u2800", "\u3000", "\u3164", "\ufe0f", "\ufeff", "\U000e0020", " \u200b "]
    seen = ["x\u200b", "\u00adx", "e\u0301", "-", "\u0430", "0", "s", "u"]
    written = dict(enumerate([*unseen, *seen]))
    inbound.partner.fill("in_Client", *({"in_id": str(n), "kind": text} for n, text in written.items()))
    inbound.merge()
    messages = {int(row["in_id"]): row["message"].removeprefix("Kind is ") for row in inbound.site.errors()}
    assert {n: messages[n].startswith(f"'{text}',") for n, text in written.items()} == {
        n: text in unseen for n, text in written.items()
    }


def test_a_dictionary_row_by_code_and_by_id(inbound: Inbound) -> None:
    inbound.partner.fill("in_Level", {"in_id": "1", "code": "gold"}, {"in_id": "2", "code": "silver"})
    inbound.partner.fill("in_Client", {"in_id": "a", "level": "gold"})  # the dictionary's row comes in the same run
    inbound.merge()
    assert inbound.golden()["a"]["level"] == "gold"
    silver = inbound.golden("Level")["2"]["_id"]
    inbound.partner.redeliver("in_Client", {"in_id": "a", "level": silver}, {"in_id": "b", "level": "Gold"})
    inbound.merge()
    assert inbound.golden()["a"]["level"] == "silver"
    assert inbound.faults() == [("b", "Level", "OPTION_UNKNOWN", "error")]


def test_a_removed_dictionary_row_is_no_choice_any_more(inbound: Inbound) -> None:
    inbound.partner.fill("in_Level", {"in_id": "1", "code": "gold"})
    inbound.merge()
    inbound.partner.redeliver("in_Level", {"in_id": "1", "removed": True})
    inbound.partner.fill("in_Client", {"in_id": "a", "level": "gold"})
    inbound.merge()
    assert inbound.faults() == [("a", "Level", "OPTION_UNKNOWN", "error")]


@pytest.mark.parametrize("good", ['{"lat": 1, "lon": 2}', None])
def test_json(inbound: Inbound, good: str | None) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "place": good}, {"in_id": "b", "place": "{lat: 1}"})
    inbound.merge()
    assert inbound.golden()["a"]["place"] == good
    assert inbound.faults() == [("b", "Place", "JSON_INVALID", "error")]


@pytest.mark.parametrize(
    ("column", "written", "stored"),
    [
        ("born", "2024-03-01 00:00+05", datetime(2024, 3, 1, tzinfo=UTC)),  # midnight where the partner is
        ("born", "2024-02-29 19:00+00", datetime(2024, 3, 1, tzinfo=UTC)),
        ("born", "2024-03-01 18:59:59.999999+00", datetime(2024, 3, 1, tzinfo=UTC)),
        ("born", "2024-03-01 19:00+00", datetime(2024, 3, 2, tzinfo=UTC)),
        ("seen", "2024-03-01 10:20:30.123456+05", datetime(2024, 3, 1, 5, 20, 30, 123456, tzinfo=UTC)),
    ],
)
def test_dates(inbound: Inbound, column: str, written: str, stored: datetime) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", column: written})
    inbound.merge()
    assert inbound.golden()["a"][column] == stored


@pytest.mark.parametrize(("policy", "left"), [("clear", None), ("keep", "Anna")])
def test_what_null_does(inbound: Inbound, policy: str, left: str | None) -> None:
    inbound.site.set(nullPolicy=policy)
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "Anna", "amount": 1, "kind": "old"})
    inbound.merge()
    inbound.partner.redeliver("in_Client", {"in_id": "a", "name": None, "amount": 2, "kind": None})
    inbound.merge()
    row = inbound.golden()["a"]
    assert (row["name"], row["amount"], row["kind"]) == (left, 2, "old" if left else None)


def test_a_value_beyond_the_limit(inbound: Inbound) -> None:
    inbound.site.set(maxValueBytes=10)
    inbound.partner.fill("in_Client", {"in_id": "a", "name": "x" * 10}, {"in_id": "b", "name": "ж" * 6})
    inbound.merge()
    assert sorted(inbound.golden()) == ["a"]
    assert inbound.faults() == [("b", "Name", "VALUE_TOO_LONG", "error")]


def file(number: str, content: bytes) -> dict[str, Any]:
    return {"file_id": number, "file_name": f"{number}.png", "mime_type": "image/png", "content": content}


@BOTH_LAYOUTS
def test_files(inbound: Inbound) -> None:
    inbound.partner.fill("in_fileStorage", file("f1", b"same"), file("f2", b"same"), file("f3", b"other"))
    inbound.partner.fill("in_Client", *({"in_id": f"c{n}", "photo": f"f{n}"} for n in (1, 2, 3)))
    inbound.partner.fill("in_Client", {"in_id": "lost", "photo": "f4"})
    inbound.merge()
    stored = inbound.site.look(f"select _id, content, file_name from {STORE}.file_storage order by content desc")
    assert [(row["content"], row["file_name"]) for row in stored] == [(b"same", "f1.png"), (b"other", "f3.png")]
    same, other = (row["_id"] for row in stored)
    names = inbound.site.look(f"select _id, content, file_name from {STORE}.stored_file order by file_name")
    assert [(row["content"], row["file_name"]) for row in names] == [
        (same, "f1.png"),
        (same, "f2.png"),
        (other, "f3.png"),
    ]
    photos = {**{f"c{n}": row["_id"] for n, row in enumerate(names, 1)}, "lost": None}
    assert {key: row["photo"] for key, row in inbound.golden().items()} == photos
    assert inbound.faults() == []
    assert inbound.partner("select distinct uploaded, out_file_id is not null as has_id from in_fileStorage") == [
        {"uploaded": True, "has_id": True}
    ]

    inbound.partner("delete from in_fileStorage")
    inbound.partner.redeliver("in_Client", {"in_id": "c3", "photo": "f1"})  # a file that came with an earlier batch
    inbound.merge()
    assert inbound.golden()["c3"]["photo"] == same
    assert inbound.site.count(f"{STORE}.file_storage") == 2


@BOTH_LAYOUTS
def test_a_content_is_kept_once_and_each_of_its_names(inbound: Inbound) -> None:
    names = [
        ("a", "one.pdf", "application/pdf"),
        ("b", "two.pdf", "application/pdf"),
        ("c", "one.pdf", "text/plain"),
        ("d", None, "application/pdf"),
        ("e", "one.pdf", None),
        ("f", "", "application/pdf"),
        ("g", "one.pdf", "application/pdf"),
    ]
    files = [{"file_id": key, "file_name": name, "mime_type": kind, "content": b"same"} for key, name, kind in names]
    inbound.partner.fill("in_fileStorage", *files[:4])
    inbound.partner.fill("in_Client", *({"in_id": row[0], "photo": row[0]} for row in names))
    inbound.merge()
    inbound.partner.fill("in_fileStorage", *files[4:])
    inbound.merge()
    assert inbound.site.count(f"{STORE}.file_storage") == 1
    reported = inbound.partner("select file_id, out_file_id from in_fileStorage order by file_id")
    ids = {row["file_id"]: row["out_file_id"] for row in reported}
    assert {key: row["photo"] for key, row in inbound.golden().items()} == ids
    assert ids["g"] == ids["a"]
    assert len(set(ids.values())) == len(names) - 1
    stored = {row["_id"]: row for row in inbound.site.look(f"select * from {STORE}.stored_file")}
    assert [(stored[ids[key]]["file_name"], stored[ids[key]]["mime_type"]) for key, _, _ in names] == [
        (name, kind) for _, name, kind in names
    ]


def test_a_file_that_comes_later(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", *({"in_id": key, "name": key, "photo": "f1"} for key in ("a", "b")))
    inbound.merge()
    assert inbound.golden()["a"]["photo"] is None
    assert inbound.partner.statuses("in_Client") == {"DONE": 2}
    inbound.partner.redeliver("in_Client", {"in_id": "b", "name": "b", "photo": None})  # b wants it no more
    inbound.partner.fill("in_fileStorage", file("f1", b"same"))
    inbound.merge()
    inbound.partner.redeliver("in_Client")
    inbound.merge()
    golden = inbound.golden()
    assert golden["a"]["photo"] is not None
    assert golden["b"]["photo"] is None
    assert inbound.site.count(f"{STORE}.file_reference") == 0


@BOTH_LAYOUTS
def test_a_file_that_never_comes(inbound: Inbound) -> None:
    inbound.partner.fill("in_Client", {"in_id": "a", "photo": "f1"})
    inbound.merge()
    inbound.site.look(f"update {STORE}.file_reference set waiting_since = now() - interval '8 days'")
    assert inbound.merge().exit_code == 1
    assert inbound.faults() == [("a", "photo", "FILE_UNKNOWN", "error")]
    assert inbound.site.count(f"{STORE}.file_reference") == 0


def test_a_content_over_the_cap_is_reported_by_each_run_that_meets_it(inbound: Inbound) -> None:
    inbound.site.set(maxValueBytes=10)
    inbound.partner.fill("in_fileStorage", file("fits", b"x" * 10), file("beyond", b"x" * 11))
    inbound.partner.fill("in_Client", {"in_id": "a", "photo": "beyond"})
    for _ in range(2):
        assert inbound.merge().exit_code == 1
        assert inbound.faults() == [("beyond", "content", "VALUE_TOO_LONG", "error")]
    assert inbound.site.count(f"{STORE}.file_storage") == 1
    inbound.partner("update in_fileStorage set content = 'short' where file_id = 'beyond'")
    assert inbound.merge().exit_code == 0
    assert inbound.golden()["a"]["photo"] is not None


def test_hostile_options_are_only_text(inbound: Inbound) -> None:
    options = "[{code: \"it's\"}, {code: 'a:b'}, {code: '100%'}, {code: '{{x}}'}]"
    path = f"companies/{CODE}/business-objects/Client.yaml"
    inbound.site.edit(path, "[{code: new}, {code: old, id: WbX5Wa8gcabbVbF1}]", options)
    codes = ["it's", "a:b", "100%", "{{x}}"]
    inbound.partner.fill("in_Client", *({"in_id": code, "kind": code} for code in codes))
    inbound.merge()
    assert {row["kind"] for row in inbound.golden().values()} == set(codes)
