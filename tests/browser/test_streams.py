"""An open page and its stream: one that is refused, which browsers never ask for again, so the page must; and one
that asks for a page that is being left."""

import re

import pytest
from playwright.sync_api import Route, expect

from etl.web import stream
from tests.fix_browser import Look, follow_to
from tests.fix_company import CLAIMS, MakeSite, Site, until
from tests.fix_web import ServeWeb
from tests.integration.web.test_identity import CONFIG, PASSWORD, add

SECONDS_MS = 40_000.0
STALE = re.compile(r"\bstale\b")
# Within this the page asks again: its clock, which also runs by itself, is set ahead by so much.
LATER_MS = 6_500
_HEAR_HEARTBEATS = """() => new Promise((resolve) => {
  const own = new EventSource("/c/demo/now/events");
  let heard = 0;
  own.addEventListener("heartbeat", () => { heard += 1; if (heard === 3) { own.close(); resolve(); } });
})"""

_NOTE_SENTENCES = """() => new MutationObserver(
  (changes) => noteSentence(changes[0].target.textContent)
).observe(document.getElementById("sentence"), { childList: true })"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS, copyTables="false")


def test_a_stream_that_is_refused_is_asked_for_again(
    site: Site, serve_web: ServeWeb, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the server has too many viewers, then a proxy answers for it, then it is back."""
    watched = look(serve_web(site))
    page, live = watched.page, watched.page.locator("[data-live]")
    page.clock.install()

    def answer_as_a_proxy(route: Route) -> None:
        route.fulfill(status=502, body="no server")

    monkeypatch.setattr(stream, "MOST_VIEWERS", 0)
    with page.expect_response(lambda found: found.url.endswith("/events") and found.status == 503):
        watched.open("/c/demo/now")
    # Meanwhile it is loaded again and again.
    expect(live).not_to_have_class(STALE)
    with page.expect_response(lambda found: found.url.endswith("/events") and found.status == 503):
        page.clock.run_for(LATER_MS)
    for path in ("**/now/events", "**/api/v1/**"):
        page.route(path, answer_as_a_proxy)
    monkeypatch.undo()
    page.clock.run_for(LATER_MS)
    expect(live).to_have_class(STALE, timeout=SECONDS_MS)
    with page.expect_response(lambda found: found.url.endswith("/events") and found.status == 200, timeout=SECONDS_MS):
        page.unroute_all()
        page.clock.run_for(LATER_MS)
    expect(live).not_to_have_class(STALE, timeout=SECONDS_MS)


def test_a_stream_with_heartbeats_alone_is_none_that_a_proxy_keeps(
    site: Site, serve_web: ServeWeb, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 20 seconds without anything a page is asked for again; a server that is slow says that it is there."""
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(stream, "POLL_SECONDS", 3600.0)
    watched = look(serve_web(site))
    page = watched.page
    page.clock.install()
    watched.open("/c/demo/now")
    page.evaluate("window.isTheSame = true")
    for _ in range(4):
        # A second stream hears them at the same time as that of the page, or later.
        page.evaluate(_HEAR_HEARTBEATS)
        page.clock.run_for(7_000)
    assert page.evaluate("window.isTheSame")
    page.route("**/now/events", lambda _: None)
    watched.open("/c/demo/now")
    with page.expect_event("load"):
        page.clock.run_for(30_000)


def test_a_page_that_is_being_left_is_not_loaded_again(site: Site, serve_web: ServeWeb, look: Look) -> None:
    """The answer to a button is late, and meanwhile the page needs other elements: the answer is shown all the same."""
    watched = look(serve_web(site))
    hand_over(site, "first")
    page = watched.open("/c/demo/now")
    kept: list[Route] = []
    sentences: list[str] = []
    page.route("**/run/start", lambda route: kept.append(route))
    page.expose_function("noteSentence", lambda sentence: sentences.append(sentence))
    page.evaluate(_NOTE_SENTENCES)
    page.locator("#verdict").get_by_role("button", name="Start the run").click()
    with page.expect_request("**/run/start"):
        page.get_by_role("dialog").get_by_role("button", name="Start the run").click(no_wait_after=True)
    site.run()

    def is_reported() -> bool:
        page.wait_for_timeout(
            10.0
        )  # its calls arrive meanwhile, Playwright looks at no element of a page that is being left
        return any("All is well" in sentence for sentence in sentences)

    until(is_reported, "the open page says that the run has ended")
    hand_over(site, "second")
    kept[0].continue_()
    page.wait_for_url("**/c/demo/runs/*", timeout=SECONDS_MS)
    follow_to(page, "1 row, 0 of them rejected|1 created")
    watched.check()


def hand_over(site: Site, name: str) -> None:
    site.partner("delete from in_Client")
    site.partner.fill("in_Client", {"in_id": name, "name": name})
    site.partner.hand_over()


def test_an_ended_sign_in_leads_to_the_form(
    site: Site, serve_web: ServeWeb, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(stream, "RETRY_MS", 100)
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    watched = look(serve_web(site))
    watched.page.clock.install()
    page = watched.open("/c/demo/now")
    page.get_by_label("Name").fill("aidana")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response(lambda found: found.url.endswith("/events") and found.status == 200):
        page.get_by_role("button", name="Sign in").click()
    with page.expect_response(lambda found: found.url.endswith("/events") and found.status != 200):
        site.look("delete from etl_web.web_session")
    page.clock.run_for(LATER_MS)
    page.wait_for_url("**/sign-in?next=/c/demo/now", timeout=SECONDS_MS)
