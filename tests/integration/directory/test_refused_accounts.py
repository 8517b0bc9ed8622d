"""Accounts of a real domain that are refused at login, each for a reason of its own; and a read without users."""

import json

from etl.engine.directory import login
from etl.settings.directory_keys import DIRECTORY
from etl.sources.directory import open_directory
from scripts.domain_people import BASE, PASSWORD
from tests.fix_directory import Domain
from tests.integration.directory.conftest import Office
from tests.integration.directory.test_domain_sync import filled as filled


def test_locked_expired_and_outside_of_what_is_read(filled: Office, domain: Domain) -> None:
    """No person is made by a login that is refused; one that has expired is known to be inactive then."""
    with open_directory(domain.settings()) as opened:
        account = opened.find("tolock")
        assert account
        assert ["52e" in opened.refusal_of(account.dn, "wrong") for _ in range(3)] == [True] * 3
    with filled.site.runtime() as runtime:
        assert "data 775" in login(runtime, "tolock", PASSWORD).reason
        assert "tolock" not in filled.people()
        assert "data 701" in login(runtime, "expired", PASSWORD).reason
        assert filled.people()["expired"][1] == "INACTIVE"
    filled.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adUserFilter="(department=Риски)"))
    with filled.site.runtime() as runtime:
        assert not login(runtime, "user00000", PASSWORD).is_let_in
        assert login(runtime, "user00001", PASSWORD).is_let_in
    assert sorted(filled.people()) == ["expired", "i@corp.kz", "user00001"]
    checked = json.loads(filled.site.etl("ad", "check", "--json").out)["findings"]
    [vanished] = [one["found"] for one in checked if one["what"] == "vanished"]
    assert vanished == f"1: expired moved to CN=account expired,OU=Особые,{BASE}"
    filled.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adUserFilter="(department=nowhere)"))
    read = filled.site.etl("ad", "sync", "--accept", "--json")
    assert (read.code, [one["guard"] for one in json.loads(read.out)["stops"]]) == (3, ["empty read"])
    assert filled.people()["user00001"][1] == "ACTIVE"
