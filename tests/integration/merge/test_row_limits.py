"""A row larger than the journal and a dump can carry is rejected, and nothing else is."""

import json

import pytest

from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Note": f"""
code: Note
orderIndex: 1
fields:
  - {{code: One, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Two, type: TEXTAREA, {_FLAGS}}}
  - {{code: Places, type: GEO_POINT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
"""
}
LIMIT = 1000
POINT = json.dumps({"lat": 1, "lon": 2, "note": "x" * 900})


def faults(site: Site) -> list[tuple[str, str, str]]:
    return [(row["in_id"], row["code"], row["value"]) for row in site.errors() if row["severity"] == "error"]


def load(site: Site, *rows: Row) -> None:
    site.partner.redeliver("in_note", *rows)
    site.partner.hand_over()
    site.run()


@BOTH_LAYOUTS
@pytest.mark.parametrize(
    ("row", "size"),
    [
        ({"one": "x" * 600, "two": "y" * 401}, 1001),
        ({"one": "ж" * 500, "two": "y"}, 1001),
        ({"one": "\\" * 900, "two": "\n" * 101}, 1001),
        ({"one": "x" * 200, "places": POINT}, 200 + len(POINT)),
        ({"one": "😀" * 251}, 1004),
        ({"two": "\x01" * 1001, "amount": 1}, 1001),
    ],
    ids=[
        "two texts",
        "letters of two bytes",
        "letters a dump doubles",
        "JSON",
        "letters of four bytes",
        "control letters",
    ],
)
def test_a_row_over_the_limit_is_rejected_with_size_and_limit(make_site: MakeSite, row: Row, size: int) -> None:
    site = make_site(DOCUMENTS, maxRowBytes=LIMIT)
    load(site, {"in_id": "large", **row}, {"in_id": "fits", "one": "x" * 600, "two": "y" * 400})
    assert faults(site) == [("large", "ROW_TOO_LONG", f"{size} bytes, and maxRowBytes is {LIMIT}")]
    assert site.partner.statuses("in_note") == {"ERROR": 1, "DONE": 1}
    assert site.count(f"{STORE}.bo_note") == 1


def test_what_stays_of_the_instance_counts(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS, maxRowBytes=LIMIT, nullPolicy="keep")
    load(site, {"in_id": "a", "one": "x" * 600})
    load(site, {"in_id": "a", "two": "y" * 401})
    assert faults(site) == [("a", "ROW_TOO_LONG", f"1001 bytes, and maxRowBytes is {LIMIT}")]
    load(site, {"in_id": "a", "two": "y" * 400})
    assert faults(site) == []


def test_an_instance_that_is_over_it_already_can_be_changed_and_removed(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    load(site, {"in_id": "a", "one": "x" * 2000}, {"in_id": "b", "one": "x" * 2000}, {"in_id": "c", "one": "x" * 2000})
    site.set(maxRowBytes=LIMIT)
    load(site, {"in_id": "a", "one": "short"}, {"in_id": "b", "removed": True}, {"in_id": "c", "one": "x" * 2000})
    assert faults(site) == []
    states = site.look(f"select _in_id, _state, one from {STORE}.bo_note order by 1")
    assert [(one["_in_id"], one["_state"]) for one in states] == [("a", "ACTUAL"), ("b", "REMOVED"), ("c", "ACTUAL")]
    assert states[0]["one"] == "short"
    run = site.value("select max(id) from in_tables.run")
    assert site.etl("undo", str(run)).code == 0
    assert site.value(f"select one from {STORE}.bo_note where _in_id = 'a'") == "x" * 2000


@pytest.mark.nightly
def test_an_instance_with_more_than_the_journal_takes_in_one_row_can_be_changed(make_site: MakeSite) -> None:
    """As older versions have let it in: 285 MB of text, and one jsonb ends at 256 MB."""
    fields = "".join(f"  - {{code: T{n}, type: TEXTAREA, needLoadFromInTables: true}}\n" for n in range(3))
    site = make_site({"Note": f"code: Note\norderIndex: 1\nfields:\n{fields}"})
    load(site, {"in_id": "a", "t0": "x"}, {"in_id": "b", "t0": "x"}, {"in_id": "c", "t0": "x"})
    values = ", ".join(f"t{n} = repeat('{n}', 95000000)" for n in range(3))
    site.look(f"update {STORE}.bo_note set {values} where _in_id in ('a', 'b')")
    load(site, {"in_id": "a", "t0": "short"}, {"in_id": "b", "removed": True}, {"in_id": "c", "t0": "y"})
    assert faults(site) == []
    assert site.partner.statuses("in_note") == {"DONE": 3}
    kept = site.look(
        f"select k.key, octet_length(j.before ->> k.key) as size from {STORE}.journal j "
        f"join {STORE}.bo_note n on n._id = j.instance, jsonb_object_keys(j.before) k (key) "
        "where n._in_id = 'a' and j.change = 'changed' order by 1"
    )
    assert [(row["key"], row["size"]) for row in kept] == [(f"t{n}", 95_000_000) for n in range(3)]
    assert site.value(f"select _state from {STORE}.bo_note where _in_id = 'b'") == "REMOVED"


@pytest.mark.nightly
def test_twelve_texts_of_95_mb_are_rejected(make_site: MakeSite) -> None:
    fields = "".join(f"  - {{code: T{n}, type: TEXTAREA, needLoadFromInTables: true}}\n" for n in range(12))
    site = make_site({"Note": f"code: Note\norderIndex: 1\nfields:\n{fields}"})
    site.partner("insert into in_note (in_id) values ('a')")
    for first in (0, 6):  # one statement cannot write a row of 1 GB either
        site.partner(
            "update in_note set " + ", ".join(f"t{n} = repeat('x', 95000000)" for n in range(first, first + 6))
        )
    site.partner.hand_over()
    site.run()
    assert faults(site) == [("a", "ROW_TOO_LONG", "1140000000 bytes, and maxRowBytes is 134217728")]
