"""`etl ad check` on a real domain: what is so, what is wrong, and what to do."""

import json
import shlex

import pytest

from etl.settings.directory_keys import DIRECTORY
from tests.documentation import DIRECTORY as PAGE
from tests.documentation import blocks
from tests.fix_company import MakeSite, Site
from tests.fix_directory import BASE, Domain

IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Person": f"code: Person\nfields:\n  - {{code: email, type: INPUT_EMAIL, {IN}}}\n"
    f"  - {{code: surname, type: INPUT_TEXT, {IN}}}\n"
    f"  - {{code: status, type: DROPDOWN_SINGLE, options: [ACTIVE, INACTIVE], {IN}}}\n",
    "PersonGroup": f"code: PersonGroup\nfields:\n  - {{code: name, type: INPUT_TEXT, {IN}}}\n"
    f"  - {{code: AD_ROLE, type: INPUT_TEXT, {IN}}}\n",
}
ROLES = {
    "Central": rf"cn=central, OU=Группы рассылок,{BASE.lower()}",
    "Escaped": rf"CN=Отдел \22A\2c B\22 \2b C,OU=Groups,{BASE}",
    "Gone": f"CN=gone,OU=Groups,{BASE}",
    "Primary": f"CN=Domain Users,CN=Users,{BASE}",
    "Words": "vpn users",
    "Without": None,
}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS)


def checked(site: Site, text: str, code: int = 0) -> dict[str, tuple[str, str, str]]:
    """what -> level, found, do."""
    site.write(DIRECTORY, text)
    done = site.etl("ad", "check", "--json")
    assert done.code == code, done.err
    findings = json.loads(done.out)["findings"]
    return {one["what"]: (one["level"], one["found"], one["do"]) for one in findings}


def test_a_directory_that_is_well(domain: Domain, site: Site) -> None:
    rows = [{"in_id": name, "name": name, "AD_ROLE": role} for name, role in ROLES.items()]
    site.partner.fill("in_PersonGroup", *rows)
    site.run()
    found = checked(site, domain.text(adGroupFieldCode="AD_ROLE"))
    levels = {what: level for what, (level, _, _) in found.items()}
    assert found["encryption"][:2] == ("ok", "LDAPS, port 636")
    assert found["sign in"][:2] == ("ok", f"svc_0@corp.test at {domain.address}")
    assert found[f"controller {domain.address}"][1].startswith(f"{domain.address}, its certificate is good for 36")
    assert found["accounts"][1].startswith("324, of which ")
    assert found["left out"][0] == "warning"
    assert found["left out"][1].startswith("2: CN=")
    assert found["skipped values"][1] == "1: badtext: title has a zero byte"
    assert sum(what.startswith("sample ") for what in found) == 5
    groups = {what.removeprefix("group "): level for what, level in levels.items() if what.startswith("group ")}
    assert groups == {"Central": "ok", "Escaped": "ok", "Gone": "warning", "Primary": "warning", "Words": "warning"}
    assert found["group Escaped"][1].endswith(": 4 accounts")
    assert found["group Gone"][1] == f"the directory has no group {ROLES['Gone']}"
    lines = [line for block in blocks(PAGE) if block.language == "sh" for line in block.lines]
    for line in [line for line in lines if line.startswith("etl ad check")]:  # the others: test_domain_sync.py
        words = shlex.split(line)
        assert site.etl(*words[1:]).code == 0


def test_what_is_wrong(domain: Domain, hardened_domain: Domain, site: Site) -> None:
    found = checked(site, domain.text(useSSL="false"))
    assert found["encryption"][0] == "warning"
    assert "travels readable" in found["encryption"][1]
    found = checked(site, hardened_domain.text())
    assert found[f"controller {hardened_domain.address}"][::2] == ("warning", "have it renewed in time")
    found = checked(site, domain.text(adCaFile=""), 1)
    assert found[f"controller {domain.address}"][0] == "error"
    found = checked(site, domain.text(adBase=f"OU=Контакты,{BASE}"), 1)
    assert found["accounts"][:2] == ("error", "0: a synchronization takes no empty answer")
    found = checked(site, domain.text(adPassword="wrong s3cret"), 1)
    assert "the password is wrong (49, data 52e)" in found["directory"][1]
    assert "s3cret" not in json.dumps(found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"adHost": ""}, "adHost: has no value: name the domain controllers"),
        ({"adUserFilter": "(noSuchThing=x)"}, "the directory has no attribute noSuchThing"),
        ({"adGroupFieldCode": "ROLE"}, "adGroupFieldCode: PersonGroup has no field ROLE: write one of name, AD_ROLE"),
        ({"adStatusActive": "ON"}, "adStatusActive: ON is no option of Person.status: write one of ACTIVE, INACTIVE"),
        ({"adAttribute__phone": "mobile"}, "adAttribute.phone: Person has no field phone"),
    ],
)
def test_a_wrong_configuration(domain: Domain, site: Site, changes: dict[str, str], message: str) -> None:
    site.write(DIRECTORY, domain.text(**changes))
    done = site.etl("ad", "check")
    assert done.code == 2
    assert message in done.err
