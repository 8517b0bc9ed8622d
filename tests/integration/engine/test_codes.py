"""Codes that SQL would rather not have, through a whole run: in_ tables, store, out_ tables, a change and a fault.

By number of the failure catalogue: 63 reserved words · 64 names of 63 bytes · 66 injection payloads as option codes.
What is not a code at all never gets so far (tests/unit/metadata/test_hostile_codes.py).
"""

import json

import pytest

from etl.quoting import identifier
from etl.quoting.keywords import QUOTED_KEYWORDS
from tests.fix_company import OUT, STORE, MakeSite, Row, Site

pytestmark = pytest.mark.first_run

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
# bo_<BO>__in_id_key and link_<BO>_<field>__target_idx, the longest names of an object and of a link, have 63 bytes.
LONG = "L" + "o" * 47 + "g"
LINKED = "L" + "i" * 41 + "k"
LONG_FIELD = "f" * 63


def document(code: str, fields: list[str]) -> str:
    return f"code: {code}\nfields:\n" + "".join(f"  - {{{field}, {_FLAGS}}}\n" for field in fields)


def field(code: str, kind: str = "INPUT_TEXT") -> str:
    return f"code: '{code}', type: {kind}"


def shown(site: Site, table: str, columns: list[str]) -> list[Row]:
    names = ", ".join(identifier(column) for column in columns)
    return site.look(f"select {names} from {OUT}.{identifier(table)} order by 1")


def test_every_reserved_word_as_a_field(make_site: MakeSite) -> None:
    """63: whatever PostgreSQL reserves can be the name of a column, a table, a link."""
    words = sorted(QUOTED_KEYWORDS)
    site = make_site({"Order": document("Order", [field(word) for word in words])})
    columns = ", ".join(identifier(word) for word in words)
    site.partner(f"insert into in_Order (in_id, {columns}) values ('a', {', '.join(['%s'] * len(words))})", words)
    assert site.run().exit_code == 0
    assert shown(site, "Order", words) == [{word: word for word in words}]
    site.partner("update in_Order set \"select\" = 'changed', in_status = ''")
    site.partner.hand_over()
    assert site.run().receipts[0].changed == 1
    assert shown(site, "Order", ["select", "table"]) == [{"select": "changed", "table": "table"}]


def test_reserved_words_as_objects_and_links(make_site: MakeSite) -> None:
    """63: and a fault names the field as its author wrote it, without quotes."""
    user = [field("Group", "INPUT_NUMBER"), field("From", "BO, bo: User"), field("To", "CO, co: All")]
    documents = {
        "User": document("User", [*user, field("End", "DROPDOWN_SINGLE, options: [then]")]),
        "Table": document("Table", [field("Check")]),
        "All": "code: All\ncategory: CO\nbos: [User, Table]",
    }
    site = make_site(documents)
    site.partner("insert into in_User (in_id, \"group\", \"end\") values ('a', 1, 'then'), ('b', 'NaN', 'else')")
    site.partner("insert into in_Table (in_id, \"check\") values ('t', 'x')")
    site.partner("insert into in_User_From (user_id, from_id) values ('a', 'a')")
    site.partner("insert into in_User_To_Table (user_id, to_id) values ('a', 't')")
    assert site.run().exit_code == 1
    assert shown(site, "User", ["group", "end"]) == [{"group": 1, "end": "then"}]
    assert site.count(f"{OUT}._User_From_") == site.count(f"{OUT}._User_To_") == 1
    assert sorted(error["column_name"] for error in site.errors()) == ["End", "Group"]


def test_names_of_63_bytes(make_site: MakeSite) -> None:
    """64: the longest codes that metadata lets pass make no name that PostgreSQL cuts."""
    fields = [field(LONG_FIELD), field(f"{LONG_FIELD[:-1]}g", "INPUT_NUMBER")]
    link = field("To", f"BO, bo: {LONG}, viewType: SINGLE")
    site = make_site({LONG: document(LONG, fields), LINKED: document(LINKED, [link])})
    site.partner(f"insert into in_{LONG} (in_id, {LONG_FIELD}) values ('a', 'first'), ('b', 'second')")
    site.partner(f"insert into in_{LINKED} (in_id) values ('k')")
    site.partner(f"insert into in_{LINKED}_To values ('k', 'b')")
    assert site.run().exit_code == 0
    # The index of few links is made when the next run prepares the store.
    site.partner.hand_over()
    assert site.run().exit_code == 0
    names = site.look(f"select relname as name from pg_class where relnamespace = '{STORE}'::regnamespace")
    assert {f"bo_{LONG}__in_id_key".lower(), f"link_{LINKED}_To__target_idx".lower()} <= {row["name"] for row in names}
    assert max(len(row["name"]) for row in names) == 63
    assert shown(site, LONG, [LONG_FIELD]) == [{LONG_FIELD: "first"}, {LONG_FIELD: "second"}]
    assert site.count(f"{OUT}._{LINKED}_To_") == 1


@pytest.mark.parametrize("kind", ["DROPDOWN_SINGLE", "RADIO_BUTTON_GROUP"])
def test_payloads_as_option_codes(make_site: MakeSite, kind: str) -> None:
    """66: an option's code is bound like any value, whatever it looks like."""
    options = [
        "'; drop table x; --",
        "%s",
        "%(run)s",
        ":run",
        "{{ golden }}",
        "$1",
        "\\",
        '"',
        "it''s",
        "/* */",
        "😀",
        "а",
    ]
    listed = json.dumps([{"code": one} for one in options], ensure_ascii=False)
    site = make_site({"Thing": document("Thing", [field("Kind", f"{kind}, options: {listed}")])})
    site.partner.fill("in_Thing", *({"in_id": one, "kind": one} for one in options))
    assert site.run().exit_code == 0
    rows = site.look(f"select _in_id, kind from {STORE}.bo_Thing")
    assert {row["_in_id"]: row["kind"] for row in rows} == {one: one for one in options}
