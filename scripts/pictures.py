"""Makes the pictures of docs/console.md: the console on the demo's data, in a browser without a screen.

python -m scripts.pictures         writes docs/pictures/*.png
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from scripts.chromium import provide

FOLDER = Path(__file__).resolve().parent.parent / "docs/pictures"
WIDE, PHONE = (1100, 640), (390, 760)

FILE = b"""in_id,Name,BIN,CreateDate
L-9001,Tulpar Logistics,180540012345,2018-05-14
L-9002,"Altyn Dala, LLP",110240007788,2011-02-03
L-9003,Zhetysu Trade,090140001234,09.01.2009
"""

Scheme = Literal["light", "dark"]
# Name, path, language, colours, size of the window.
PICTURES: tuple[tuple[str, str, str, Scheme, tuple[int, int]], ...] = (
    ("now", "/c/demo/now", "en", "light", WIDE),
    ("errors", "/c/demo/errors", "en", "light", WIDE),
    ("error", "/c/demo/errors/8", "ru", "dark", WIDE),
    ("fill", "/c/demo/fill", "en", "light", WIDE),
    ("undo", "/c/demo/runs/{run}/undo", "en", "light", WIDE),
    ("phone", "/c/demo/now", "kk", "dark", PHONE),
)


def main() -> None:
    """Plays the demo, and takes a picture of each page."""
    FOLDER.mkdir(exist_ok=True)
    program, environ = provide()
    with console() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, env={**os.environ, **environ})
        for picture in PICTURES:
            take(browser, base, *picture)
        browser.close()


@contextmanager
def console() -> Iterator[str]:
    """The address of the console on a demo's data."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "etl", "demo", "--web", "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "ETL_HOME": home})
        if process.stdout is None:
            sys.exit("the demo says nothing")
        lines = iter(process.stdout.readline, "")
        try:
            yield next(found[1] for line in lines if (found := re.match(r"Serving (http://\S+)/ until Ctrl-C", line)))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def take(
    browser: Browser, base: str, name: str, path: str, language: str, scheme: Scheme, size: tuple[int, int]
) -> None:
    """One picture. A run's number is that of the newest one."""
    context = browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{base}/c/demo/runs")
    run = page.locator("main tbody a.id").first.inner_text()
    page.goto(base + path.format(run=run))
    if name == "undo":
        page.get_by_role("button", name="Count what would change").click()
        page.get_by_role("button", name="Revert the run").wait_for()
    if name == "fill":
        page.locator("input[type=file]").set_input_files(
            {"name": "LegalPerson.csv", "mimeType": "text/csv", "buffer": FILE}
        )
        page.get_by_role("button", name="Send and check").click()
        page.get_by_role("button", name="Load").wait_for()
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
