"""Receipts and dry runs count the files of in_fileStorage."""

import json

import pytest

from tests.fix_company import BOTH_LAYOUTS, MakeSite, Row, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {"Client": f"code: Client\nfields:\n  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}\n"}
COUNTS = ("claimed", "created", "unchanged", "rejected")


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS, maxValueBytes=10)


def counts(receipts: list[Row]) -> dict[str, tuple[int, ...]]:
    return {one["in_table"]: tuple(one[name] for name in COUNTS) for one in receipts}


@BOTH_LAYOUTS
def test_new_known_and_refused_files(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a", "photo": "one"}, {"in_id": "b", "photo": "late"})
    site.partner.fill(
        "in_fileStorage",
        {"file_id": "one", "content": b"1"},
        {"file_id": "same", "content": b"1"},
        {"file_id": "large", "content": b"12345678901"},
        {"file_id": "empty", "content": None},
    )
    would = json.loads(site.etl("run", "--dry-run", "--json").out)
    expected = {"in_Client": (2, 2, 0, 0), "in_fileStorage": (3, 1, 1, 1)}
    assert counts(would["receipts"]) == expected
    assert "in_fileStorage" in site.etl("run", "--dry-run").out
    assert site.partner("select file_id from in_fileStorage where uploaded") == []
    site.partner.hand_over()
    done = site.etl("run", "--json")
    run = json.loads(done.out)
    assert (done.code, counts(run["receipts"])) == (1, expected)
    query = "select * from in_tables.migration_receipt where run = %s order by ordinal"
    assert counts(site.look(query, [int(run["run"])])) == expected
    assert json.loads(site.etl("runs", "show", run["run"], "--json").out)["receipt"]["in_fileStorage"]["created"] == 1
    # The refused one is tried again; the one that was waited for is new.
    site.partner.fill("in_fileStorage", {"file_id": "late", "content": b"2"})
    site.partner.hand_over()
    assert counts(json.loads(site.etl("run", "--json").out)["receipts"])["in_fileStorage"] == (2, 1, 0, 1)
    site.partner("delete from in_fileStorage where file_id = 'large'")
    site.partner.hand_over()
    assert set(counts(json.loads(site.etl("run", "--json").out)["receipts"])) == {"in_Client"}
