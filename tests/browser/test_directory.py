"""The page Directory in a browser, on a real domain: a dry run, a sync, a guard's stop; each for all viewers."""

import pytest
from playwright.sync_api import Page, expect

from etl.settings.directory_keys import DIRECTORY
from tests.fix_browser import PHONE, SECONDS_MS, WIDE, Look, Scheme, follow_to, offers, says
from tests.fix_company import MakeSite
from tests.fix_directory import BASE, Domain
from tests.fix_web import ServeWeb
from tests.integration.directory.conftest import DOCUMENTS, Office

PATH = "/c/demo/directory"
SHOW, SYNC, PAST = "Show what a sync would change", "Sync now", "Sync past the guards"
HOSTILE = "<b>x</b>"
FEW = "(|(sAMAccountName=user0000*)(sAMAccountName=comma)(sAMAccountName=Root))"
VARIANTS: tuple[tuple[str, Scheme, int], ...] = (("en", "light", WIDE), ("ru", "dark", PHONE), ("kk", "light", PHONE))


@pytest.fixture
def office(make_site: MakeSite, domain: Domain) -> Office:
    """People and a group that are not bound, with texts that browsers could take for markup."""
    office = Office(make_site(DOCUMENTS))
    roles = {"Central": f"CN=central,OU=Группы рассылок,{BASE}", "Lost": f"CN={HOSTILE},{BASE}", "Manual": ""}
    office.feed({"w": "waits", "h": HOSTILE, "i": "i@corp.kz"}, roles, {})
    office.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adUserFilter=FEW))
    return office


def answer(page: Page, action: str) -> None:
    """Presses a button that asks, and says yes."""
    page.get_by_role("main").get_by_role("button", name=action, exact=True).first.click()
    with page.expect_navigation(timeout=SECONDS_MS):
        page.get_by_role("dialog").get_by_role("button", name=action).click()


def test_a_dry_run_a_sync_and_a_stop(
    office: Office, domain: Domain, serve_web: ServeWeb, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine is no reason to answer before an action has ended: its page shows no preview.
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 60.0)
    web = serve_web(office.site)
    watched = look(web)
    page = watched.open(PATH)
    main = page.get_by_role("main")
    expect(main).to_contain_text("No sync of all users has been done yet.")
    expect(main).to_contain_text(HOSTILE)
    with page.expect_navigation(timeout=SECONDS_MS):
        main.get_by_role("button", name=SHOW).click()
    follow_to(page, "create user00000")
    expect(main).to_contain_text("Nothing was written.")
    expect(main).to_contain_text("Root: the login is that of the internal person root")
    watched.check()
    assert list(office.people()) == [HOSTILE, "i@corp.kz", "waits"]
    answer(page, SYNC)
    follow_to(page, r"changes made; entries left out: 1")
    assert "user00000" in office.people()
    office.site.write(DIRECTORY, domain.text(adGroupFieldCode="AD_ROLE", adUserFilter="(sAMAccountName=comma)"))
    web.opened.application.console.companies.refresh()  # type: ignore[union-attr]
    answer(page, SYNC)
    follow_to(page, "The sync was stopped, nothing was changed: adMaxVanishedShare")
    page = watched.open("/c/demo/now")
    says(page, "The sync with the directory of .* was stopped by a guard")
    expect(page.locator("#detail")).to_contain_text("adMaxVanishedShare")
    offers(page, "See what it would change")
    page.get_by_role("link", name="See what it would change").click()
    expect(page.get_by_role("main")).to_contain_text("The last sync of all users was stopped")
    with page.expect_navigation(timeout=SECONDS_MS):
        page.get_by_role("button", name=SHOW).click()
    follow_to(page, "would be switched off")
    answer(page, PAST)
    follow_to(page, "changes? made; entries left out: 0")
    assert office.people()["user00000"][1] == "INACTIVE"
    page = watched.open("/c/demo/now")
    says(page, "All is well")
    office.site.write(DIRECTORY, domain.text(adPort="1", useSSL="false"))
    assert office.site.etl("ad", "sync").code == 4
    says(page, "The newest sync with the directory, of .*, has failed")
    offers(page, "See the directory")
    watched.seen = [one for one in watched.seen if "409" not in one]
    for language, scheme, width in VARIANTS:
        other = look(web, language=language, scheme=scheme, width=width)
        expect(other.open(PATH).locator("html")).to_have_attribute("lang", language)
        other.check(also_axe=language != "kk")
    watched.check()
