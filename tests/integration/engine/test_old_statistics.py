"""Statements that are rarely used, in a store whose statistics are older than its newest run: what they read is
counted, table by table, by PostgreSQL itself, and a few times the table's size is enough."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy

from etl.database import SqlTemplates, transaction
from etl.engine import explain, undo
from etl.store import UndoCounters
from tests.fix_company import CLAIMS, OUT, STORE, MakeSite, Site

JOURNAL_ROWS = 200_000
LINKS = 3_000
# Statements of one command that each read a table once; a scan for each of 3,000 links is far beyond.
_TIMES = 12
# A table of a page or two may well be read for each link: that costs no more than its index.
_ALWAYS_ROWS = LINKS * 200

_READ = """
select relid::regclass::text as name, seq_tup_read + coalesce(idx_tup_fetch, 0) as read
from pg_stat_user_tables
where schemaname !~ '^pg_'
"""


@dataclass(frozen=True)
class OldStatistics:
    """A site whose journal is large; nothing is analyzed any more by the server itself."""

    site: Site

    @contextmanager
    def reading_little(self, what: str) -> Iterator[None]:
        """What is done meanwhile reads no table more than a few times."""
        had = self._rows()
        before = self._read()
        yield
        after = self._read()
        for name, has in self._rows().items():
            rows = max(has, had.get(name, 0))
            read = after.get(name, 0) - before.get(name, 0)
            assert read <= _TIMES * rows + _ALWAYS_ROWS, f"{what} reads {read:,} rows of {name}, which has {rows:,}"

    def _read(self) -> dict[str, int]:
        self.site.wait_for_statistics(self.site.database)
        return {row["name"]: row["read"] for row in self.site.look(_READ, at=self.site.database)}

    def _rows(self) -> dict[str, int]:
        """How many rows each table has."""
        names = [row["name"] for row in self.site.look(_READ, at=self.site.database)]
        counts = " union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in names)
        return {row["name"]: row["rows"] for row in self.site.look(counts, at=self.site.database)}

    def run(self) -> int:
        self.site.partner.hand_over()
        run = self.site.run().run
        assert run
        return run

    def undo(self, run: int) -> UndoCounters:
        with self.site.runtime() as runtime:
            return undo(runtime, run).counters


def old_statistics(site: Site, rows: int) -> OldStatistics:
    """All tables are there and analyzed, and the journal has many rows of an old run."""
    partner = site.partner
    partner.fill("in_client", {"in_id": "a", "name": "Ann"})
    partner.fill("in_claim", *({"in_id": str(n), "title": str(n)} for n in range(100)))
    partner.fill("in_claim_watchers", {"claim_id": "1", "watchers_id": "a"})
    partner.fill("in_claim_client", {"claim_id": "1", "client_id": "a"})
    partner.fill("in_claim_watchers", {"claim_id": "2", "watchers_id": "waits"})
    site.run()
    into = f"insert into {STORE}.journal (run, bo, field, instance, target, change, before) select 1, "
    of_links = "'Claim', 'Watchers', to_hex(n), to_hex(n + 1), 'linked', null"
    of_instances = "'Client', null, to_hex(n), null, 'changed', '{\"name\": \"x\"}'"
    for change in (of_links, of_instances):
        site.look(f"{into}{change} from generate_series(1, %s) n", [rows // 2])
    links = f"insert into {STORE}.link_Claim_Watchers (_owner, _target, _target_bo, _linked_at) select "
    site.look(f"{links}to_hex(n), to_hex(n + 1), 'Client', now() from generate_series(1, %s) n", [rows // 2])
    partner.hand_over()
    site.run()  # the out_ version follows them
    names = site.look(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname like any (array['in\\_tables', 'store\\_%', 'out\\_%'])",
        at=site.database,
    )
    for row in names:
        site.look(f"alter table {row['name']} set (autovacuum_enabled = false)", at=site.database)
    site.look("vacuum analyze", at=site.database)
    return OldStatistics(site)


@pytest.fixture
def old(make_site: MakeSite) -> OldStatistics:
    return old_statistics(make_site(CLAIMS), JOURNAL_ROWS)


def _give_links(old: OldStatistics, *, targets: str) -> None:
    old.site.partner(
        "insert into in_claim_watchers (claim_id, watchers_id) "
        f"select (n %% 100)::text, '{targets}' || n from generate_series(1, %s) n",
        [LINKS],
    )


def _give_clients(old: OldStatistics, *, names: str) -> None:
    old.site.partner(
        f"insert into in_client (in_id, name) select '{names}' || n, 'name' from generate_series(1, %s) n", [LINKS]
    )


def check_undo(old: OldStatistics) -> None:
    """Of a run that made links, one that began to wait, one that ended waiting, and the undos of their undos."""
    _give_clients(old, names="c")
    _give_links(old, targets="c")
    made = old.run()
    with old.reading_little("undo of links"):
        counters = old.undo(made)
    assert (counters["unlinked"], counters["removed"]) == (LINKS, LINKS)
    _give_links(old, targets="d")
    with old.reading_little("a run that begins to wait"):
        old.run()
    _give_clients(old, names="d")
    with old.reading_little("a run that ends waiting"):
        ended = old.run()
    with old.reading_little("undo of a run that ended waiting"):
        counters = old.undo(ended)
    assert (counters["unlinked"], counters["waiting"]) == (LINKS, LINKS)
    with old.reading_little("a run after an undo"):
        old.run()
    with old.reading_little("undo of an undo"):
        counters = old.undo(
            max(row["id"] for row in old.site.look("select id from in_tables.run where message like 'undo%'"))
        )
    assert (counters["linked"], counters["references"]) == (LINKS, LINKS)


def check_waiting_and_errors(old: OldStatistics) -> None:
    _give_links(old, targets="e")
    old.run()
    with old.reading_little("etl waiting"):
        assert "3,001 links" in old.site.etl("waiting", "--explain").out
    old.site.look(f"update {STORE}.boi_reference set waiting_since = '2020-01-01'")
    with old.reading_little("a run that gives up waiting"):
        run = old.run()
    with old.reading_little("undo of a run that gave up waiting"):
        assert old.undo(run)["waiting"] == LINKS + 1
    with old.reading_little("etl errors list"):
        assert old.site.etl("errors", "list", "--run", str(run), "--limit", "5000").code == 0
    with old.reading_little("etl errors retry"):
        retried = old.site.etl("errors", "retry", "--run", str(run))
    assert retried.code == 0, retried
    assert old.site.partner("select count(*) as n from in_claim_watchers where in_status = ''") == [{"n": LINKS + 1}]
    with old.reading_little("a run with what is retried"):
        old.run()


def check_versions_and_clean(old: OldStatistics) -> None:
    _give_clients(old, names="f")
    _give_links(old, targets="f")
    with old.reading_little("a run with links"):
        old.run()
    with old.reading_little("a new version"):
        built = old.site.etl("out", "build", "--version", "2")
    assert built.code == 0, built
    _give_clients(old, names="g")
    _give_links(old, targets="g")
    with old.reading_little("a run that two versions follow"):
        old.run()
    with old.reading_little("etl clean"):
        assert old.site.etl("clean").code == 0
    assert old.site.value(f"select count(*) from {STORE}.journal where run = 1") == 0


def test_undo(old: OldStatistics) -> None:
    check_undo(old)


@pytest.mark.nightly
def test_waiting_and_errors(old: OldStatistics) -> None:
    check_waiting_and_errors(old)


@pytest.mark.nightly
def test_versions_and_clean(old: OldStatistics) -> None:
    check_versions_and_clean(old)


def test_an_id_is_explained_by_its_own_errors(make_site: MakeSite) -> None:
    """Statistics know no error of the table, and the index of ids is the larger one: that of codes looks better."""
    site = make_site(CLAIMS)
    site.partner.fill("in_client", *({"in_id": f"bad {n}", "amount": "NaN"} for n in range(3)))
    site.partner.hand_over()
    assert site.run().errors == 3
    site.look("alter table in_tables.err set (autovacuum_enabled = false)")
    site.look("vacuum analyze in_tables.err", at=site.database)
    site.look(
        "insert into in_tables.err (run, in_table, in_id, code, message, message_rus, severity) "
        "select 1, 'in_Claim', 'k' || n, 'NUMBER_NOT_FINITE', 'x', 'x', 'error' from generate_series(1, 20000) n"
    )
    site.look("alter index in_tables.err_in_id set (fillfactor = 10); reindex index in_tables.err_in_id")
    statement = SqlTemplates("etl.engine.instances")("explain_errors", in_schema="in_tables")
    values = {"in_table": "in_Claim", "in_id": "k7"}
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        plan = connection.execute(sqlalchemy.text(f"explain {statement.text}"), values).scalars().all()
    assert any("Index Scan using err_in_id" in line for line in plan), plan
    with site.runtime() as runtime:
        [error] = explain(runtime, "in_Claim", "k7").errors
    assert error["code"] == "NUMBER_NOT_FINITE"


def test_many_changes_are_followed_without_a_look_at_each(make_site: MakeSite) -> None:
    """Statistics know the journal as it was before the run, and so no change that is to be followed."""
    site = make_site(CLAIMS)
    load_clients(site, 1, 3_000)
    site.look(f"vacuum analyze {STORE}.journal", at=site.database)
    site.look(f"alter table {STORE}.journal set (autovacuum_enabled = false)", at=site.database)
    before = by_key(site)
    load_clients(site, 3_001, 14_000)
    assert site.count(f"{OUT}.client") == 14_000
    assert by_key(site) - before < 3_000


def load_clients(site: Site, first: int, last: int) -> None:
    site.look(
        "truncate in_tables.in_client; "
        "insert into in_tables.in_client (in_id, name) "
        f"select 'c' || n, 'N' || n from generate_series({first}, {last}) n"
    )
    site.partner.hand_over()
    site.run()


def by_key(site: Site) -> int:
    """How many instances the server has looked up one by one by their ids."""
    site.wait_for_statistics(site.database)
    return int(
        site.value(
            "select coalesce(sum(idx_scan), 0) from pg_stat_user_indexes where indexrelname = 'bo_client_pkey'",
            at=site.database,
        )
    )
