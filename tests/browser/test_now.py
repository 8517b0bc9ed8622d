"""The page Now through a bad night: each state made for real, its sentence on the open page, and its action."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Page, expect

from etl.errors import EtlError, RunStopped
from tests.fix_browser import Look, Watched
from tests.fix_company import CLAIMS, IMPORT_CONFIG, STORE, MakeSite, Site, ended
from tests.fix_web import ServeWeb

SECONDS_MS = 40_000.0
_TRIGGER = f"""
create function public.trouble() returns trigger language plpgsql as $$
begin
    {{act}}
    return null;
end $$;
create trigger trouble after insert on {STORE}.bo_Client referencing new table as fresh
    for each statement execute function public.trouble();
"""
FULL_DISK = "raise exception 'no space left on device' using errcode = '53100';"
# Rows that the server takes one by one, and not together: none of them is found to be the cause.
UNMERGEABLE = "if (select count(*) from fresh) > 1 then raise exception 'injected' using errcode = '22003'; end if;"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false", taskAttempts=3, maxRemovedShare=30)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=1")
    return site


@contextmanager
def trouble(site: Site, act: str) -> Iterator[None]:
    site.look(_TRIGGER.format(act=act), at=site.store_database)
    yield
    site.look(f"drop trigger trouble on {STORE}.bo_Client; drop function public.trouble", at=site.store_database)


def hand_over(site: Site, *names: str) -> None:
    site.partner("delete from in_Client")
    site.partner.fill("in_Client", *({"in_id": name, "name": name} for name in names))
    site.partner.hand_over()


def says(page: Page, sentence: str) -> None:
    """The open page says it by itself: nothing is loaded again by the test."""
    expect(page.locator("#sentence")).to_have_text(re.compile(sentence), timeout=SECONDS_MS)


def offers(page: Page, *actions: str) -> None:
    """Exactly these actions, beside the summary that can always be copied."""
    expect(page.locator("#verdict .actions").locator("button:visible, a")).to_have_text([*actions, "Copy a summary"])


def press(page: Page, action: str) -> None:
    """Presses a button, and says yes to its question."""
    page.locator("#verdict").get_by_role("button", name=action).first.click()
    page.get_by_role("dialog").get_by_role("button", name=action).click()


def follow_to(page: Page, what: str) -> None:
    """The page that an action leads to; while it is being done, that page looks again by itself."""
    expect(page.get_by_role("main")).to_contain_text(re.compile(what), timeout=SECONDS_MS)


def test_a_night(site: Site, serve_web: ServeWeb, look: Look) -> None:
    watched = look(serve_web(site))
    page = watched.open("/c/demo/now")
    check_no_service(site, page)
    check_a_lock_and_a_dead_owner(site, watched)
    check_a_full_disk(site, watched)
    check_a_guard(site, watched)
    check_quarantine(site, watched)
    check_a_database_that_is_away(site, watched)
    watched.check()


def check_no_service(site: Site, page: Page) -> None:
    hand_over(site, *(f"c{number}" for number in range(150)))
    says(page, "no service is running")
    offers(page, "Start the run")
    press(page, "Start the run")
    follow_to(page, "150 rows, 0 of them rejected|150 created")
    assert site.count(f"{STORE}.bo_Client") == 150


def check_a_lock_and_a_dead_owner(site: Site, watched: Watched) -> None:
    hand_over(site, "waits")
    page = watched.open("/c/demo/now")
    with site.locking(f"{STORE}.bo_Client"):
        runner = site.start("run")
        says(page, r"waits for a lock: in_Client is held up by session \d+ of the role postgres")
        offers(page, "See the run")
        expect(page.locator("#lock")).to_have_text(re.compile(r"from pg_stat_activity where pid = \d+;"))
        runner.kill()
        ended(runner)
        site.look("update in_tables.run set heartbeat_at = now() - interval '5 minutes' where state = 'running'")
        says(page, "has stood still since its runner was lost 5 min")
        offers(page, "Start the run")
    press(page, "Start the run")
    follow_to(page, "1 row, 0 of them rejected|1 created")


def check_a_full_disk(site: Site, watched: Watched) -> None:
    hand_over(site, "large")
    page = watched.open("/c/demo/now")
    with trouble(site, FULL_DISK):
        runner = site.start("run")
        says(page, "disk is full")
        offers(page, "See what the checks find", "See the run")
    says(page, "All is well")
    assert ended(runner).code == 0


def check_a_guard(site: Site, watched: Watched) -> None:
    site.partner("delete from in_Client")
    site.partner.fill("in_Client", *({"in_id": f"c{number}", "name": "", "removed": True} for number in range(100)))
    site.partner.hand_over()
    with pytest.raises(RunStopped):
        site.run()
    page = watched.open("/c/demo/now")
    says(page, "stopped by a guard")
    offers(page, "Accept the changes and run", "See the run")
    press(page, "Accept the changes and run")
    follow_to(page, "100 removed|100 rows, 0 of them rejected")


def check_quarantine(site: Site, watched: Watched) -> None:
    hand_over(site, "poison 1", "poison 2")
    with trouble(site, UNMERGEABLE):
        for _ in range(4):
            with suppress(EtlError):
                site.run()
    page = watched.open("/c/demo/now")
    says(page, "2 rows were rejected unread")
    offers(page, "Offer these rows again", "See the run")
    press(page, "Offer these rows again")
    expect(page.get_by_role("status").first).to_contain_text("2 rows are ready again")
    assert site.partner.statuses("in_Client") == {"": 2}


def check_a_database_that_is_away(site: Site, watched: Watched) -> None:
    """The last values stay on an open page, greyed; when the database is back, the page follows again."""
    page = watched.open("/c/demo/now")
    rejected = page.locator("#rejected").inner_text()
    text = site.text(IMPORT_CONFIG)
    site.write(IMPORT_CONFIG, text.replace(f"port={site.database.port}", "port=1"))
    says(page, "cannot be reached")
    expect(page.locator("[data-live]")).to_have_class("stale")
    expect(page.locator("#rejected")).to_have_text(rejected)
    site.write(IMPORT_CONFIG, text)
    expect(page.locator("[data-live]")).not_to_have_class("stale", timeout=SECONDS_MS)
