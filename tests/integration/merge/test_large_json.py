"""Large JSON is parsed once on its way into the store, not wherever its verdict is named."""

import json

from tests.fix_company import STORE, MakeSite

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_KINDS = {
    "Period": ("PERIOD", "period", {"startDate": None, "endDate": None, "more": [1] * 200_000}),
    "Checks": ("CHECKLIST", "checklist", [{"label": "x", "checked": True}] * 20_000),
    "Answers": ("QUESTIONNAIRE", "questionnaire", [{"rowId": "r", "columnId": "c"}] * 20_000),
    "Bar": ("PROGRESS_BAR", "progress_bar", {f"step {number}": "GREEN" for number in range(40_000)}),
    "Place": ("GEO_POINT", "geo_point", {"lat": 1, "lon": 2, "more": [[[]]] * 100_000}),
    "Words": ("INPUT_TEXT_LANG", "languages", {"RUS": "я" * 1_000_000}),
}


def test_each_value_is_judged_once(make_site: MakeSite) -> None:
    fields = "".join(f"  - {{code: {code}, type: {kind}, {_FLAGS}}}\n" for code, (kind, _, _) in _KINDS.items())
    site = make_site({"Client": f"code: Client\nfields:\n{fields}"})
    site.run()
    role = f"engine_{site.database.name}"
    site.look(f"alter role {role} set track_functions to 'pl'", at=site.store_database)
    row = {code: json.dumps(value, ensure_ascii=False) for code, (_, _, value) in _KINDS.items()}
    site.partner.fill("in_Client", *({"in_id": str(number), **row} for number in range(3)))
    site.partner.hand_over()
    site.run()
    assert site.partner.statuses("in_Client") == {"DONE": 3}
    calls = site.look(f"select funcname, calls from pg_stat_user_functions where schemaname = '{STORE}'")
    assert {row["funcname"]: row["calls"] for row in calls} == {f"{name}_fault": 3 for _, name, _ in _KINDS.values()}
