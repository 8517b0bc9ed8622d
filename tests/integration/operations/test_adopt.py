"""The data of an existing installation keep their ids, and the first feed afterwards changes nothing."""

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from etl.operations.adopt import AdoptionResult, adopt
from tests.documentation import CHECKOUT, blocks, words
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, OUT, STORE, MakeSite, Row, Site
from tests.fix_database import SESSIONS
from tests.fix_restore import done

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = CLAIMS | {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Kind, type: DROPDOWN_SINGLE, dictionary: Kinds, {_FLAGS}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 300, {_FLAGS}}}
  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Remark, type: INPUT_TEXT, needUploadToOutTable: true}}
nativeFields:
  - {{code: LAST_MODIFIED_AT, needUploadToOutTable: true}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Bin, type: INPUT_TEXT, useAsKeyInMigration: true, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
""",
    "Parties": "code: Parties\ncategory: CO\nbos: [Client, Firm]",
    "Claim": CLAIMS["Claim"] + f"  - {{code: Party, type: CO, co: Parties, {_FLAGS}}}\n",
    "Kinds": f"""
code: Kinds
category: DICTIONARY
orderIndex: 9
fields:
  - {{code: code, type: INPUT_TEXT, isUnique: true, {_FLAGS}}}
  - {{code: label, type: INPUT_TEXT_LANG, {_FLAGS}}}
""",
}

PAGE = CHECKOUT / "docs/adopt.md"


def _examples() -> dict[str, str]:
    """The files of the page: the name of each stands first in the paragraph before it."""
    parts = PAGE.read_text(encoding="utf-8").split("\n\n")
    return {
        words(before)[0]: block.partition("\n")[2].removesuffix("```")
        for before, block in pairwise(parts)
        if block.startswith(("```csv", "```json"))
    }


FILES = _examples()
ROWS = {
    "in_fileStorage.csv": 1,
    "Kinds.csv": 1,
    "Client.csv": 3,
    "Claim.jsonl": 2,
    "Firm.csv": 1,
    "_Claim_Client_.csv": 1,
    "_Claim_Watchers_.csv": 2,
    "_Claim_Party_.csv": 2,
    "boi_reference.csv": 2,
}
"""In the order in which they are adopted."""
STORED = (
    "bo_client", "bo_firm", "bo_claim", "bo_kinds", "link_claim_client", "link_claim_watchers", "link_claim_party",
    "alias", "boi_reference", "stored_file", "file_alias", "file_reference",
)  # fmt: skip
SHOWN = ("client", "firm", "claim", "kinds", "_claim_client_", "_claim_watchers_", "_claim_party_")
_NULLS = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
READERS = f"select system_id, name, amount, kind, photo, remark, system_created_at from {OUT}.client order by 1"


def folder(site: Site, files: Mapping[str, str]) -> str:
    found = site.home / "installation"
    found.mkdir(exist_ok=True)
    for name, text in files.items():
        (found / name).write_text(text)
    return str(found)


def asked(site: Site, where: str, *options: str, code: int = 0) -> list[Row]:
    """What `etl adopt --json` says of each file."""
    ended = site.etl("adopt", where, "--json", *options)
    assert ended.out, ended
    found = json.loads(ended.out)["tables"]
    assert ended.code == code, "\n".join(str(fault) for one in found for fault in one["faults"])
    return list(found)


def what_is_there(site: Site) -> list[list[Row]]:
    """All that a feed could change."""
    stored = [site.look(f"select * from {STORE}.{name} order by 1, 2, 3") for name in STORED]
    return stored + [site.look(f"select * from {OUT}.{name} order by 1, 2", at=site.out_database) for name in SHOWN]


def feed(site: Site) -> None:
    """What the partner has handed over before, with ids of its own."""
    fill = site.partner.fill
    fill("in_fileStorage", {"file_id": "p-1", "file_name": "ann.png", "mime_type": "image/png", "content": b"\1\xff"})
    fill("in_kinds", {"in_id": "big", "code": "big", "label": "Big"})
    ann = {"in_id": "c0", "name": 'Ann, "the first"\nof two', "amount": 1500.25, "kind": "big", "photo": "p-1"}
    fill("in_client", ann | {"born": "2000-05-05 00:00+05", "email": "ann@corp.kz"})
    fill("in_client", {"in_id": "c2", "photo": "late"})
    fill("in_firm", {"in_id": "770", "name": "First"})
    fill("in_claim", {"in_id": "k0", "title": "Claim 0"}, {"in_id": "k1"})
    for table, column, ends in (
        ("in_claim_client", "client_id", (("k0", "c0"), ("k1", "c9"))),
        ("in_claim_watchers", "watchers_id", (("k0", "old-c0"), ("k0", "c2"), ("k9", "c0"))),
        ("in_claim_party_firm", "party_id", (("k0", "770"),)),
        ("in_claim_party_client", "party_id", (("k1", "c2"),)),
    ):
        fill(table, *({"claim_id": owner, column: target} for owner, target in ends))
    site.partner.hand_over()


@BOTH_LAYOUTS
def test_the_first_feed_afterwards_changes_nothing(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    where = folder(site, FILES)
    would = asked(site, where, "--dry-run")
    assert [(one["file"], one["result"], one["unit"]) for one in would] == [(name, "adopted", None) for name in ROWS]
    found = asked(site, where)
    digests = [(one["file"], one["rows"], one["digest"]) for one in found]
    assert digests == [(one["file"], one["rows"], one["digest"]) for one in would]
    assert {one["file"]: one["rows"] for one in found} == ROWS
    shown = site.look(READERS)
    assert [one["system_id"] for one in shown] == ["client@@@@@@@@~1", "client@@@@@@@@~3"]
    assert (shown[0]["photo"], shown[0]["remark"]) == ("photo@@@@@@@@@~1", "seen")
    assert str(shown[0]["system_created_at"]) == "2020-01-31 09:30:00.500000+00:00"
    before = what_is_there(site)
    feed(site)
    outcome = json.loads(done(site.etl("run", "--json")).out)
    assert what_is_there(site) == before, outcome
    assert site.partner.statuses("in_claim_client") == {"DONE": 1, "WAITING": 1}
    ids = site.partner("select out_id from in_client order by in_id")
    assert [one["out_id"] for one in ids] == ["client@@@@@@@@~1", "client@@@@@@@@~3"]
    assert {one["result"] for one in asked(site, where)} == {"present"}
    history = done(site.etl("history", "Client", "c0")).out
    assert re.search(r"adopted\n    by adoption \d+, row `Client.csv:2`", history), history
    assert done(site.etl("verify")).code == 0
    site.partner.redeliver("in_client", {"in_id": "c9", "name": "Late"})
    site.partner.hand_over()
    done(site.etl("run"))
    assert site.count(f"{STORE}.link_claim_client") == 2


WRONG = [
    ("Client.csv", "system_id\nshort\n", 2, "system_id", "is no id of the platform"),
    ("Client.csv", "system_id\nclient@@@@@@@@~1\nclient@@@@@@@@~1\n", 3, "system_id", "is already on line 2"),
    ("Client.csv", "system_id,in_id\nclient@@@@@@@@~1,c\nclient@@@@@@@@~2,c\n", 3, "in_id", "is already on line 2"),
    ("Client.csv", "system_id,system_state\nclient@@@@@@@@~1,GONE\n", 2, "system_state", "is none of ACTUAL"),
    ("Client.csv", "system_id,amount\nclient@@@@@@@@~1,1\nclient@@@@@@@@~2,x\n", 3, "Amount", "is not a number"),
    ("Client.csv", "system_id,kind\nclient@@@@@@@@~1,small\n", 2, "Kind", "neither the code nor the id of an option"),
    ("Client.csv", "system_id,email\nclient@@@@@@@@~1,a@b\nclient@@@@@@@@~2,A@b\n", 3, "Email", "A@b"),
    ("Firm.csv", "system_id,in_id,bin\nfirm@@@@@@@@@@~1,771,770\n", 2, "Bin", "is not in_id"),
    ("in_Client.csv", "in_id,out_id\nx,client@@@@@@@@~9\n", 2, "out_id", "is the system_id of no row of Client.csv"),
    ("in_Client.csv", "in_id,out_id\nc0,client@@@@@@@@~3\n", 2, "in_id", "is that of client@@@@@@@@~1"),
    ("Claim.jsonl", '{"system_id": "claim@@@@@@@@@~1"}\n{"titel": "x"}\n', 2, "", "did you mean Title?"),
    ("Claim.jsonl", '{"system_id": "claim@@@@@@@@@~1", "title": NaN}\n', 1, "", "NaN is no number"),
    (
        "_Claim_Client_.csv",
        "Claim_id,Client_id\nclaim@@@@@@@@@~9,client@@@@@@@@~1\n",
        2,
        "Claim_id",
        "leads to no instance",
    ),
    (
        "_Claim_Client_.csv",
        "Claim_id,Client_id\nclaim@@@@@@@@@~1,client@@@@@@@@~1\nclaim@@@@@@@@@~1,client@@@@@@@@~3\n",
        3,
        "Claim_id",
        "is already on line 2",
    ),
    (
        "_Claim_Party_.csv",
        "Claim_id,Party_id,Party_bo\nclaim@@@@@@@@@~1,firm@@@@@@@@@@~1,Kinds\n",
        2,
        "Party_bo",
        "leads to: Client, Firm",
    ),
    (
        "boi_reference.csv",
        "bo_code,field_code,target_in_id,in_id\nClaim,Title,c,k\n",
        2,
        "field_code",
        "is no link field",
    ),
    ("boi_reference.csv", "bo_code,field_code,target_in_id\nClaim,Client,c\n", 2, "in_id", "are both empty"),
    ("in_fileStorage.csv", "file_id,content\np,\n", 2, "content", "is empty"),
    (
        "in_fileStorage.csv",
        "out_file_id,content\nphoto@@@@@@@@@~1,\\x01\nphoto@@@@@@@@@~1,\\x01\n",
        3,
        "out_file_id",
        "is already on line 2",
    ),
    (
        "in_fileStorage.csv",
        "out_file_id,content\nphoto@@@@@@@@@~1,\\x01\nphoto@@@@@@@@@~2,\\x01\n",
        3,
        "out_file_id",
        "has the content, name and type of photo@@@@@@@@@~1 on line 2",
    ),
]


@ONLY_ONE
def test_wrong_rows_are_named(make_site: MakeSite) -> None:
    """Nothing of their table is adopted, and nothing is written by a dry run."""
    site = make_site(DOCUMENTS)
    before = site.fingerprint()
    with site.runtime() as runtime:
        for name, text, line, column, reason in WRONG:
            # Further ids are of the instances that are named there.
            files = {one: FILES[one] for one in FILES if (name, one) != ("Client.csv", "in_Client.csv")} | {name: text}
            shutil.rmtree(site.home / "installation", ignore_errors=True)
            where = Path(folder(site, files))
            found = list(adopt(runtime, where, lambda *_: None, is_dry=True))
            refused = [one for one in found if one.result is AdoptionResult.REFUSED]
            faults = [(one.file, one.line, one.column, reason in one.reason) for one in refused[0].faults]
            assert (name, line, column, True) in faults, (name, text, refused)
    assert site.fingerprint() == before


@ONLY_ONE
@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("Clint.csv", "x\n", "Clint.csv: `Clint` is no table that can be adopted, did you mean Client?"),
        ("Client.xml", "x\n", "is of no known kind: the name must end with .csv"),
        ("Client.csv", "in_id,Name\nc,n\n", "Client.csv:1: Client needs a column system_id"),
        ("Client.csv", "system_id,Nmae\nc,n\n", "`Nmae` is not a column of Client, did you mean Name?"),
        ("Client.jsonl", "{}\n", "Client has two files: keep one of them"),
        ("in_Firm.csv", "in_id,out_id\n", ""),
    ],
)
def test_wrong_files_are_refused(make_site: MakeSite, name: str, text: str, problem: str) -> None:
    site = make_site(DOCUMENTS)
    files = {"Client.csv": FILES["Client.csv"], name: text}
    ended = site.etl("adopt", folder(site, files))
    problem = problem or "has ids of instances that are in no file: Firm.csv is missing"
    assert (ended.code, problem in ended.err) == (2, True), ended
    assert site.count(f"{STORE}.unit") == 0


@ONLY_ONE
def test_what_another_process_has_filled_meanwhile_is_compared(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    where = folder(site, FILES)
    with site.runtime() as runtime:
        tables = adopt(runtime, Path(where), lambda *_: None)
        first = next(tables)
        before = {one["result"] for one in asked(site, where)}
        stored = site.fingerprint()
        assert (first.result, before) == (AdoptionResult.ADOPTED, {"adopted", "present"})
        assert {one.result for one in tables} == {AdoptionResult.PRESENT}
    assert site.fingerprint() == stored


@ONLY_ONE
def test_it_is_repeated_after_a_fault_and_after_a_kill(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    wrong = "Claim_id,Client_id\nclaim@@@@@@@@@~1,client@@@@@@@@~9\n"
    found = asked(site, folder(site, FILES | {"_Claim_Client_.csv": wrong}), code=3)
    names = list(ROWS)
    assert [one["result"] for one in found] == ["adopted"] * 5 + ["refused"] + ["adopted"] * 2
    assert (found[5]["file"], site.count(f"{STORE}.link_claim_client")) == ("_Claim_Client_.csv", 0)
    with site.locking(f"{STORE}.link_claim_client"):
        process = site.start("adopt", folder(site, FILES))
        site.wait_for_blocked()
        process.kill()
        process.communicate()
    again = asked(site, folder(site, FILES))
    assert [one["file"] for one in again] == names
    assert [one["result"] for one in again] == ["present"] * 5 + ["adopted"] + ["present"] * 2 + ["adopted"]
    assert site.count(f"{OUT}._claim_client_") == 1


@ONLY_ONE
def test_a_store_with_other_rows_is_left_alone(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    site.partner.fill("in_client", {"in_id": "c0", "name": "Mine"})
    site.partner.hand_over()
    done(site.etl("run"))
    before = what_is_there(site)
    ended = site.etl("adopt", folder(site, FILES))
    assert (ended.code, "Client: the store has rows of its own: 1 instead of 3" in ended.out) == (3, True), ended
    assert what_is_there(site) == before
    done(site.etl("hold", "--reason", "new disks"))
    assert site.etl("adopt", folder(site, FILES)).code == 75


@pytest.mark.nightly
@ONLY_ONE
def test_what_psql_writes_of_another_installation_is_adopted(make_site: MakeSite, tmp_path: Path) -> None:
    """The commands of the page, from the first company to the second; one table by way of Parquet."""
    first = make_site(DOCUMENTS)
    second = make_site(DOCUMENTS, url=f"file:{tmp_path / 'second'}")
    feed(first)
    done(first.etl("run"))
    where = second.home / "installation"
    where.mkdir()
    [writing] = [one for one in blocks(PAGE) if one.language == "psql"]
    for line in writing.lines:
        found = re.fullmatch(r"\\copy (.*) to '(.*)' csv header", line)
        assert found, line
        source = found[1] if "(" in found[1] else f"(select * from {found[1]})"  # a view too
        with (
            SESSIONS.one(first.database) as session,
            session.cursor().copy(f"copy {source} to stdout csv header") as data,
            (where / found[2]).open("wb") as file,
        ):
            file.writelines(data)
    pq.write_table(pyarrow.csv.read_csv(where / "Claim.csv", convert_options=_NULLS), where / "Claim.parquet")
    (where / "Claim.csv").unlink()
    commands = [shlex.split(line) for one in blocks(PAGE) if one.language == "sh" for line in one.lines]
    for one in commands:
        done(second.etl(*one[1:]))
    columns = "system_id, name, kind, born, photo, email"
    party = "claim_id, party_id, party_bo"
    for table, wanted in (("client", columns), ("claim", "system_id, title"), ("_claim_party_", party)):
        query = f"select {wanted} from {OUT}.{table} order by 1, 2"
        assert second.look(query) == first.look(query) != []
    waits_for_file = STORED.index("file_reference")  # which no out_ table tells
    before = what_is_there(second)
    feed(second)
    done(second.etl("run"))
    after = what_is_there(second)
    assert (len(after.pop(waits_for_file)), len(before.pop(waits_for_file))) == (1, 0)
    assert after == before
