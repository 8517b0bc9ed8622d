"""A person's values are erased: what holds them is searched for in every column of every table, and in files."""

import gzip
import json
import shlex
import signal
from pathlib import Path

import pytest

from etl.config import open_source
from etl.settings.web import web_settings
from etl.web.store_of import web_store
from tests.documentation import CHECKOUT, blocks
from tests.fix_company import APART, BOTH_LAYOUTS, ONE, THREE_SERVERS, Ended, MakeSite, Site, ended
from tests.fix_restore import Elsewhere, done
from tests.searched import Find, finds

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
PEOPLE = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, sources: [in_tables, kafka], {_FLAGS}}}
  - {{code: Photo, type: FILE_UPLOAD, {_FLAGS}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_FLAGS}}}
  - {{code: Watchers, type: BO, bo: Client, {_FLAGS}}}
""",
}
ALL_LAYOUTS = pytest.mark.parametrize(
    "layout", [ONE, APART, pytest.param(THREE_SERVERS, marks=pytest.mark.nightly)], indirect=True
)
ID, ALIAS = "person-xyzzy-1", "person-xyzzy-2"
VALUES = (ID, ALIAS, "Xenia Qwertyuiop", "Xenia Formerly", "xenia@xyzzy.example", "x1@xyzzy.example", "XENIAPHOTO")
NUMBER = "77315573"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(PEOPLE)


def _load(site: Site) -> list[int]:
    """A person with a past, an alias, links, waiting links, errors, a file, copies; and another one."""
    partner = site.partner
    partner.fill(
        "in_fileStorage",
        {"file_id": "f1", "file_name": "XENIAPHOTO.png", "mime_type": "image/png", "content": b"XENIAPHOTO"},
    )
    partner.fill(
        "in_client",
        {"in_id": ID, "name": "Xenia Formerly", "email": "x1@xyzzy.example", "amount": 1, "photo": "f1"},
        {"in_id": "b", "name": "Bob", "email": "bob@example.com", "amount": 2},
    )
    partner.fill("in_claim", {"in_id": "1", "title": "one"})
    partner.fill("in_claim_client", {"claim_id": "1", "client_id": ID})
    partner.fill("in_claim_watchers", {"claim_id": "1", "watchers_id": "b"}, {"claim_id": "late", "watchers_id": ID})
    first = site.run().run or 0
    partner.hand_over()
    partner("delete from in_claim_watchers")
    partner(
        "update in_client set name = 'Xenia Qwertyuiop', email = 'xenia@xyzzy.example', amount = %s, in_status = '' "
        "where in_id = %s",
        [NUMBER, ID],
    )
    partner.fill("in_client", {"in_id": ALIAS, "name": "Xenia Qwertyuiop", "email": "xenia@xyzzy.example"})
    second = site.run().run or 0
    partner.hand_over()
    partner("delete from in_client where in_id = %s", [ID])
    partner.fill("in_client", {"in_id": ID, "out_id": "unknown", "name": "Xenia Qwertyuiop", "email": "no address"})
    site.run()
    return [first, second]


def _finds(site: Site) -> list[Find]:
    return finds(site, (*VALUES, NUMBER))


def _erase(site: Site, named: str = ID) -> Ended:
    return done(site.etl("erase", "Client", named, "--apply", "--reason", "asked for"))


def _files_with(folder: Path) -> list[str]:
    """Files below a folder that have any of the values."""
    found = []
    for path in (one for one in folder.rglob("*") if one.is_file()):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [path.name for value in VALUES if value.encode() in data]
    return found


def _in_statistics(site: Site) -> list[str]:
    """Columns of the store whose statistics have any of the values."""
    query = (
        "select concat(tablename, '.', attname) as name from pg_stats s "
        "where s::text ~ any (%s) and tablename = any (%s)"
    )
    rows = site.look(query, [list(VALUES), ["bo_client", "journal"]], at=site.store_database)
    return [row["name"] for row in rows]


def _note_in_console(site: Site) -> None:
    """What the console would have noted of an action."""
    with open_source(site.url) as source:
        tree = source.snapshot()
    settings = web_settings(tree.contents, origin=tree.origin, environ=site.environ)
    store = web_store(lambda: settings, site.environ)
    with store.writing():  # which makes the tables
        pass
    store.close()
    site.look(
        "insert into etl_web.web_audit (request_id, viewer, role, address, company, action, target, parameters) "
        "values ('r', 'ann', 'operator', 'here', 'demo', 'correct', %s, jsonb_build_object('value', %s::text))",
        [ID, VALUES[4]],
        at=site.store_database,
    )


@ALL_LAYOUTS
def test_nothing_of_a_person_is_found_afterwards(site: Site) -> None:
    runs = _load(site)
    _note_in_console(site)
    done(site.etl("out", "build", "--version", "2"))
    held = {find.table for find in _finds(site)}
    listed = done(site.etl("erase", "Client", ALIAS, "--json")).out
    [found] = json.loads(listed)
    assert held <= {holder["name"].lower() for holder in found["holders"]}
    assert {find.table for find in _finds(site)} == held
    log = site.home / "log"
    log.mkdir()
    site.environ["ETL_LOG"] = str(log)
    (log / "partner.log").write_text(f"the row {ID} of Bob\n")
    (log / "partner.1.log.gz").write_bytes(gzip.compress(f"and {ALIAS} too\n".encode()))
    site.look("analyze", at=site.store_database)
    assert _in_statistics(site)
    said = _erase(site, ALIAS)
    assert not _in_statistics(site)
    assert not any(value in said.out + said.err for value in VALUES)
    assert _finds(site) == []
    assert (log / "partner.log").read_text() == f"the row {'*' * len(ID)} of Bob\n"
    done(site.etl("export", "-o", "exported", "--format", "csv"))
    done(site.etl("verify"))
    tree = Path(site.url.removeprefix("file:"))
    assert [_files_with(folder) for folder in (log, site.home / "exported", tree)] == [[], [], []]
    for run in reversed(runs):
        done(site.etl("undo", str(run)))
    assert _finds(site) == []
    assert site.look("select name from store_demo.bo_client where _state = 'ACTUAL'") == []


def test_nothing_reverts_it_and_a_later_row_makes_another_instance(site: Site) -> None:
    _load(site)
    before = site.value("select _id from store_demo.bo_client where _in_id = %s", [ID])
    _erase(site)
    unit = site.value("select number from store_demo.erasure")
    refused = site.etl("undo", str(unit))
    assert (refused.code, "is an erasure, which nothing reverts" in refused.err) == (2, True)
    gone = site.etl("erase", "Client", ID)
    assert (gone.code, "nothing has values of Client" in gone.err) == (2, True)
    assert site.look("select name from out_demo.client") == [{"name": "Bob"}]
    site.partner.redeliver("in_client", {"in_id": ID, "name": "Another", "email": "xenia@xyzzy.example"})
    site.partner.hand_over()
    site.run()
    rows = site.look("select _id, name, _state from store_demo.bo_client where _in_id = %s", [ID])
    assert [(row["name"], row["_state"], row["_id"] == before) for row in rows] == [("Another", "ACTUAL", False)]
    assert done(site.etl("erase", "--repeat", "--apply")).out == "No erasure is to be continued or repeated.\n"


def test_what_is_pinned_and_which_source_wrote_it_is_erased(site: Site) -> None:
    """Also what an undo of a pin would need; and none brings a value back."""
    _load(site)
    pinned = ("Xenia Pinnedfirst", "Xenia Pinnedlater")
    units = []
    for value in pinned:
        words = ("pin", "Client", ID, "Name", value, "--reason", f"{value} says so", "--json")
        units.append(str(json.loads(done(site.etl(*words)).out)["pin"]["unit"]))
    tables = ("pin", "ended_pin", "field_owner")
    instance = site.value("select _id from store_demo.bo_client where _in_id = %s", [ID])
    rows = [f"select count(*) from store_demo.{table} where instance = '{instance}'" for table in tables]
    assert [site.value(query) for query in rows] == [1, 1, 1]
    [listed] = json.loads(done(site.etl("erase", "Client", ID, "--json")).out)
    assert {f"store_demo.{table}" for table in tables} <= {holder["name"] for holder in listed["holders"]}
    _erase(site)
    assert [site.value(query) for query in rows] == [0, 0, 0]
    assert finds(site, (*VALUES, NUMBER, *pinned)) == []
    for unit in reversed(units):
        done(site.etl("undo", unit))
    assert finds(site, (*VALUES, NUMBER, *pinned)) == []
    assert site.count("store_demo.pin") == 0


def test_rows_that_became_no_instance_are_erased(site: Site) -> None:
    site.partner.fill("in_client", {"in_id": ID, "name": VALUES[2], "email": "no address", "out_id": "unknown"})
    site.run()
    assert site.count("store_demo.bo_client") == 0
    _erase(site)
    assert _finds(site) == []


def test_the_commands_of_the_page_run(site: Site) -> None:
    site.partner.fill("in_client", {"in_id": "C-17", "name": "Xenia"})
    site.run()
    commands = [line for block in blocks(CHECKOUT / "docs/erase.md") if block.language == "sh" for line in block.lines]
    for words in map(shlex.split, commands):
        done(site.etl(*words[1:]))
    assert len(commands) == 3
    assert finds(site, ["C-17", "Xenia"]) == []


def test_an_unknown_person_and_wrong_words_are_clear_errors(site: Site) -> None:
    site.run()
    missing = site.etl("erase", "Client", "unknown-1")
    assert (missing.code, "nothing has values of Client `unknown-1`" in missing.err) == (2, True), missing
    assert "--apply needs --reason" in site.etl("erase", "Client", "b", "--apply").err
    assert "name an object and an id, or --repeat" in site.etl("erase", "Client").err


def test_without_the_note_in_the_configuration_nothing_is_erased(site: Site) -> None:
    _load(site)
    tree = Path(site.url.removeprefix("file:"))
    (tree / "companies" / "demo" / "erasures").write_text("a file where the folder should be")
    held = _finds(site)
    refused = site.etl("erase", "Client", ID, "--apply", "--reason", "asked for")
    assert (refused.code, "nothing was erased" in refused.err) == (2, True), refused
    assert _finds(site) == held


STEPS = ("store_demo.bo_client", "in_tables.in_client", "out_demo_1_1.client", "store_demo.erasure")


@pytest.mark.parametrize("table", STEPS)
@BOTH_LAYOUTS
def test_an_erasure_that_was_killed_continues(site: Site, table: str) -> None:
    """It waits for a lock of the table when it is killed: of what it has done before, nothing is lost."""
    _load(site)
    arguments = ("erase", "Client", ALIAS, "--apply", "--reason", "asked for")
    with site.locking_rows(table) if table != "store_demo.erasure" else site.locking(table):
        process = site.start(*arguments)
        site.wait_for_blocked()
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
    again = done(site.etl("erase", "--repeat", "--apply") if table == "in_tables.in_client" else site.etl(*arguments))
    assert "Erased as unit" in again.out
    assert _finds(site) == []
    assert site.value("select count(*) from store_demo.erasure where finished_at is null") == 0


@BOTH_LAYOUTS
def test_a_restore_repeats_it(site: Site, elsewhere: Elsewhere) -> None:
    _load(site)
    done(site.etl("backup", "-o", "backup"))
    listed = done(site.etl("erase", "Client", ID)).out
    assert f"in {site.home / 'backup'} on" in listed
    _erase(site)
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    assert _finds(there) != []
    said = done(there.etl("restore", "--activate")).out
    assert said.startswith("Repeated 1 erasures that the backup is older than.\n")
    assert _finds(there) == []
    assert there.count("store_demo.hold") == 0
    there.partner.hand_over()
    done(there.etl("run"))
    assert _finds(there) == []
