"""Late and stalled feeds: one alert and one all-clear, whichever runner looks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from etl.engine import read_feed, watch_feed
from tests.fix_company import CLAIMS, MakeSite, Site
from tests.integration.hooks.listener import Listener, listening

RUNNERS = 4


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as listener:
        yield listener


@pytest.fixture
def site(make_site: MakeSite, listener: Listener) -> Site:
    """A hand-over is due every hour and must be read within ten minutes; the first one has been."""
    site = make_site(CLAIMS, freshnessMinutes=60, stalledMinutes=10, hookUrl=listener.url)
    site.run()
    listener.events.clear()
    return site


def hours_ago(site: Site, hours: int) -> None:
    """The last hand-over was so long ago."""
    site.look("update in_tables.run set started_at = now() - make_interval(hours => %s)", [hours])


def watch(site: Site) -> None:
    with site.runtime() as runtime:
        watch_feed(runtime)


def test_a_late_feed_is_reported_once_and_once_when_it_is_over(site: Site, listener: Listener) -> None:
    watch(site)
    assert listener.names == []
    hours_ago(site, 3)
    for _ in range(3):
        watch(site)
    assert listener.names == ["feed.late"]
    assert listener.events[0]["message"].startswith("a hand-over of demo was due at ")
    site.partner.hand_over()
    site.run()
    for _ in range(3):
        watch(site)
    assert listener.names == ["feed.late", "run.done", "feed.late.over"]
    assert site.count("in_tables.freshness_alert") == 0
    hours_ago(site, 3)
    watch(site)
    assert listener.names[3:] == ["feed.late"]


def test_many_runners_raise_one_alert(site: Site, listener: Listener) -> None:
    watch(site)
    hours_ago(site, 3)
    with ThreadPoolExecutor(RUNNERS) as pool:
        for _ in pool.map(watch, [site] * RUNNERS * 2):
            pass
    assert listener.names == ["feed.late"]


def test_every_etl_run_looks_also_one_with_nothing_to_do(site: Site, listener: Listener) -> None:
    hours_ago(site, 3)
    done = site.etl("run")
    assert done.code == 0
    assert "Nothing to do" in done.out
    assert " feed.late: a hand-over of demo was due at " in done.err
    assert listener.names == ["feed.late"]
    assert site.etl("run").err == ""


def test_a_look_that_finds_nothing_new_writes_nothing(site: Site) -> None:
    hours_ago(site, 3)
    watch(site)
    before = site.look("select xmin, ctid, * from in_tables.freshness_alert order by kind, channel")
    row = site.look("select xmin from in_tables.freshness")
    watch(site)
    assert site.look("select xmin, ctid, * from in_tables.freshness_alert order by kind, channel") == before
    assert site.look("select xmin from in_tables.freshness") == row


def test_a_hook_that_fails_is_reported_again_and_then_let_be(site: Site, listener: Listener) -> None:
    listener.answer = 500
    hours_ago(site, 3)
    for _ in range(8):
        watch(site)
        site.look("update in_tables.freshness_alert set sending_until = now() - interval '1 s' where sent_at is null")
    assert listener.names == ["feed.late"] * 5
    # There was no notification, so there is no all-clear.
    hours_ago(site, 0)
    watch(site)
    assert listener.names == ["feed.late"] * 5


def test_a_failing_hook_is_not_asked_at_every_look(site: Site, listener: Listener) -> None:
    listener.answer = 500
    hours_ago(site, 3)
    watch(site)
    watch(site)
    assert listener.names == ["feed.late"]


def test_a_teller_that_died_is_replaced(site: Site, listener: Listener) -> None:
    hours_ago(site, 3)
    watch(site)
    listener.events.clear()
    # As a runner leaves it that was killed between its claim and its word.
    site.look(
        "update in_tables.freshness_alert set sent_at = null, attempts = 1, sending_until = now() + interval '1 h'"
    )
    watch(site)
    assert listener.names == []
    site.look("update in_tables.freshness_alert set sending_until = now() - interval '1 s'")
    watch(site)
    assert listener.names == ["feed.late"]


def test_a_hand_over_that_no_one_reads_is_stalled_and_not_late(site: Site, listener: Listener) -> None:
    hours_ago(site, 3)
    site.partner.hand_over()
    watch(site)
    assert listener.names == []
    site.look("update in_tables.freshness set ready_since = now() - interval '11 minutes'")
    watch(site)
    assert listener.names == ["feed.stalled"]
    check = site.etl("check").out
    assert "a hand-over should have been read by" in check
    assert "etl_feed_stalled_seconds" in site.etl("metrics", "--once").out
    site.run()
    watch(site)
    assert listener.names == ["feed.stalled", "run.done", "feed.stalled.over"]


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_run_that_does_not_end_or_was_stopped_is_stalled(site: Site, listener: Listener, state: str) -> None:
    site.look(
        "update in_tables.run set state = %s, started_at = now() - interval '20 minutes', heartbeat_at = now(), "
        "finished_at = now() - interval '20 minutes'",
        [state],
    )
    if state == "stopped":
        site.partner("update process_tracking set ins_inkafka_status = 2")
    watch(site)
    assert listener.names == ["feed.stalled"]


@pytest.mark.first_run
def test_a_company_that_never_hands_over_is_late_too(make_site: MakeSite, listener: Listener) -> None:
    site = make_site(CLAIMS, freshnessMinutes=60, hookUrl=listener.url)
    site.partner("insert into process_tracking (oper_date, load_status) values (current_date, 0)")
    watch(site)
    site.look("update in_tables.freshness set watched_since = now() - interval '2 hours'")
    watch(site)
    assert listener.names == ["feed.late"]
    assert listener.events[0]["message"].endswith("the last one was never")


def test_who_has_said_nothing_is_not_watched(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    site.run()
    with site.runtime() as runtime:
        assert watch_feed(runtime) is None
        assert read_feed(runtime) is None
    assert site.count("in_tables.freshness") == 0


def test_a_hook_that_is_no_longer_configured_needs_no_all_clear(site: Site, listener: Listener) -> None:
    hours_ago(site, 3)
    watch(site)
    site.set(freshnessMinutes=60)
    hours_ago(site, 0)
    watch(site)
    assert listener.names == ["feed.late"]
    assert site.count("in_tables.freshness_alert") == 0
