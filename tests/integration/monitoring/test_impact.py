"""What changed documents mean to others, on real tables; and that it is true: what is additive leaves old statements
as they were, what is breaking does not."""

import json
from typing import Any

import psycopg
import pytest

from etl.engine import add_reader
from etl.metadata import parse_company
from etl.monitoring.impact import Effect, read_impact
from tests.fix_company import CLAIMS, CODE, IMPORT_CONFIG, OUT, STORE, MakeSite, Site

pytestmark = pytest.mark.prepared

FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
NAME = f"  - {{code: Name, type: INPUT_TEXT, {FLAGS}}}\n"
AMOUNT = f"  - {{code: Amount, type: INPUT_NUMBER, {FLAGS}}}\n"
TOO_LONG = "value too long for type character varying(32)"
ALERTS = f"select subject, message from {STORE}.alert where kind = 'version.behind' and over_at is null"
NEXT = "`etl out build --version 2`"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def document(code: str) -> str:
    return f"companies/{CODE}/business-objects/{code}.yaml"


def effects(site: Site, changed: dict[str, str], *, with_rules: bool = False) -> list[Effect]:
    texts = {document(code): text for code, text in (CLAIMS | changed).items() if text}
    with site.runtime() as runtime:
        found = read_impact(runtime, parse_company(CODE, texts), runtime.company if with_rules else None)
    return list(found.effects)


def summary(found: list[Effect]) -> list[str]:
    return [f"{one.impact} {one.party} {one.location} {one.kind}" for one in found]


CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing": ({}, []),
    "field added": (
        {"Client": CLAIMS["Client"] + f"  - {{code: Phone, type: INPUT_PHONE, {FLAGS}}}\n"},
        [
            "additive partners in_tables.in_Client.Phone column added",
            f"additive readers {OUT}.Client.Phone column added",
        ],
    ),
    "object added": (
        {"Branch": f"code: Branch\nfields:\n{NAME}"},
        ["additive partners in_tables.in_Branch table added", f"additive readers {OUT}.Branch table added"],
    ),
    "link added": (
        {"Claim": CLAIMS["Claim"] + f"  - {{code: Payer, type: BO, bo: Client, {FLAGS}}}\n"},
        [
            "additive partners in_tables.in_Claim_Payer table added",
            f"additive readers {OUT}._Claim_Payer_ table added",
        ],
    ),
    "field removed": (
        {"Client": CLAIMS["Client"].replace(AMOUNT, "")},
        [
            "breaking partners in_tables.in_Client.amount column removed",
            f"breaking readers {OUT}.Client.Amount column removed",
        ],
    ),
    "field renamed": (
        {"Client": CLAIMS["Client"].replace("code: Name", "code: Title")},
        [
            "breaking partners in_tables.in_Client.name column renamed",
            f"breaking readers {OUT}.Client.Name column renamed",
        ],
    ),
    "type changed": (
        {"Client": CLAIMS["Client"].replace("INPUT_NUMBER", "CHECKBOX")},
        [
            "breaking partners in_tables.in_Client.Amount type changed",
            f"breaking readers {OUT}.Client.Amount type changed",
        ],
    ),
    "flags removed": (
        {"Client": CLAIMS["Client"].replace(AMOUNT, AMOUNT.replace(f", {FLAGS}", ""))},
        [
            "breaking partners in_tables.in_Client.amount column removed",
            f"breaking readers {OUT}.Client.Amount column removed",
        ],
    ),
    "native field added": (
        {"Client": CLAIMS["Client"] + "nativeFields: [{code: CREATED_AT, needUploadToOutTable: true}]\n"},
        [f"additive readers {OUT}.Client.CREATED_AT column added"],
    ),
    "object removed": (
        {"Claim": ""},
        [
            "breaking partners in_tables.in_claim table removed",
            "breaking partners in_tables.in_claim_client table removed",
            "breaking partners in_tables.in_claim_watchers table removed",
            f"breaking readers {OUT}.Claim table removed",
            f"breaking readers {OUT}._Claim_Client_ table removed",
            f"breaking readers {OUT}._Claim_Watchers_ table removed",
        ],
    ),
}


def test_changes_of_tables(site: Site) -> None:
    """Against live tables, and against the documents in use: they know how a code is written."""
    for name, (changed, expected) in CASES.items():
        assert summary(effects(site, changed)) == expected, name
        same = [line.lower() for line in summary(effects(site, changed, with_rules=True))]
        assert same == [line.lower() for line in expected], name


