"""The page docs/move.md, performed whole: from a PostgreSQL older than 18 to 18, and back; from the embedded server."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from etl.config import open_source
from etl.embedded import VERSION, EmbeddedServer, packaged_binaries
from tests.documentation import CHECKOUT, blocks
from tests.fix_company import (
    CLAIMS,
    IMPORT_CONFIG,
    ONLY_APART,
    OUT,
    OUT_CONFIG,
    STORE,
    STORE_CONFIG,
    MakeSite,
    Row,
    Site,
    new_site,
)
from tests.fix_database import binaries, fresh_database, running_server
from tests.fix_restore import ReaderCopy, done, drop_database, empty_database, moved, read_on
from tests.json_answers import read_answer

PAGE = CHECKOUT / "docs/move.md"
OLD_PROGRAMS = packaged_binaries().parents[1] / "pginstall/bin"


def commands(page: Path, home: Path) -> list[list[list[str]]]:
    """Each block of the shell as its commands, without the program's name."""
    found = [block for block in blocks(page) if block.language == "sh"]
    lines = [[shlex.split(line.replace("$HOME", str(home))) for line in block.lines] for block in found]
    assert {words[0] for block in lines for words in block} == {"etl"}
    return [[words[1:] for words in block] for block in lines]


def old_programs() -> Path:
    """Those under test where they are older than the wheel's, so that the company moves to a newer PostgreSQL."""
    chosen = binaries()
    return OLD_PROGRAMS if chosen is None or major_of(chosen) >= VERSION else chosen


