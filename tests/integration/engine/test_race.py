"""Two runners that saw the same marker: the slower one says who holds it, whatever lock it meets on the way."""

from contextlib import ExitStack
from subprocess import Popen
from typing import Any

import pytest
import sqlalchemy

from etl.engine import Runtime, run_once
from etl.errors import MarkerHeld
from tests.fix_company import CLAIMS, STORE, MakeSite, Site, ended

pytestmark = pytest.mark.first_run


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    site.run()
    site.partner.redeliver("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "name": "Bela"})
    site.partner.hand_over()
    return site


def run_overtaken(site: Site, runtime: Runtime, before: str) -> "Popen[str]":
    """Runs; before its first statement with these words another runner wins, and stays in the middle of a task.

    There it waits to change Anna, and holds what it has written about Bela, in the journal too.
    """
    faster: list[Popen[str]] = []

    def overtake(*arguments: Any) -> None:
        if before in arguments[2] and not faster:
            held.enter_context(site.locking_rows(f"{STORE}.bo_Client"))
            faster.append(site.start("run"))
            site.wait_for_blocked()

    engines = {runtime.engine, runtime.store_engine}
    for engine in engines:
        sqlalchemy.event.listen(engine, "before_cursor_execute", overtake)
    with ExitStack() as held, pytest.raises(MarkerHeld, match="is held by runner"):
        run_once(runtime)
    for engine in engines:
        sqlalchemy.event.remove(engine, "before_cursor_execute", overtake)
    return faster[0]


@pytest.mark.parametrize("before", ["pg_advisory_xact_lock", "run_fence for update"])
def test_the_slower_one_is_reported_who_holds_the_marker(site: Site, before: str) -> None:
    """It has looked and will prepare, or it has prepared and looked again and will lock the fence."""
    with site.runtime() as runtime:
        faster = run_overtaken(site, runtime, before)
    assert ended(faster).code == 0
    assert site.partner.statuses("in_Client") == {"DONE": 2}