def test_each_reader_and_version_is_named(site: Site) -> None:
    site.look("create role impact_reader")
    try:
        with site.runtime() as runtime:
            add_reader(runtime, "warehouse", "impact_reader", None)
        found = effects(site, {"Client": CLAIMS["Client"].replace(AMOUNT, "")})
        assert [(one.reader, one.is_now) for one in found] == [("", True), ("", True), ("warehouse", True)]
        assert NEXT in found[-1].do
        assert site.etl("out", "build", "--version", "2").code == 0
        later = [one for one in effects(site, {"Client": CLAIMS["Client"].replace(AMOUNT, "")}) if not one.is_now]
        assert [(one.location, one.reader) for one in later] == [("out_demo_1_2.Client.Amount", "")]
    finally:
        site.look("drop owned by impact_reader; drop role impact_reader", at=site.out_database)


def test_what_no_table_shows_is_compared_with_the_documents_in_use(site: Site) -> None:
    text = CLAIMS["Claim"].replace("code: Watchers,", "code: Watchers, linkMode: replace,")
    assert effects(site, {"Claim": text}) == []
    assert summary(effects(site, {"Claim": text}, with_rules=True)) == [
        "breaking partners in_tables.in_Claim.Watchers links are replaced",
        "breaking readers out_demo.Claim.Watchers links are replaced",
    ]


def test_consumers_of_a_topic_have_no_versions(site: Site) -> None:
    site.write("configs/KafkaConfig.txt", "servers=127.0.0.1:1")
    site.write("configs/OutMigrationKafkaConfig.txt", "hasOutMigrationKafka=true\ntopic=golden")
    found = effects(site, {"Client": CLAIMS["Client"].replace(AMOUNT, "")})
    assert summary(found)[-1] == "breaking consumers golden.Client.Amount column removed"
    for with_rules in (False, True):  # against the live tables, and the documents in use
        shown_only = {"Client": CLAIMS["Client"].replace(AMOUNT, AMOUNT.replace("needLoadFromInTables: true, ", ""))}
        found = effects(site, shown_only, with_rules=with_rules)
        assert summary(found)[-1] == "breaking consumers golden.Client.Amount no longer loaded"


def test_additive_is_true(site: Site) -> None:
    """The partner's insert and the reader's query of before work after it, by the real commands."""
    row = {"in_id": "c", "name": "Cora", "amount": 1}
    site.partner.fill("in_Client", row)
    site.partner.hand_over()
    site.run()
    query = "select name, amount from out_demo.client order by name"
    before = site.look(query)
    site.document("Client", CLAIMS["Client"] + f"  - {{code: Phone, type: INPUT_PHONE, {FLAGS}}}\n")
    site.document("Branch", f"code: Branch\nfields:\n{NAME}")
    checked = check(site)
    assert (checked["breaking"], checked["additive"]) == (0, 4)
    for command in ("generate-ddl --apply", "out build --version 2", "out switch 2"):
        assert site.etl(*command.split()).code == 0
    assert site.look(query) == before
    site.partner.redeliver("in_Client", row, {"in_id": "d", "name": "Dora", "amount": 2})
    site.partner.hand_over()
    site.set()
    assert site.etl("run", MYBPM_OUT_MIGRATION_VERSION="2").code == 0
    assert site.look(query) == [*before, {"name": "Dora", "amount": 2}]
    assert (check(site)["breaking"], check(site)["additive"]) == (0, 0)


def test_breaking_is_true(site: Site) -> None:
    """A removed field: the reader's query fails after the switch; another type: the tables cannot be made so."""
    query = "select name, amount from out_demo.client"
    assert site.look(query) == []
    site.document("Client", CLAIMS["Client"].replace("INPUT_NUMBER", "CHECKBOX"))
    assert check(site, code=1)["breaking"] == 2
    assert site.etl("generate-ddl", "--apply").code == 4
    site.document("Client", CLAIMS["Client"].replace(AMOUNT, ""))
    found = site.etl("metadata", "check", "--against", "live")
    assert found.code == 1
    assert found.out.splitlines()[0] == (
        "breaking for partners: in_tables.in_Client.amount: column removed: "
        "the column stays, and no run reads what is written there"
    )
    assert found.out.splitlines()[-1] == f"company {CODE} is sound: 2 breaking and 0 additive changes"
    for command in ("out build --version 2", "out switch 2"):
        assert site.etl(*command.split()).code == 0
    with pytest.raises(psycopg.errors.UndefinedColumn):
        site.look(query)