def major_of(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


@contextmanager
def two_servers(folder: Path) -> Iterator[tuple[Site, Site]]:
    """The company on the old server, and empty databases for it on the new one."""
    with ExitStack() as stack:
        old = stack.enter_context(running_server(old_programs()))
        new = stack.enter_context(running_server(packaged_binaries()))
        site = new_site(stack.enter_context(fresh_database(old)), folder, CLAIMS)
        stack.callback(site.partner.session.close)
        there = empty_database(site, site.database, new)
        stack.callback(drop_database, there)
        yield site, stack.enter_context(moved(site, [there], folder))


def perform(site: Site, lines: Sequence[Sequence[str]]) -> None:
    for words in lines:
        done(site.etl(*words))


def point_to(site: Site, there: Site) -> None:
    """What the operator writes into the new configuration: the servers of all databases."""
    with open_source(there.url) as source:
        texts = source.snapshot().contents
    for path in (IMPORT_CONFIG, STORE_CONFIG, OUT_CONFIG):
        if path in texts:
            (site.home / "new-config" / path).write_text(texts[path])


def shown(site: Site) -> list[Row]:
    """What readers see, with the ids, which stay."""
    clients = site.look(f"select system_id, name from {OUT}.client order by 1")
    return clients + site.look(f"select claim_id, client_id from {OUT}._claim_client_ order by 1")


def hand_over(site: Site, number: int) -> None:
    site.partner.redeliver("in_client", {"in_id": f"c{number}", "name": f"Name {number}"})
    site.partner.redeliver("in_claim", {"in_id": f"k{number}", "title": f"Claim {number}"})
    site.partner.redeliver("in_claim_client", {"claim_id": f"k{number}", "client_id": f"c{number}"})
    site.partner.hand_over()


def test_a_company_moves_and_returns(tmp_path: Path) -> None:
    with two_servers(tmp_path) as (site, there):
        _, first, rehearsal, switch, back, closing, returning = commands(PAGE, site.home)
        [dropping] = [block.text for block in blocks(PAGE) if block.language == "sql"]
        hand_over(site, 1)
        done(site.etl("run"))
        done(site.etl("out", "reader", "add", "warehouse", "--role", site.engine_role))
        reader = read_on(site, ReaderCopy(), is_full=True)
        perform(site, first)
        point_to(site, there)
        perform(site, rehearsal)
        hand_over(site, 2)  # the old one serves
        done(site.etl("run"))
        before = shown(site)
        hand_over(site, 3)  # and is ready when the hold begins
        there.look(dropping)
        perform(site, switch)
        assert (site.etl("run").code, there.count(f"{OUT}._claim_client_")) == (75, 3)
        assert [one for one in shown(there) if one in before] == before
        major = "select current_setting('server_version_num')::int / 10000"
        assert int(there.value(major)) == 18 > int(site.value(major))

        perform(site, back)
        done(site.etl("run"))
        assert (there.etl("run").code, site.count(f"{OUT}._claim_client_")) == (75, 3)

        shutil.rmtree(site.home / "last")
        there.look(dropping)
        perform(site, switch)
        hand_over(there, 4)
        done(there.etl("run"))
        reader = read_on(there, reader, is_full=True)
        written = shown(there)
        assert len(written) == 8
        perform(site, closing)
        site.look(dropping)
        perform(site, returning)
        assert shown(site) == written
        assert there.etl("run").code == 75
        hand_over(site, 5)
        done(site.etl("run"))
        assert read_on(site, reader, is_full=True).rows == 15
        assert site.count(f"{STORE}.bo_client") == 5


@contextmanager
def embedded_company(site: Site, home: Path) -> Iterator[tuple[Site, EmbeddedServer]]:
    """The company on the embedded server, and its own configuration; what was made for it elsewhere is dropped."""
    tree = site.home / "embedded"
    shutil.copytree(site.url.removeprefix("file:"), tree)
    (tree / IMPORT_CONFIG).write_text("hasInMigration=true\n")
    with EmbeddedServer(home, common=home.parent / "common") as running:
        environ = {**site.environ, "ETL_HOME": str(home)}
        yield replace(site, url=f"file:{tree}", environ=environ), running


@pytest.mark.nightly
def test_the_embedded_data_move_by_one_command(make_site: MakeSite, open_folder: Path) -> None:
    site = make_site(CLAIMS)
    with embedded_company(site, open_folder / "home") as (embedded, running):
        [exporting, moving, running_there], *_ = commands(PAGE, site.home)
        done(embedded.etl("generate-ddl", "--apply"))
        with psycopg.connect(
            host=str(running.socket_dir), port=running.port, user="postgres", dbname="etl", autocommit=True
        ) as session:
            for number in range(3):
                session.execute("insert into in_tables.in_client (in_id, name) values (%s, 'x')", [f"c{number}"])
            done(embedded.etl("run"))
            session.execute("update in_tables.in_client set in_status = '', name = 'Later'")
            session.execute("delete from in_tables.process_tracking")  # is ready when the move begins
        done(embedded.etl(*exporting))
        shutil.copy(Path(site.url.removeprefix("file:")) / IMPORT_CONFIG, site.home / "own-server" / IMPORT_CONFIG)

        occupied = embedded.etl(*moving)
        assert (occupied.code, "  in_tables in the database" in occupied.err) == (2, True)
        same = embedded.etl("move", "--to", embedded.url)
        assert (same.code, "both configurations name the database etl of" in same.err) == (2, True)
        site.look(f"drop schema in_tables, {STORE}, out_demo, {OUT} cascade")
        fails = embedded.etl(*moving, "--programs", str(site.home))
        assert (fails.code, "released: the company works on where it was" in fails.err) == (2, True)
        assert embedded.etl("status").out.count("on hold") == 0

        for line in (["hold", "--reason", "moves to a server"], ["drain"]):  # as a move that was killed leaves it
            done(embedded.etl(*line))
        moved_now = read_answer(done(embedded.etl(*moving, "-o", str(site.home / "kept"), "--json")).out)
        assert (moved_now["rows"]["out"], moved_now["left_users"]) == (3, False)
        assert (site.home / "kept/manifest.json").exists()
        assert embedded.etl("run").code == 75
        done(embedded.etl(*running_there))
        assert site.count(f"{STORE}.bo_client where name = 'Later'") == 3


REFUSES_ACTIVATION = f"""
create function public.refuse() returns trigger language plpgsql as
$$ begin raise exception 'activation is refused'; end $$;
create function public.guard() returns event_trigger security definer language plpgsql as $$ begin
    if to_regclass('{STORE}.etl_schema') is not null
    and not exists (select 1 from pg_trigger where tgrelid = to_regclass('{STORE}.etl_schema')) then
        create trigger refuses before update on {STORE}.etl_schema
        for each row when (new.oldest_writer < 1000000) execute function public.refuse();
    end if;
end $$;
create event trigger guards on ddl_command_end when tag in ('CREATE TABLE') execute function public.guard();
"""


@ONLY_APART
def test_a_move_whose_last_step_fails_is_continued_or_taken_back(
    make_site: MakeSite, server: EmbeddedServer, tmp_path: Path
) -> None:
    """Of the new databases that of `out_` is active, and that of the store is not."""
    site = make_site(CLAIMS)
    hand_over(site, 1)
    done(site.etl("run"))
    with ExitStack() as stack:
        databases = [empty_database(site, one, server) for one in site.databases]
        for one in databases:
            stack.callback(drop_database, one)
        there = stack.enter_context(moved(site, databases, tmp_path))
        there.look(REFUSES_ACTIVATION, at=there.store_database)

        fails = site.etl("move", "--to", there.url)
        assert (fails.code, "activation is refused" in fails.err) == (4, True), fails
        assert "the old ones stay on hold" in fails.err
        ways = fails.err[fails.err.index("to continue: ") :]
        continuing, holding, releasing = (shlex.split(one)[1:] for one in re.findall("`(etl [^`]*)`", ways))
        assert (site.etl("run").code, there.etl("run").code) == (75, 4)

        done(site.etl(*holding))
        done(site.etl(*releasing))
        hand_over(site, 2)
        done(site.etl("run"))
        assert (there.etl("run").code, site.count(f"{STORE}.bo_client")) == (4, 2)

        done(site.etl("hold", "--reason", "the rest of the move"))
        there.look("drop event trigger guards; drop function public.refuse() cascade", at=there.store_database)
        done(site.etl(*continuing))
        done(there.etl("run"))
        hand_over(site, 3)
        assert (there.count(f"{STORE}.bo_client"), site.etl("run").code) == (1, 75)
