"""A real browser for the console: each page in a context of its own, watched for whatever should not be there.

`ETL_TEST_BROWSER=/path/to/program` takes another Chromium than the one that scripts/browser provides.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from tests.fix_web import Web

_SCRIPT = Path(__file__).parent.parent / "scripts/browser"
_PATIENCE_MS = 20_000
WIDE, PHONE = 1200, 390
SECONDS_MS = 40_000.0
"""How long an open page may take to say what the server's speed decides."""

Scheme = Literal["light", "dark"]


@dataclass
class Watched:
    """A page and what was seen of it: lines of its console, faults of its script, requests to other hosts."""

    page: Page
    base: str
    seen: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Goes to a path of the console."""
        try:
            self.page.goto(self.base + path, wait_until="load")
        except Error as error:
            # The page before was just loading itself again, as pages do that follow something.
            if "ERR_ABORTED" not in str(error):
                raise
            self.page.goto(self.base + path, wait_until="load")
        return self.page

    def check(self, *, also_axe: bool = True) -> None:
        """Nothing was written to the console, asked of elsewhere, or is out of reach for some people."""
        where = self.page.url
        assert not self.seen, f"{where}: {self.seen}"
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{where} is {width} pixels wider than its window"
        if also_axe:
            found = Axe().run(self.page)
            wrong = [f"{one['id']}: {[node['html'][:150] for node in one['nodes']]}" for one in violations(found)]
            assert not wrong, f"{where}: {wrong}"

    def note(self, message: ConsoleMessage) -> None:
        self.seen.append(f"console {message.type}: {message.text}")

    def note_request(self, request: Request) -> None:
        if not request.url.startswith(self.base):
            self.seen.append(f"asked of elsewhere: {request.url}")


def violations(found: Any) -> list[dict[str, Any]]:
    """What axe objects to."""
    listed: list[dict[str, Any]] = found.response["violations"]
    return listed


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium; that none can be had is a failure, never a skip."""
    program, *variables = _provided()
    environ: dict[str, str | float | bool] = {**os.environ, **dict(one.split("=", 1) for one in variables)}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, env=environ)
        yield started
        started.close()


def _provided() -> list[str]:
    if given := os.environ.get("ETL_TEST_BROWSER"):
        return [given]
    done = subprocess.run([sys.executable, _SCRIPT], capture_output=True, text=True, check=False, timeout=900)
    if done.returncode:
        pytest.fail(f"scripts/browser failed:\n{done.stderr}", pytrace=False)
    return done.stdout.split("\n")[:-1]


class Look(Protocol):
    def __call__(
        self, web: Web | str, *, language: str = ..., scheme: Scheme = ..., width: int = ..., scripts: bool = ...
    ) -> Watched: ...


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Opens watched pages of a console, or of the one at an address; their contexts are closed with the test."""
    contexts = []

    def opened(
        web: Web | str, *, language: str = "en", scheme: Scheme = "light", width: int = WIDE, scripts: bool = True
    ) -> Watched:
        context = browser.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            ignore_https_errors=True,  # the certificates of tests have no authority
        )
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        watched = Watched(context.new_page(), web if isinstance(web, str) else f"http://127.0.0.1:{web.port}")
        watched.page.on("console", watched.note)
        watched.page.on("pageerror", lambda fault: watched.seen.append(f"script: {fault}"))
        watched.page.on("request", watched.note_request)
        return watched

    yield opened
    for context in contexts:
        context.close()


def says(page: Page, sentence: str) -> None:
    """The open page says it by itself: nothing is loaded again by the test."""
    expect(page.locator("#sentence")).to_have_text(re.compile(sentence), timeout=SECONDS_MS)


def offers(page: Page, *actions: str) -> None:
    """Exactly these actions, beside the summary that can always be copied."""
    expect(page.locator("#verdict .actions").locator("button:visible, a")).to_have_text([*actions, "Copy a summary"])


def press(page: Page, action: str) -> None:
    """Presses a button, says yes to its question, and is on the page that the action leads to."""
    page.locator("#verdict").get_by_role("button", name=action).first.click()
    with page.expect_navigation(timeout=SECONDS_MS):
        page.get_by_role("dialog").get_by_role("button", name=action).click()


def follow_to(page: Page, what: str) -> None:
    """The page that an action leads to; while it is being done, that page looks again by itself."""
    expect(page.get_by_role("main")).to_contain_text(re.compile(what), timeout=SECONDS_MS)