@pytest.mark.nightly
@pytest.mark.first_run
def test_a_longer_value_does_not_fit_into_an_older_version(make_site: MakeSite) -> None:
    size = f"  - {{code: Size, type: DROPDOWN_SINGLE, options: [S, M], {FLAGS}}}\n"
    site = make_site({"Client": CLAIMS["Client"] + size})
    site.partner.fill("in_Client", {"in_id": "c", "size": "S"})
    site.partner.hand_over()
    site.run()
    site.document("Client", CLAIMS["Client"] + size.replace("DROPDOWN_SINGLE, options: [S, M]", "INPUT_TEXT"))
    found = [(one["party"], one["impact"], one["isNow"]) for one in check(site, code=1)["changes"]]
    assert found == [("partners", "additive", True), ("readers", "breaking", True)]
    for command in ("generate-ddl --apply", "generate-ddl --direction store --apply", "out build --version 2"):
        assert site.etl(*command.split()).code == 0
    assert site.etl("out", "switch", "2").code == 0
    [older] = check(site, code=1)["changes"]
    assert (older["location"], older["isNow"]) == (f"{OUT}.Client.Size", True)
    site.partner.redeliver("in_Client", {"in_id": "c", "size": "S" * 33})
    site.partner.hand_over()
    ran = site.etl("run", MYBPM_OUT_MIGRATION_VERSION="2")
    assert ran.code == 0, ran.err
    assert f"{OUT} stays as it was, since a value of the store does not fit into its tables (value too long" in ran.err
    assert site.look(f"select size from {OUT}.client") == [{"size": "S"}]
    assert site.look("select size from out_demo.client") == [{"size": "S" * 33}]
    assert site.etl("out", "list").out.count(f"stays behind: {TOO_LONG}") == 1
    [line] = [one for one in site.etl("check").out.splitlines() if "out_ versions" in one]
    assert f"{OUT} stays as it was" in line
    assert status_of(site)["state"] == "version_behind"
    assert status_of(site)["values"]["version"] == OUT
    [alert] = site.look(ALERTS)
    assert alert["subject"] == OUT
    assert f"({TOO_LONG})" in alert["message"]
    site.partner.redeliver("in_Client", {"in_id": "c", "size": "M"})
    site.partner.hand_over()
    assert site.etl("run", MYBPM_OUT_MIGRATION_VERSION="2").code == 0
    assert site.look(f"select size from {OUT}.client") == [{"size": "M"}]
    assert status_of(site)["state"] == "quiet"
    assert site.look(ALERTS) == []
    site.partner.redeliver("in_Client", {"in_id": "c", "size": "S" * 33})
    site.partner.hand_over()
    retired = site.etl("out", "retire", "1", "--force", MYBPM_OUT_MIGRATION_VERSION="2")
    assert retired.code == 0, retired.err
    assert site.etl("run", MYBPM_OUT_MIGRATION_VERSION="2").code == 0
    assert site.look("select size from out_demo.client") == [{"size": "S" * 33}]
    assert check(site)["changes"] == []


def test_documents_of_a_working_copy_against_the_configuration_in_use(site: Site) -> None:
    folder = site.home / "copy"
    folder.mkdir()
    for path in (document("Client"), document("Claim"), "configs/InMigrationConfig.txt", IMPORT_CONFIG):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(site.text(path))
    edited = folder / document("Client")
    edited.write_text(CLAIMS["Client"].replace("code: Name,", "code: Name, isUnique: true,"))
    assert check(site, f"file:{folder}")["breaking"] == 0
    found = check(site, f"file:{folder}", against=site.url, code=1)
    assert found["areRulesCompared"] is True
    [partners, readers] = found["changes"]
    assert (partners["kind"], partners["impact"], partners["location"]) == (
        "unique added",
        "breaking",
        "in_tables.in_Client.Name",
    )
    assert (readers["party"], readers["impact"]) == ("readers", "additive")
    edited.write_text(CLAIMS["Client"].replace("INPUT_NUMBER", "INPUT_NUMBR"))
    assert site.etl("--config", f"file:{folder}", "metadata", "check", "--against", site.url).code == 2
    assert site.etl("metadata", "check", "--json").code == 2


def status_of(site: Site) -> dict[str, Any]:
    return dict(json.loads(site.etl("status", "--json").out)["verdict"])


def check(site: Site, url: str = "", *, against: str = "live", code: int = 0) -> dict[str, Any]:
    done = site.etl("--config", url or site.url, "metadata", "check", "--against", against, "--json")
    assert done.code == code, done.err
    [found] = json.loads(done.out)["companies"]
    return dict(found)
