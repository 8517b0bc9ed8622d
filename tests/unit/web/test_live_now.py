"""What changes on the open page Now: each text has an element, which said the same when the page was loaded."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from etl.monitoring import State, Verdict
from etl.web.pages import now
from etl.web.pages.frame import LastGood
from etl.web.pages.now import Bar, Now, OutState, Runner, live
from etl.web.rendering import Renderer
from etl.web.requests import PageRequest, Viewer
from etl.web.roles import Role
from etl.web.texts import LANGUAGES

AT = datetime(2026, 11, 29, 3, 5, tzinfo=UTC)
PAGE = Now(
    zone="Asia/Almaty",
    looked_at=AT,
    company="demo",
    state="running",
    grade="busy",
    values={"run": "7", "percent": 61, "rows_done": 5, "rows": 10, "left_seconds": 240.0},
    detail="waits for <b>",
    acts=("show_run",),
    shape="running",
    lock="",
    run=7,
    run_state="running",
    run_message="",
    started_at=AT,
    finished_at=None,
    beat_age=3.0,
    percent=61,
    rate=88210.0,
    left_seconds=240.0,
    median_rate=91000.0,
    bars=(Bar(kind="BO", done=1, tasks=2, running=1, rows=10, rows_done=5, percent=50),),
    runners=(Runner(role="owner", host="db\u202e1", pid=12345, tasks=3, beat_age=2.0, performs="Contract 8"),),
    rejected=12,
    waiting=1000,
    ready=70,
    oldest_seconds=2460.0,
    out=(
        OutState(schema_name="out_1", state="current", percent=100, behind=0, is_further=False, lag_seconds=0.0),
        OutState(schema_name="out_2", state="building", percent=61, behind=10_000, is_further=True, lag_seconds=5.0),
    ),
    last_runs=(),
    last_hand_over=AT,
    next_scheduled=AT,
    warnings=(),
    faults=(),
)


class Elements(HTMLParser):
    """The text within each element that has an id, and its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.attributes: dict[str, dict[str, str | None]] = {}
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if key := found.get("id"):
            self.texts[key], self.attributes[key] = "", found
        if tag not in ("meta", "link", "input", "br"):
            self._open.append((tag, found.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for key in {key for _, key in self._open if key}:
            self.texts[key] += data


@pytest.mark.parametrize("code", LANGUAGES)
def test_texts_of_the_stream_are_those_of_the_page(code: str) -> None:
    request = PageRequest("demo", Viewer("ann", Role.OPERATOR, code), companies=("demo",))
    elements = Elements()
    elements.feed(Renderer().page("now.html", PAGE, request))
    texts = live(PAGE, code)
    shown = {
        key: elements.attributes[name][attribute] if attribute else elements.texts[name]
        for key in texts
        for name, _, attribute in [key.partition("@")]
        if name in elements.texts
    }
    assert shown == texts


def test_what_makes_an_open_page_load_itself_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shape is sent to readers too: no host is in it."""
    found, shown = Verdict(State.RUNNING, {"run": 7}), (True, PAGE.bars, PAGE.runners, PAGE.out, PAGE.faults)
    shape = now._shape(found, 7, shown)
    assert "db" not in shape
    for changed in (
        now._shape(found, 8, shown),
        now._shape(found, 7, (True, PAGE.bars, PAGE.runners * 2, PAGE.out, PAGE.faults)),
        now._shape(found, 7, (True, PAGE.bars, PAGE.runners, PAGE.out[:1], PAGE.faults)),
        now._shape(found, 7, (True, PAGE.bars, PAGE.runners, PAGE.out, (LastGood(text="", since=AT),))),
    ):
        assert changed != shape
    # A page of an earlier program, whose stream a newer one continues.
    monkeypatch.setattr(now, "BUILD", "other")
    assert now._shape(found, 7, shown) != shape
