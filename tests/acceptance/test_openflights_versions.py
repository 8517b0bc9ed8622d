"""Real data under two versions: readers go from the first to the second under load."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.acceptance import openflights
from tests.acceptance.test_openflights import LINKS, ROWS
from tests.fix_company import OUT, STORE, MakeSite, Site, ended, until

VIEWS, SECOND = "out_demo", "out_demo_1_2"
_NEW_FIELD = "  - {code: Tz, type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}\n"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The data are in, version 1 is live."""
    site = make_site(openflights.documents(), chunkRows=2000)
    site.look(f"grant create on database {site.database.name} to {site.partner.session.info.user}")
    openflights.stage(site.partner)
    openflights.deliver(site.partner)
    site.partner.hand_over()
    assert site.etl("run").code == 0
    return site


@dataclass
class Reader:
    """Reads the views all the time, as a role that may only read."""

    site: Site
    wrong: list[str] = field(default_factory=list)
    rounds: int = 0

    QUERY = (
        f"select (select count(*) from {VIEWS}.Route) as routes, "
        f"(select count(distinct system_id) from {VIEWS}.Route) as ids, "
        f"(select count(*) from {VIEWS}.Airport) as airports, "
        f"(select count(*) from {VIEWS}._Airport_Country_ l join {VIEWS}.Airport a on a.system_id = l.Airport_id "
        f"join {VIEWS}.Country c on c.system_id = l.Country_id) as links"
    )
    EXPECTED = (ROWS["Route"], ROWS["Route"], ROWS["Airport"], LINKS["_Airport_Country_"])

    @contextmanager
    def reading(self) -> Iterator[None]:
        stopping = threading.Event()
        thread = threading.Thread(target=self._read, args=(stopping,))
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    def _read(self, stopping: threading.Event) -> None:
        try:
            with self.site.reader() as session:
                while not stopping.is_set():
                    found = session.execute(self.QUERY).fetchone()
                    if found is None or tuple(found.values()) != self.EXPECTED:
                        self.wrong.append(str(found))
                    self.rounds += 1
        except psycopg.Error as error:
            self.wrong.append(str(error))


@contextmanager
def load(site: Site, runs: list[int]) -> Iterator[None]:
    """The partner changes every airport and some airlines, and hands over, run after run."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            site.partner("update in_Airport set Altitude = coalesce(Altitude, 0) + 1, in_status = ''")
            site.partner("update in_Airline set Active = not Active, in_status = '' where id % 5 = 0")
            site.partner.hand_over()
            runs.append(site.run().run or 0)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def wrong_rows(site: Site, schema: str, columns: str) -> int:
    """Airports of a version that are not as the store says."""
    golden = Counter(tuple(row.values()) for row in site.look(f"select _id, {columns} from {STORE}.bo_Airport"))
    shown = Counter(tuple(row.values()) for row in site.look(f"select system_id, {columns} from {schema}.Airport"))
    return ((golden - shown) + (shown - golden)).total()


@pytest.mark.nightly
def test_a_field_is_added_and_readers_notice_nothing_but_the_field(site: Site) -> None:
    role = site.partner.session.info.user
    site.look(f"grant usage on schema {VIEWS} to {role}; grant select on all tables in schema {VIEWS} to {role}")
    reader, runs = Reader(site), list[int]()
    with reader.reading():
        until(lambda: reader.rounds, "version 1 is being read")
        site.document("Airport", openflights.documents()["Airport"].rstrip() + "\n" + _NEW_FIELD)
        assert site.etl("generate-ddl", "--apply").code == 0
        site.partner.hand_over()
        assert "raise MYBPM_OUT_MIGRATION_VERSION (now 1)" in site.etl("run").err
        site.partner("update in_Airport i set Tz = s.tz from staging.airports s where s.id = i.in_id")
        builder = site.start("out", "build", "--version", "2", "--json")
        known = f"select count(*) from {STORE}.out_version where schema_name = '{SECOND}'"
        until(lambda: site.value(known), "version 2 is being built")
        with load(site, runs):
            built = ended(builder)
            assert built.code == 0, built.err
            switched = site.etl("out", "switch", "2", "--json")
            assert switched.code == 0, switched.err
            read, done = reader.rounds, len(runs)
            until(lambda: reader.rounds > read and len(runs) > done, "version 2 is read and kept up")
    assert reader.wrong == []
    assert json.loads(switched.out)["current"] == SECOND
    assert wrong_rows(site, OUT, "Name, Altitude") == 0
    assert wrong_rows(site, SECOND, "Name, Altitude, Tz") == 0
    assert site.value(f"select count(*) from {VIEWS}.Airport where Tz is not null") > 5_000
    for schema in (OUT, SECOND):
        assert {table: site.count(f"{schema}.{table}") for table in (ROWS | LINKS)} == ROWS | LINKS
