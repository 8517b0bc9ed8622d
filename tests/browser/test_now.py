"""The page Now through a bad night: each state made for real, its sentence on the open page, and its action."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import psycopg
import pytest
from playwright.sync_api import Page, expect

from etl.errors import EtlError, RunStopped
from tests.fix_browser import SECONDS_MS, Look, Watched, follow_to, offers, press, says
from tests.fix_company import CLAIMS, IMPORT_CONFIG, STORE, MakeSite, Site, ended, superuser
from tests.fix_disk import full_disk
from tests.fix_web import ServeWeb

_TRIGGER = f"""
create function public.trouble() returns trigger language plpgsql as $$
begin
    {{act}}
    return null;
end $$;
create trigger trouble after insert on {STORE}.bo_Client referencing new table as fresh
    for each statement execute function public.trouble();
"""
# Of an ordinary user, who may mount no small file system: the server's word without its reason.
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


def test_a_night(site: Site, serve_web: ServeWeb, look: Look, open_folder: Path) -> None:
    watched = look(serve_web(site))
    page = watched.open("/c/demo/now")
    check_no_service(site, page)
    check_a_lock(site, watched)
    check_a_dead_owner(site, watched)
    check_a_full_disk(site, watched, open_folder)
    check_a_guard(site, watched)
    check_quarantine(site, watched)
    check_rejected_rows(site, watched)
    check_a_database_that_is_away(site, watched)
    watched.check()


def check_no_service(site: Site, page: Page) -> None:
    hand_over(site, *(f"c{number}" for number in range(150)))
    says(page, "no service is running")
    offers(page, "Start the run")
    press(page, "Start the run")
    follow_to(page, "150 rows, 0 of them rejected|150 created")
    assert site.count(f"{STORE}.bo_Client") == 150


def check_a_lock(site: Site, watched: Watched) -> None:
    hand_over(site, "waits")
    page = watched.open("/c/demo/now")
    with site.locking(f"{STORE}.bo_Client"):
        runner = site.start("run")
        says(page, r"waits for a lock: in_Client is held up by session \d+ of the role postgres")
        offers(page, "See the run")
        with psycopg.connect(**superuser(site.store_database)) as session:
            [holder] = session.execute(page.locator("#lock").inner_text().encode())
        assert "lock table" in str(holder)
        page.get_by_role("link", name="See the run").click()
        follow_to(page, "Tasks")
        page = watched.open("/c/demo/now")
    says(page, "All is well")
    assert ended(runner).code == 0


def check_a_dead_owner(site: Site, watched: Watched) -> None:
    hand_over(site, "left")
    page = watched.open("/c/demo/now")
    with site.locking(f"{STORE}.bo_Client"):
        runner = site.start("run")
        site.wait_for_blocked()
        runner.kill()
        ended(runner)
        site.look("update in_tables.run set heartbeat_at = now() - interval '5 minutes' where state = 'running'")
        says(page, "has stood still since its runner was lost 5 min")
        offers(page, "Start the run")
    press(page, "Start the run")
    follow_to(page, "1 row, 0 of them rejected|1 created")


def check_a_full_disk(site: Site, watched: Watched, folder: Path) -> None:
    site.partner("delete from in_Client")
    # Not to be compressed: the table has to grow.
    site.partner.fill("in_Client", *({"in_id": f"l{number}", "name": token_hex(900)} for number in range(40)))
    site.partner.hand_over()
    page = watched.open("/c/demo/now")
    with ExitStack() as stack:
        if not stack.enter_context(full_disk(site, folder)):
            stack.enter_context(trouble(site, FULL_DISK))
        runner = site.start("run")
        says(page, "disk is full")
        offers(page, "See what the checks find", "See the run")
        page.get_by_role("link", name="See what the checks find").click()
        page.get_by_role("button", name="Check again").click()
        follow_to(page, r"run \d+ waits for the server: .*free disk space on the server")
        page = watched.open("/c/demo/now")
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


def check_rejected_rows(site: Site, watched: Watched) -> None:
    """The row is corrected by the partner and offered again by the operator; the next run takes it."""
    hand_over(site, "right", "wrong")
    site.partner("update in_Client set amount = 'NaN' where in_id = 'wrong'")
    assert site.run().errors == 1
    page = watched.open("/c/demo/now")
    says(page, "1 of 2 rows were rejected")
    offers(page, "See the rejected rows", "See the run")
    page.get_by_role("link", name="See the rejected rows").click()
    page.locator("tbody a[href*='/errors/']").first.click()
    site.partner("update in_Client set amount = 1 where in_id = 'wrong'")
    page.get_by_role("button", name="Offer it again").click()
    expect(page.get_by_role("status").first).to_contain_text("1 row is ready again")
    site.partner.hand_over()
    page = watched.open("/c/demo/now")
    press(page, "Start the run")
    follow_to(page, "1 row, 0 of them rejected|1 created")
    says(watched.open("/c/demo/now"), "All is well")


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
