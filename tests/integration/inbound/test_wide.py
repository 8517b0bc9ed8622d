"""Objects with very many fields are merged like any other."""

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
