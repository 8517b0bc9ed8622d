"""From `run_once` to a statement it is at most a dozen calls of ours: the way of a row can be read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

import etl
from tests.fix_company import BOTH_LAYOUTS, MakeSite
from tests.integration.engine.test_workers import DOCUMENTS, fill

OURS = str(Path(etl.__file__).parent)
MOST = 12


@contextmanager
def ways() -> Iterator[set[tuple[str, ...]]]:
    """The functions of ours that are on the stack when a statement is executed, from `run_once` on."""
    found: set[tuple[str, ...]] = set()

    def note(*_: object) -> None:
        frame, way = sys._getframe(), []
        while frame := frame.f_back:  # type: ignore[assignment]
            if frame.f_code.co_filename.startswith(OURS):
                way.append(frame.f_code.co_qualname)
                if way[-1] == "run_once":
                    found.add(tuple(reversed(way)))
                    return

    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)


@BOTH_LAYOUTS
def test_a_statement_is_a_dozen_calls_away(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=1")
    with ways() as found:
        for batch in (1, 2):
            fill(site, batch)
            site.partner.hand_over()
            assert site.run().run
    functions = {name for way in found for name in way}
    assert functions >= {"execute", "publish", "Settled.write", "Settling.reconcile", "LinkMerge.run"}
    assert not {way for way in found if len(way) > MOST}
