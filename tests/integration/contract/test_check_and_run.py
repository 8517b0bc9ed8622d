"""The same rows through check.sql and through a run: what the one foretells the other does, whatever the fault.

Each error and warning of check.sql is an error of the run, and each error of the run was foretold or is one that only
the store can know; of those there was a note, or the store had the rows before.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest

from etl.contract.checks import NOTES, check_sql
from etl.contract.samples import Samples
from etl.merge.errors.catalogue import CATALOGUE
from tests.contracts import DOCUMENTS, TERMS, company
from tests.fix_company import STORE, MakeSite, Site

Row = dict[str, Any]
Reported = tuple[str, int | None, str | None, str, str]

EVERYTHING = {
    column.lower(): value for column, value in Samples(company()).row(company().object("Everything"), 1).items()
}

# Whether they stand in err depends on what the store has, or on what goes wrong in the engine itself.
ONLY_STORE = {
    "IN_ID_TAKEN",
    "OUT_ID_UNKNOWN",
    "OUT_ID_TWICE",
    "UNIQUE_TAKEN",
    "ROW_TOO_LONG",  # what stays of the instance counts too
    "MERGED_BY_VALUE",
    "ROW_OVERRULED",
    "VALUE_PINNED",
    "SOURCE_TIME_AHEAD",
    "VALUE_OUTDATED",
    "VALUE_OUTRANKED",
    "OPTION_UNKNOWN",
    "FILE_UNKNOWN",
    "REFERENCE_EXPIRED",
}
ONLY_ENGINE = {"ROW_QUARANTINED", "CHUNK_QUARANTINED", "ROW_TOO_WIDE"}
# No row of an in_ table causes them.
OTHER_SOURCES = {
    "AMBIGUOUS",
    "BAD_ID",
    "BAD_JSON",
    "BAD_SHAPE",
    "BAD_VALUE",
    "KEY_DIFFERS",
    "LINK_END_INVALID",
    "NOT_ALLOWED",
    "NOT_TEXT",
    "NOT_UNIQUE",
    "RECORD_ID_REUSED",
    "TOO_DEEP",
    "TOO_LARGE",
    "UNKNOWN_FIELD",
    "UNKNOWN_OBJECT",
    "UNKNOWN_STATE",
    "WRONG_TARGET",
    "RECORDS_LOST",
    "TOPIC_RECREATED",
}

FAULTS: dict[str, Callable[[random.Random, int], Row]] = {
    "none": lambda draw, n: {},
    "no ids": lambda draw, n: {"in_id": None, "out_id": draw.choice([None, ""])},
    "no ids, removed": lambda draw, n: {"in_id": None, "removed": True},
    "odd out_id": lambda draw, n: {"out_id": draw.choice([" ", "x", "0123456789abcde", "0123456789abcdeя", "'" * 16])},
    "unknown out_id": lambda draw, n: {"out_id": f"unknown~{n:08}"},
    "number": lambda draw, n: {"number": "NaN"},
    "lenient number": lambda draw, n: {"lenient": "NaN"},
    "option": lambda draw, n: {
        draw.choice(["drop", "radio"]): draw.choice(["", " ", "NEW", "new ", "a", "ｎew", "нов"])
    },
    "option by id": lambda draw, n: {"drop": "WbX5Wa8gcabbVbF1"},
    "dictionary": lambda draw, n: {"ofkind": draw.choice(["", "missing's", "example-kind-1 "])},
    "json": lambda draw, n: {
        draw.choice(["span", "stay", "list", "answers", "bar", "place", "words", "longwords"]): draw.choice(
            ["{", "{}", "[1]", "[]", '"', '{"lat": 1}', '{"FRA": "x"}', "\x02", '{"a": "\\u0000"}', "null", ""]
        )
    },
    "length": lambda draw, n: {
        draw.choice(["text", "area", "site", "order", "words"]): "ж" * draw.choice([2500, 2501])
    },
    "unique length": lambda draw, n: {"mail": f"{n:04}" + "m" * draw.choice([1996, 1997, 5000])},
    "same mail": lambda draw, n: {"mail": f"same.{draw.choice('ab')}@example.com"},
    "no mail": lambda draw, n: {"mail": draw.choice([None, ""])},
    "file": lambda draw, n: {"scan": draw.choice(["", "nofile", "large"])},
    "removed": lambda draw, n: {"removed": True, "number": "NaN", "drop": "none", "list": "{"},
    "null removed": lambda draw, n: {"removed": None},
    "nothing but an id": lambda draw, n: {key: None for key in EVERYTHING if key not in ("in_id", "removed")},
}
PERSON_FAULTS: list[Row] = [
    {"surname": "P", "status": None},
    {"surname": "", "status": None},
    {"surname": None, "status": None},
    {"surname": None, "status": "active"},
    {"surname": None, "status": ""},
    {"surname": None, "status": None, "removed": True},
    {"surname": None, "status": None, "in_id": None},
]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS, maxValueBytes=TERMS.max_value_bytes)


def fill(site: Site, draw: random.Random, rows: int) -> None:
    """Rows of every kind of fault, two faults now and then, in a random order."""
    kinds = [*FAULTS, *draw.choices(list(FAULTS), k=rows)]
    draw.shuffle(kinds)
    for n, kind in enumerate(kinds):
        row = EVERYTHING | {"in_id": f"e{n}", "mail": f"{n}@example.com"} | FAULTS[kind](draw, n)
        if draw.random() < 0.2:
            row |= FAULTS[draw.choice(list(FAULTS))](draw, n)
        site.partner.fill("in_Everything", {f'"{column}"': value for column, value in row.items()})
    site.partner.fill("in_Person", *({"in_id": f"p{n}"} | row for n, row in enumerate(PERSON_FAULTS)))
    site.partner.fill("in_Person", {"in_id": "", "surname": "P"})
    samples = Samples(company())
    site.partner.fill("in_Kind", samples.row(company().object("Kind"), 1))
    site.partner.fill("in_fileStorage", samples.file(1), {"file_id": "large", "content": b"x" * 5001})
    ends = [("e0", "p0"), ("e1", "missing"), ("missing", "p0"), ("missing", "missing"), ("e1", ""), (" ", "p0")]
    site.partner.fill("in_Everything_Party_Person", *({"Everything_id": a, "Party_id": b} for a, b in ends))


def reported(rows: list[Row]) -> set[Reported]:
    return {
        (row["in_table"], row["row_id"], row["in_id"], (row["column_name"] or "").lower(), row["code"]) for row in rows
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_the_check_foretells_the_run_does(site: Site, seed: int) -> None:
    draw = random.Random(seed)
    fill(site, draw, 40)
    rows = site.partner(check_sql(company(), TERMS))
    foretold = {
        level: reported([row for row in rows if row["severity"] == level]) for level in ("error", "warning", "note")
    }
    site.run()
    errors = site.errors()
    for level in ("error", "warning"):
        done = reported([row for row in errors if row["severity"] == level])
        surprises = {one for one in done if one not in foretold[level]}
        assert foretold[level] - done == set(), f"seed {seed}: foretold, but the run did not say it"
        assert {code for *_, code in surprises} <= ONLY_STORE, f"seed {seed}: {surprises}"
        noted = {(row_id, column) for _, row_id, _, column, _ in foretold["note"]}
        for in_table, row_id, _, column, code in surprises:
            # An unknown out_id that is well formed can only be found in the store; of all others there was a note.
            assert code == "OUT_ID_UNKNOWN" or (row_id, column) in noted, f"seed {seed}: {in_table} {row_id} {code}"
    messages = {(one["row_id"], one["code"], (one["column_name"] or "").lower()): one for one in errors}
    for row in rows:
        said = messages.get((row["row_id"], row["code"], (row["column_name"] or "").lower()))
        if said:
            assert (row["message"], row["message_rus"]) == (said["message"], said["message_rus"])


def test_every_code_is_foretold_or_known_to_the_store_alone(site: Site) -> None:
    """The generated rows reach every code that check.sql can tell; a new code must be put somewhere."""
    reached = set()
    for seed in range(4):
        site.partner("truncate in_Everything, in_Person, in_Kind, in_fileStorage, in_Everything_Party_Person")
        fill(site, random.Random(seed), 40)
        reached |= {row["code"] for row in site.partner(check_sql(company(), TERMS)) if row["severity"] != "note"}
    site.partner.fill(
        "in_Everything", *({"in_id": f"duplicate {n}", "mail": "duplicate@example.com", "text": "t"} for n in range(51))
    )
    reached |= {row["code"] for row in site.partner(check_sql(company(), TERMS)) if row["severity"] != "note"}
    assert reached | ONLY_STORE | ONLY_ENGINE | OTHER_SOURCES == {fault.code for fault in CATALOGUE}


def hand_over(site: Site) -> None:
    site.partner.hand_over()
    site.run()


def note(site: Site, code: str) -> list[str]:
    """The messages of a note, without repetitions."""
    return sorted({row["message"] for row in site.partner(check_sql(company(), TERMS)) if row["code"] == code})


def person(n: int, **changed: Any) -> Row:
    return {"in_id": f"e{n}", "text": "t", "mail": f"{n}@example.com"} | changed


def test_a_duplicate_of_new_objects_is_merged_and_one_of_known_objects_is_refused(site: Site) -> None:
    """As the note says: it cannot know which of the two it will be."""
    site.partner.fill("in_Everything", person(1, mail="a@x"), person(2, mail="a@x", text="last"))
    [message] = note(site, "DUPLICATE_VALUE")
    assert "Mail is a unique field and a@x in several rows: those of new objects become one instance" in message
    assert "rejected with UNIQUE_TAKEN" in message
    hand_over(site)
    assert site.look(f"select mail, text from {STORE}.bo_everything") == [{"mail": "a@x", "text": "last"}]
    site.partner.redeliver("in_Everything", person(3), person(4))
    hand_over(site)
    site.partner.redeliver("in_Everything", person(3, mail="b@x"), person(4, mail="b@x"))
    assert len(note(site, "DUPLICATE_VALUE")) == 1
    hand_over(site)
    assert {row["code"] for row in site.errors()} == {"UNIQUE_TAKEN"}


def test_rows_of_one_out_id_change_it_and_a_foreign_in_id_is_refused(site: Site) -> None:
    site.partner.fill("in_Everything", person(1), person(2))
    hand_over(site)
    [row] = site.partner("select out_id from in_Everything where in_id = 'e1'")
    same = {"out_id": row["out_id"], "mail": None}
    rows = [person(7, text="first", **same), person(8, text="last", **same), person(2, **same)]
    site.partner.redeliver("in_Everything", *rows)
    [message] = note(site, "DUPLICATE_OUT_ID")
    assert message.startswith(f"out_id is {row['out_id']} in several rows: all of them name that one instance")
    hand_over(site)
    assert sorted((one["in_id"], one["code"]) for one in site.errors()) == [
        ("e2", "IN_ID_TAKEN"),
        ("e7", "ROW_OVERRULED"),
    ]
    assert site.value(f"select text from {STORE}.bo_everything where _id = %s", [row["out_id"]]) == "last"


def test_what_is_not_here_waits_or_came_earlier(site: Site) -> None:
    """No note says that something has waited: nothing of it was handed over yet."""
    site.partner.fill("in_Everything", person(1, scan="later", ofkind="later"))
    site.partner.fill("in_Everything_Parent", {"Everything_id": "e1", "Parent_id": "later"})
    rows = site.partner(check_sql(company(), TERMS))
    assert {row["code"] for row in rows} == {"REQUIRED_EMPTY", "END_NOT_HERE", "FILE_NOT_HERE", "OPTION_NOT_HERE"}
    assert not any("longer than" in row["message"] or "дольше" in row["message_rus"] for row in rows)
    hand_over(site)
    assert [row["code"] for row in site.errors()] == ["OPTION_UNKNOWN"]
    assert site.partner.statuses("in_Everything_Parent") == {"WAITING": 1}
    # The same names, when they came earlier: noted again, and taken.
    site.partner.redeliver("in_Kind", {"in_id": "k", "code": "later"})
    site.partner.redeliver("in_fileStorage", {"file_id": "later", "content": b"x"})
    site.partner.redeliver("in_Everything", person(2, in_id="later"))
    hand_over(site)
    for table in ("in_Kind", "in_fileStorage"):
        site.partner(f"delete from {table}")
    site.partner.redeliver("in_Everything", person(3, scan="later", ofkind="later"))
    site.partner.redeliver("in_Everything_Parent", {"Everything_id": "e3", "Parent_id": "later"})
    assert {row["code"] for row in site.partner(check_sql(company(), TERMS))} >= {"END_NOT_HERE", "OPTION_NOT_HERE"}
    hand_over(site)
    assert site.errors() == []


def test_each_note_can_be_had(site: Site) -> None:
    known = {
        "REQUIRED_EMPTY",
        "DUPLICATE_VALUE",
        "DUPLICATE_OUT_ID",
        "END_NOT_HERE",
        "FILE_NOT_HERE",
        "OPTION_NOT_HERE",
    }
    assert set(NOTES) == known


@pytest.mark.parametrize(
    "fault",
    [
        {"in_id": None},
        {"number": "NaN"},
        {"out_id": "odd"},
        {"drop": "none"},
        {"text": "ж" * 2501},
        {"list": "{"},
        {"place": '{"lat": "1"}'},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_rows_with_another_fault_are_no_duplicates(site: Site, fault: Row) -> None:
    """51 rows of one value, one of them faulty: the run merges the other 50, and no note speaks of the faulty one."""
    site.partner.fill("in_Everything", *(person(n, mail="a@x", in_id=f"e{n:02}") for n in range(50)))
    site.partner.fill("in_Everything", person(50, mail="a@x", in_id="e20x") | fault)
    reported_rows = reported([row for row in site.partner(check_sql(company(), TERMS)) if row["severity"] == "error"])
    [faulty] = site.partner("select max(id) as id from in_Everything")
    assert {row_id for _, row_id, *_ in reported_rows} == {faulty["id"]}
    noted = {row["row_id"] for row in site.partner(check_sql(company(), TERMS)) if row["code"] == "DUPLICATE_VALUE"}
    assert len(noted) == 50
    assert faulty["id"] not in noted
    hand_over(site)
    assert reported([row for row in site.errors() if row["severity"] == "error"]) == reported_rows
