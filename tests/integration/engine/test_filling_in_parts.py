"""A very large first load: two tasks fill a table of the new out_ version, each a part of it."""

import pytest

from etl.engine import Outcome, Runtime, build_version, run_once
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, OUT, STORE, MakeSite, Site
from tests.integration.engine.test_crashes import Crash
from tests.integration.engine.test_filling import CHUNK_ROWS, TABLES, check_complete, counted, deliver, large
from tests.integration.outputs.writers import wrong_rows

pytestmark = pytest.mark.first_run

ROWS = 3 * CHUNK_ROWS
TITLES = [f"Заполнение / fill: {table} ({part}/2)" for part in (1, 2) for table in TABLES]


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """A first batch is ready for two workers."""
    site = make_site(CLAIMS)
    site.write("consumers/InMigration.workerCount", "comeKafkaInMigration=2")
    deliver(site, rows=ROWS)
    return site


def run(site: Site, fillings: int | None = None) -> Outcome:
    """A run that finds the statistics which many rows would have; killed after this many tasks of filling are done."""

    def check_cancelled() -> None:
        done = site.count("in_tables.task where kind = 'FILL_OUT' and state = 'done'")
        if not done and site.count("in_tables.task where kind = 'NOP' and state = 'done'") == 2:
            _analyze(site, runtime)
        if fillings is not None and done >= fillings:
            raise Crash

    with large(site, worker_count=1 if fillings else 2) as runtime:
        return run_once(runtime, check_cancelled=check_cancelled)


def _analyze(site: Site, runtime: Runtime) -> None:
    runtime.catch_up()
    for table in ("bo_Client", "bo_Claim", "link_Claim_Client", "link_Claim_Watchers"):
        site.look(f"analyze {STORE}.{table}", at=site.out_database)


def cuts(site: Site) -> dict[str, list[str]]:
    [row] = site.look(f"select fill -> 'cuts' as cuts from {STORE}.out_version", at=site.out_database)
    return row["cuts"] or {}


@BOTH_LAYOUTS
def test_each_part_has_a_task(site: Site) -> None:
    run(site)
    filled = {title: rows for title, rows in counted(site).items() if title.startswith("Заполнение")}
    assert list(filled) == TITLES
    half = ROWS // 2
    assert all(sum(rows.values()) == half for rows in filled.values()), "the sample is the whole small table"
    check_complete(site, rows=ROWS)


@BOTH_LAYOUTS
@pytest.mark.parametrize("fillings", [2, 5])
def test_a_run_that_breaks_off_between_parts_is_finished_by_the_next(site: Site, fillings: int) -> None:
    with pytest.raises(Crash):
        run(site, fillings)
    assert set(cuts(site)) == set(TABLES)
    with large(site) as runtime:
        assert run_once(runtime).taken_over
    check_complete(site, rows=ROWS)


@pytest.mark.parametrize("fillings", [2, 5])
def test_a_build_finishes_the_parts_in_chunks(site: Site, fillings: int) -> None:
    with pytest.raises(Crash):
        run(site, fillings)
    with large(site) as runtime:
        built = build_version(runtime, "1", lambda percent: None)
    assert sum(built.rows.values()) == 4 * ROWS - (fillings - 1) * ROWS // 2
    assert wrong_rows(site, OUT) == {}


@pytest.mark.nightly
def test_without_statistics_the_first_task_does_it_all(site: Site) -> None:
    with large(site) as runtime:
        run_once(runtime)
    filled = counted(site)
    assert [sum(filled[title].values()) for title in TITLES] == [ROWS] * 4 + [0] * 4
    check_complete(site, rows=ROWS)
