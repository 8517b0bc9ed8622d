"""A small batch on a large store: no statement of a run reads a whole table of the store or of the out_ version.

PostgreSQL itself counts, for every statement: `seq_tup_read` of pg_stat_user_tables is what sequential scans have read.
A scan that a limit ends after a few rows reads no whole table. When autovacuum comes is chance; so here it never comes,
and the planner's statistics are those that the runs themselves leave, or are made again right before each run.
"""

import pytest

from tests.fix_company import BOTH_LAYOUTS, OUT, STORE, MakeSite, Site

# Half of it in `make test`: a plan that reads all shows there as well.
INSTANCES = [50_000, pytest.param(100_000, marks=pytest.mark.nightly)]
BATCH = 100

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Iin, type: INPUT_TEXT, useAsKeyInMigration: true, needUploadToOutTable: true}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
nativeFields:
  - {{code: IN_MIGRATION_UPDATED_AT, needUploadToOutTable: true}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Scan, type: FILE_UPLOAD, {_FLAGS}}}
""",
    "Party": "code: Party\ncategory: CO\nbos: [Client, Firm]",
    "Claim": f"""
code: Claim
orderIndex: 3
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
  - {{code: Watcher, type: BO, bo: Client, {_FLAGS}}}
  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_FLAGS}}}
  - {{code: Party, type: CO, co: Party, {_FLAGS}}}
""",
}
LINKS = {"client": "client_id", "watcher": "watcher_id", "team": "team_id", "party_client": "party_id"}
OBJECTS = ("client", "firm", "claim")

_NO_AUTOVACUUM = """
select format('alter table %%I.%%I set (autovacuum_enabled = false)', schemaname, tablename) as statement
from pg_tables where schemaname = any(%s)
"""
_SCANS = """
select schemaname || '.' || relname as name, seq_tup_read as read
from pg_stat_user_tables where n_live_tup >= %s and schemaname = any(%s)
"""


@pytest.fixture(params=INSTANCES)
def instances(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def site(make_site: MakeSite, instances: int) -> Site:
    """A store of this many instances of each object and as many links of each field, read a moment ago."""
    site = make_site(DOCUMENTS)
    site.partner.hand_over()
    assert site.run().run
    for one in site.databases:
        for row in site.look(_NO_AUTOVACUUM, [["in_tables", STORE, OUT]], at=one):
            site.look(row["statement"], at=one)
    fill(site, 1, instances)
    site.partner(
        "insert into in_Claim_Watcher (claim_id, watcher_id) "
        f"select 'm' || n, 'n' || n from generate_series(1, {instances // 5}) n"
    )
    site.partner.hand_over()
    site.run()
    assert site.count(f"{STORE}.bo_Claim") == instances
    return site


def fill(site: Site, first: int, last: int) -> None:
    numbers = f"from generate_series({first}, {last}) n"
    tables = [*(f"in_{one}" for one in OBJECTS), *(f"in_claim_{link}" for link in LINKS)]
    site.partner(f"truncate {', '.join(tables)}")
    site.partner(f"insert into in_client (in_id, email, name) select 'c' || n, n || '@x', 'client ' || n {numbers}")
    site.partner(f"insert into in_firm (in_id, name) select 'f' || n, 'firm ' || n {numbers}")
    site.partner(f"insert into in_claim (in_id, title) select 'k' || n, 'claim ' || n {numbers}")
    for link, column in LINKS.items():
        rows = f"select 'k' || n, 'c' || n, '2024-01-01' {numbers}"
        site.partner(f"insert into in_claim_{link} (claim_id, {column}, inserted_date) {rows}")


def scanned(site: Site, before: dict[str, int], large: int) -> dict[str, int]:
    read = {name: rows - before.get(name, 0) for name, rows in counts(site, large).items()}
    return {name: rows for name, rows in read.items() if rows > large}


def counts(site: Site, large: int) -> dict[str, int]:
    """Database and table of at least this many rows -> rows that were read of it one after the other."""
    found: dict[str, int] = {}
    for one in site.databases:
        site.wait_for_statistics(one)
        rows = site.look(_SCANS, [large, [STORE, OUT]], at=one)
        found |= {f"{one.name} {row['name']}": row["read"] for row in rows}
    return found


def handed_over(site: Site, *, large: int, are_statistics_fresh: bool) -> dict[str, int]:
    """Tables of at least this many rows that the run over what is ready now has read whole."""
    site.partner.hand_over()
    if are_statistics_fresh:
        for one in site.databases:
            site.look("analyze", at=one)
    before = counts(site, large)
    assert len(before) > 10
    assert site.run().run
    return scanned(site, before, large)


@BOTH_LAYOUTS
def test_no_large_table_is_read_whole(site: Site, instances: int) -> None:
    """First with the statistics that the runs left, then with fresh ones; with other rows of the same kinds."""
    for turn, fresh in enumerate([False, True]):
        assert_small_batches_read_little(site, instances, turn, are_statistics_fresh=fresh)


def assert_small_batches_read_little(site: Site, instances: int, turn: int, *, are_statistics_fresh: bool) -> None:
    def read_whole() -> dict[str, int]:
        return handed_over(site, large=instances // 10, are_statistics_fresh=are_statistics_fresh)

    before, half, late = turn * BATCH, BATCH // 2, f"later {turn}"
    fill(site, instances + before - half, instances + before + half)
    assert read_whole() == {}

    fill(site, before + 1, before + BATCH)
    site.partner("update in_client set name = upper(name), removed = id % 7 = 0")
    site.partner(f"update in_firm set scan = 'f{turn}' where id % 2 = 0")
    site.partner("update in_claim_client set client_id = 'c' || (id + 500) from in_claim where claim_id = in_id")
    site.partner("insert into in_claim_party_firm (claim_id, party_id) select in_id, 'f7' from in_claim")
    site.partner("insert into in_claim_watcher (claim_id, watcher_id) select in_id, %s from in_claim", [late])
    assert read_whole() == {}

    known = site.look(
        f"select _id as out_id, 'x' || _in_id as in_id, email from {STORE}.bo_client "
        f"order by _id limit {BATCH} offset {before}"
    )
    fill(site, 1, 0)
    site.partner.fill("in_client", *known)
    numbers = f"from generate_series({200 + before}, {300 + before}) n"
    site.partner(f"insert into in_client (in_id, email) select 'y' || n, n || '@x' {numbers}")
    site.partner("insert into in_client (in_id, name) values (%s, 'arrives')", [late])
    site.partner("insert into in_fileStorage (file_id, content) values (%s, 'x')", [f"f{turn}"])
    assert read_whole() == {}

    fill(site, 1, 0)
    assert read_whole() == {}
