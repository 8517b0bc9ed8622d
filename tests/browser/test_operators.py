"""People at once, too late, too quick, and a console that is killed: nothing is lost, nothing is done twice."""

import re
import subprocess
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from scripts.services import free_ports
from tests.fix_browser import Look, Watched, follow_to, press, says
from tests.fix_company import CLAIMS, STORE, MakeSite, Row, Site, ended, until
from tests.fix_database import LOOPBACK
from tests.fix_web import ServeWeb
from tests.integration.web.test_identity import PASSWORD, add

START = "Start the run"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS, copyTables="false")


def signed_in(look: Look, web: object, name: str, *, scripts: bool = True) -> Watched:
    watched = look(web, scripts=scripts)  # type: ignore[arg-type]
    page = watched.open("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return watched


def done(site: Site, action: str) -> list[Row]:
    """What the audit has of an action, by whom and how it ended."""
    return site.look(
        "select a.viewer, o.outcome from etl_web.web_audit a "
        "left join etl_web.web_audit_outcome o on o.audit_id = a.id where a.action = %s order by a.id",
        [action],
    )


def test_people(site: Site, serve_web: ServeWeb, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.web.app.ACTION_SECONDS", 0.2)  # longer actions are followed by their page
    site.write("configs/WebConfig.txt", "identity=password")
    add(site, "aidana", "operator")
    add(site, "timur", "operator")
    web = serve_web(site)
    aidana, timur = signed_in(look, web, "aidana"), signed_in(look, web, "timur")
    check_that_two_start_one_run(site, aidana, timur)
    check_that_a_stale_tab_decides_nothing(site, aidana, timur)
    check_that_a_double_click_counts_once(site, aidana, signed_in(look, web, "timur", scripts=False))
    check_that_a_reader_is_added_and_removed(site, aidana)
    check_that_a_document_is_looked_at_before_it_counts(site, aidana)
    check_that_instances_are_joined_and_split(site, aidana)
    check_that_a_person_is_erased(site, aidana)
    aidana.check(also_axe=False)


def check_that_two_start_one_run(site: Site, aidana: Watched, timur: Watched) -> None:
    site.partner.fill("in_Client", *({"in_id": f"c{number}", "name": f"c{number}"} for number in range(20)))
    site.partner.fill("in_Client", {"in_id": "wrong", "amount": "NaN"})
    site.partner.hand_over()
    late = timur.open("/c/demo/now")
    # The question is open: his page stays as it is while she answers hers.
    late.locator("#verdict").get_by_role("button", name=START).click()
    with site.locking(f"{STORE}.bo_Client"):
        page = aidana.open("/c/demo/now")
        press(page, START)
        site.wait_for_blocked()
        late.get_by_role("dialog").get_by_role("button", name=START).click()
        follow_to(late, r"another runner was first: run \d+ is held by runner \w+")
    follow_to(page, "21 rows, 1 of them rejected|20 created")
    assert site.count("in_tables.run") == 1
    assert site.count(f"{STORE}.bo_Client") == 20
    assert [(one["viewer"], one["outcome"]) for one in done(site, "run.start")] == [
        ("aidana", "done"),
        ("timur", "failed"),
    ]


def check_that_a_stale_tab_decides_nothing(site: Site, aidana: Watched, timur: Watched) -> None:
    assert site.etl("out", "build", "--version", "2").code == 0
    tabs = [one.open("/c/demo/out") for one in (aidana, timur)]
    for tab in tabs:
        tab.get_by_role("link", name="Switch to it").click()
        expect(tab.get_by_role("main")).to_contain_text("out_demo_1_1")
    switch(tabs[0])
    follow_to(tabs[0], "The views show out_demo_1_2")
    switch(tabs[1])
    follow_to(tabs[1], "The views show out_demo_1_2 by now, not out_demo_1_1")
    assert [(one["viewer"], one["outcome"]) for one in done(site, "out.switch")] == [
        ("aidana", "done"),
        ("timur", "failed"),
    ]


def switch(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Switch")).click()


def check_that_a_double_click_counts_once(site: Site, with_scripts: Watched, without: Watched) -> None:
    error = site.value("select id from in_tables.err where in_id = 'wrong'")
    for number, watched in enumerate((with_scripts, without), start=1):
        site.partner("update in_Client set in_status = 'ERROR' where in_id = 'wrong'")
        page = watched.open(f"/c/demo/errors/{error}")
        page.get_by_role("button", name="Offer it again").dblclick()
        expect(page.get_by_role("status")).to_contain_text("1 row is ready again")
        assert [one["outcome"] for one in done(site, "errors.retry")] == ["done"] * number


def check_that_a_reader_is_added_and_removed(site: Site, watched: Watched) -> None:
    page = watched.open("/c/demo/out")
    page.get_by_label("Name of the reader").fill("warehouse")
    page.get_by_label("For members of the role").fill(site.partner_role)
    page.get_by_role("button", name="Add a reader").click()
    follow_to(page, "warehouse is a reader of out_demo_1_2 for members of")
    for action, said in (("Reset", "The next delivery of warehouse"), ("Remove", "warehouse is no reader of")):
        page = watched.open("/c/demo/out")
        expect(page.get_by_role("main")).to_contain_text("full delivery next")
        page.get_by_role("button", name=action, exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name=action).click()
        follow_to(page, said)
    # The question has the words of the answer.
    until(lambda: site.look(f"select 1 from {STORE}.reader") == [], "the reader is removed")


def check_that_a_document_is_looked_at_before_it_counts(site: Site, watched: Watched) -> None:
    page = watched.open("/c/demo/metadata")
    document = site.text("companies/demo/business-objects/Client.yaml")
    page.get_by_label("Document of a business object").fill(document.replace("code: Name", "code: Title"))
    page.get_by_role("button", name="What would it change?").click()
    follow_to(page, "Nothing was written")
    page = watched.open("/c/demo/metadata")
    expect(page.get_by_role("main")).to_contain_text("column renamed")
    expect(page.get_by_role("main")).to_contain_text("out_demo_1_2.Client.Name")
    watched.check()
    page.get_by_label("Remove the document").select_option("Claim")
    page.get_by_role("button", name="What would its removal change?").click()
    follow_to(page, "Nothing was written")
    expect(watched.open("/c/demo/metadata").get_by_role("main")).to_contain_text("Without Claim")
    assert site.text("companies/demo/business-objects/Client.yaml") == document


def check_that_instances_are_joined_and_split(site: Site, watched: Watched) -> None:
    kept = site.value(f"select _id from {STORE}.bo_Client where _in_id = 'c1'")
    repairs = (
        (
            "c1",
            {"kind": "join", "named": kept, "other": "c2"},
            "Id of the other instance",
            "Join them",
            "is joined with",
        ),
        ("c2", {"kind": "split", "named": "c2"}, "Further external id", "Split it off", "is an instance of its own"),
    )
    for named, wanted, label, action, said in repairs:
        page = watched.open(f"/c/demo/instance?table=in_Client&in_id={named}")
        page.get_by_text("Repair a wrong merge").click()
        page.get_by_label(label).fill("c2")
        page.get_by_role("button", name=f"Count what a {wanted['kind']} would change").click()
        follow_to(page, "Nothing was written")
        page = watched.open(f"/c/demo/repair?{urlencode(wanted | {'table': 'in_Client'})}")
        expect(page.get_by_role("main")).to_contain_text("This would change")
        watched.check()
        page.get_by_role("button", name=action).first.click()
        page.get_by_role("dialog").get_by_role("button", name=action).click()
        follow_to(page, said)
    assert site.count(f"{STORE}.bo_Client where _state = 'ACTUAL'") == 20


def check_that_a_person_is_erased(site: Site, watched: Watched) -> None:
    page = watched.open("/c/demo/instance?table=in_Client&in_id=c13")
    page.get_by_role("link", name="Erase…").click()
    watched.check()
    page.get_by_role("button", name="List what holds values").click()
    follow_to(page, "Nothing was written")
    page = watched.open("/c/demo/erase?table=in_Client&named=c13")
    expect(page.get_by_role("main")).to_contain_text("Beyond reach")
    watched.check()
    page.get_by_label("Type the id to confirm").fill("c14")
    page.get_by_label("Reason").fill("request 118")
    page.get_by_role("button", name="Erase for good").click()
    follow_to(page, "Another id was typed")
    # A browser itself notes that an action was refused.
    watched.seen = [one for one in watched.seen if "409" not in one]
    page = watched.open("/c/demo/erase?table=in_Client&named=c13")
    page.get_by_label("Type the id to confirm").fill("c13")
    page.get_by_label("Reason").fill("request 118")
    page.get_by_role("button", name="Erase for good").click()
    follow_to(page, "were erased as unit")
    assert site.count(f"{STORE}.bo_Client where name = 'c13'") == 0
    assert [one["outcome"] for one in done(site, "erase")] == ["failed", "done"]


def test_a_console_that_is_killed_in_the_middle(site: Site, look: Look) -> None:
    """The run that it has begun is taken over from the page of the next console; each row counts once."""
    [port] = free_ports(1)
    site.partner.fill("in_Client", *({"in_id": f"c{number}", "name": f"c{number}"} for number in range(50)))
    site.partner.hand_over()
    console = started(site, port)
    watched = look(f"http://{LOOPBACK}:{port}")
    page = watched.open("/c/demo/now")
    with site.holding_after_claims():
        page.locator("#verdict").get_by_role("button", name=START).click()
        page.get_by_role("dialog").get_by_role("button", name=START).click(no_wait_after=True)
        site.wait_for_blocked()
        console.kill()
        ended(console)
    site.look("update in_tables.run set heartbeat_at = now() - interval '5 minutes' where state = 'running'")
    console = started(site, port)
    page = watched.open("/c/demo/now")
    says(page, "has stood still since its runner was lost")
    press(page, START)
    follow_to(page, "50 rows, 0 of them rejected|50 created")
    says(watched.open("/c/demo/now"), "All is well")
    console.terminate()
    assert ended(console).code == 143
    assert site.count("in_tables.run") == 1
    assert site.count(f"{STORE}.bo_Client") == 50
    assert site.count(f"{STORE}.journal") == 50


def started(site: Site, port: int) -> "subprocess.Popen[str]":
    console = site.start("web", "--listen", f"{LOOPBACK}:{port}")
    assert console.stdout
    assert console.stdout.readline().startswith("Serving")
    return console
