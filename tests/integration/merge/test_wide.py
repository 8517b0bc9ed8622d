"""Objects with very many fields are merged like any other."""

import random
import string

import psycopg
import pytest

from tests.fix_company import STORE, MakeSite, Site

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
WIDTH = 1400


def wide(width: int, kind: str = "INPUT_TEXT", last: str = "") -> str:
    lines = "".join(f"  - {{code: F{n}, type: {kind}, {_FLAGS}}}\n" for n in range(width))
    return f"code: Wide\norderIndex: 1\nfields:\n{lines}{last}"


def load(site: Site, *rows: dict[str, object]) -> None:
    site.partner.redeliver("in_wide", *rows)
    site.partner.hand_over()
    site.run()


@pytest.mark.nightly
@pytest.mark.parametrize("policy", ["clear", "keep"])
def test_an_object_of_many_texts_is_created_changed_and_refused(make_site: MakeSite, policy: str) -> None:
    last = f"  - {{code: Tax, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}\n"
    last += f"  - {{code: Place, type: GEO_POINT, {_FLAGS}}}\n"
    site = make_site({"Wide": wide(WIDTH, last=last)}, nullPolicy=policy)
    load(site, {"in_id": "a", "f0": "x", f"f{WIDTH - 1}": "z", "tax": "1"}, {"in_id": "b", "place": "{"})
    assert [(one["in_id"], one["column_name"], one["code"]) for one in site.errors()] == [
        ("b", "Place", "JSON_INVALID")
    ]
    load(site, {"in_id": "a", "f0": "y", "tax": "1"}, {"in_id": "c", "f1": "w", "tax": "1"}, {"in_id": "d", "tax": "2"})
    [row] = site.look(
        f"select f0, f{WIDTH - 1} as last from {STORE}.bo_wide where _in_id = 'd' or tax = '1' order by _in_id"
    )[:1]
    assert row["last"] == (None if policy == "clear" else "z")
    assert site.count("out_demo.wide") == 2


def test_a_row_that_fills_its_page_is_named_and_stops_no_other(make_site: MakeSite) -> None:
    """The partner delivers the most that fits: one text more would be refused to it."""
    site = make_site({"Wide": wide(460)})
    in_id = _fill_a_page(site)
    site.partner.fill("in_wide", {"in_id": "a", "f0": "x"}, {"in_id": "b", "f1": "y"})
    site.partner.hand_over()
    outcome = site.run()
    assert [(one["in_id"], one["code"]) for one in site.errors()] == [(in_id, "ROW_TOO_WIDE")]
    assert (outcome.exit_code, site.count(f"{STORE}.bo_wide")) == (1, 2)
    assert site.partner.statuses("in_wide") in ({"DONE": 2, "ERROR": 1}, {"DONE": 2, "": 1})
    site.partner("update in_wide set f0 = null, f1 = null, f2 = null, in_status = '' where in_id like 'full%'")
    site.partner.hand_over()
    assert (site.run().exit_code, site.count(f"{STORE}.bo_wide")) == (0, 3)


def _fill_a_page(site: Site) -> str:
    """The in_id of the widest row that PostgreSQL takes."""
    text = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=60))  # it does not get shorter
    for filled in range(460, 400, -1):
        for more in range(20, -1, -1):
            in_id = "full" + "x" * more
            try:
                site.partner.fill("in_wide", {"in_id": in_id} | {f"f{n}": text for n in range(filled)})
            except psycopg.errors.ProgramLimitExceeded:
                continue
            return in_id
    raise AssertionError("every row fits")
