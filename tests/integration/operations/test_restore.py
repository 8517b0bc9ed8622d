"""A backup becomes a working company on another server: nothing is lost, nothing works before it is activated."""

import hashlib
import json
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from etl.config import open_source
from etl.database import snapshot
from etl.engine.directory.sync import begin_sync
from etl.errors import ConfigurationError
from etl.operations import open_installation
from etl.operations.backup.moment import belong_together
from etl.settings.web import web_settings
from etl.web.store_of import web_store
from tests.fix_company import (
    BOTH_LAYOUTS,
    CLAIMS,
    ONLY_APART,
    ONLY_ONE,
    OUT,
    STORE,
    MakeSite,
    Site,
    ended,
    superuser,
    until,
)
from tests.fix_restore import Elsewhere, ReaderCopy, done, read_on

HELD = "was restored from a backup and is held"
# Higher numbers of transactions than the second server has.
BURN = "do 'begin for n in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end'"


def filled(site: Site) -> Site:
    """Three clients, three claims; two links are made, one waits."""
    for one in site.databases:
        site.look(BURN, at=one)
    site.partner.fill("in_client", *({"in_id": f"c{n}", "name": f"Name {n}"} for n in range(3)))
    site.partner.fill("in_claim", *({"in_id": f"k{n}", "title": f"Claim {n}"} for n in range(3)))
    ends = [("k0", "c0"), ("k1", "c1"), ("k2", "late")]
    site.partner.fill("in_claim_client", *({"claim_id": owner, "client_id": target} for owner, target in ends))
    site.partner.hand_over()
    done(site.etl("run"))
    return site


def what_there_is(site: Site) -> dict[str, object]:
    """The business data without ids, which are random."""
    links = (
        f"select c._in_id, t._in_id as target from {STORE}.link_claim_client l "
        f"join {STORE}.bo_claim c on c._id = l._owner join {STORE}.bo_client t on t._id = l._target order by 1, 2"
    )
    return {
        "clients": site.look(f"select _in_id, name, _state from {STORE}.bo_client order by 1"),
        "claims": site.look(f"select _in_id, title, _state from {STORE}.bo_claim order by 1"),
        "links": site.look(links),
        "watchers": site.count(f"{STORE}.link_claim_watchers"),
        "waiting": site.look(f"select target_value from {STORE}.boi_reference order by 1"),
        "out": site.look("select name from out_demo.client order by 1"),
        "out links": site.count("out_demo._claim_client_"),
        "statuses": {table: site.partner.statuses(table) for table in ("in_client", "in_claim", "in_claim_client")},
    }


def later_hand_over(site: Site) -> None:
    """The client for whom a link waits, a changed one, and one more."""
    rows = [{"in_id": "late", "name": "Late"}, {"in_id": "c0", "name": "Changed"}, {"in_id": "c9", "name": "More"}]
    site.partner.redeliver("in_client", *rows)
    site.partner.hand_over()
    while json.loads(done(site.etl("run", "--json")).out).get("taken_over"):
        pass  # first the run that was under way


@BOTH_LAYOUTS
def test_a_company_continues_on_another_server(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    """A reader gets a full delivery there: what it has confirmed since the backup did not happen."""
    site = filled(make_site(CLAIMS))
    done(site.etl("out", "reader", "add", "warehouse", "--role", site.engine_role))
    reader = read_on(site, ReaderCopy())
    done(site.etl("backup", "-o", "backup"))
    later_hand_over(site)
    reader = read_on(site, reader)
    there = elsewhere(site)
    out = done(there.etl("restore", "backup")).out
    assert "and held: nothing is written" in out
    refused = there.etl("run")
    assert (refused.code, HELD in refused.err) == (4, True), refused
    assert HELD in done(there.etl("verify")).out
    assert there.etl("check").code == 1
    done(there.etl("restore", "--activate"))
    with pytest.raises(ConfigurationError, match="after a restore the next run makes again what readers had"):
        read_on(there, reader)
    later_hand_over(there)
    assert read_on(there, reader, is_full=True).rows == reader.rows
    assert what_there_is(there) == what_there_is(site)
    assert what_there_is(there)["waiting"] == []
    assert HELD not in done(there.etl("verify")).out
    assert done(there.etl("restore", "--activate")).out == "Nothing was held.\n"


@BOTH_LAYOUTS
def test_a_run_in_the_middle_is_continued(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    """The backup waits for nothing, and its runner has no part in the restored run."""
    site = filled(make_site(CLAIMS))
    site.partner.redeliver("in_client", {"in_id": "late", "name": "Late"}, {"in_id": "c0", "name": "Changed"})
    with site.holding_after_claims():
        site.partner.hand_over()
        process = site.start("run")
        site.wait_for_blocked()
        done(site.etl("backup", "-o", "backup"))
    assert ended(process).code == 0
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    assert there.look("select state, heartbeat_at from in_tables.run order by id desc limit 1") == [
        {"state": "running", "heartbeat_at": None}
    ]
    done(there.etl("restore", "--activate"))
    assert json.loads(done(there.etl("run", "--json")).out)["taken_over"]
    assert what_there_is(there) == what_there_is(site)


@pytest.mark.nightly
@ONLY_ONE
def test_a_sync_with_the_directory_that_was_under_way_is_over(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    """Also where the clock of the new server is behind; another one may begin, and a drain waits for none."""
    site = filled(make_site(CLAIMS))
    with site.runtime() as runtime:
        _, sync = begin_sync(runtime, login=None)
        assert sync
    site.look(f"update {STORE}.ad_run set lease_until = now() + interval '1 day'")
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    for words in (("hold", "--reason", "new disks"), ("drain", "--timeout", "0"), ("release",)):
        done(there.etl(*words))
    with there.runtime() as runtime:
        _, later = begin_sync(runtime, login=None)
        assert later
        assert later > sync


@BOTH_LAYOUTS
def test_what_other_programs_have_restored_is_held(make_site: MakeSite) -> None:
    """A runner of the original that is still there writes nothing more."""
    site = filled(make_site(CLAIMS))
    site.partner.redeliver("in_client", {"in_id": "late", "name": "Late"})
    with site.holding_after_claims():
        site.partner.hand_over()
        process = site.start("run")
        site.wait_for_blocked()
        process.send_signal(signal.SIGSTOP)
        with psycopg.connect(**superuser(site.store_database), autocommit=True) as session:
            session.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name ~ '^etl:'")
    assert "Held: nothing is written in in_tables, " in done(site.etl("restore", "--hold")).out
    process.send_signal(signal.SIGCONT)
    assert ended(process).code in (4, 75)
    assert [site.etl(*words).code for words in (["run"], ["clean"], ["out", "build"])] == [4, 4, 4]
    assert site.count(f"{STORE}.bo_client") == 3
    done(site.etl("restore", "--activate"))
    assert json.loads(done(site.etl("run", "--json")).out)["taken_over"]
    assert site.count(f"{STORE}.boi_reference") == 0


@BOTH_LAYOUTS
def test_a_drill_leaves_nothing(make_site: MakeSite, open_folder: Path) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    before = site.fingerprint()
    drilled = done(ended(site.start_program("restore", "--drill", "backup", TMPDIR=str(open_folder))))
    # Its own server, whose role is a superuser, is nothing to warn of.
    assert drilled.err == ""
    out = drilled.out
    assert "Every table is equal to the backup" in out
    assert "Then a run would take 0 ready rows" in out
    assert list(open_folder.glob("etl-drill-*")) == []
    assert site.fingerprint() == before


@ONLY_ONE
def test_nothing_is_overwritten(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    again = site.etl("backup", "-o", "backup")
    assert (again.code, "backup exists already" in again.err) == (2, True)
    before = site.fingerprint()
    refused = site.etl("restore", "backup")
    assert (refused.code, "nothing was restored, as these exist already" in refused.err) == (2, True)
    assert "import: schema in_tables is in the database" in refused.err
    assert site.fingerprint() == before


@ONLY_ONE
@pytest.mark.nightly
def test_roles_that_are_missing_are_named(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    reader = f"reader_{site.database.name}"
    site.look(f"create role {reader}; grant select on {OUT}.client to {reader}")
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    refused = there.etl("restore", "backup")
    assert (refused.code, reader in refused.err) == (2, True), refused
    assert there.value("select count(*) from pg_namespace where nspname like 'out_%%'") == 0
    done(there.etl("restore", "backup", "--no-privileges"))
    granted = "select has_table_privilege(%s, 'in_tables.in_client', 'insert')"
    assert there.value(granted, [site.partner_role]) is False
    site.look(f"drop owned by {reader}; drop role {reader}")


@ONLY_ONE
@pytest.mark.nightly
def test_one_dump_alone(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup", "--only", "store"))
    done(there.etl("restore", "backup", "--only", "import", "--only", "out"))
    done(there.etl("restore", "--activate"))
    later_hand_over(there)
    assert there.count(f"{STORE}.link_claim_client") == 3


@ONLY_ONE
def test_sign_ins_end_with_a_restore(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = filled(make_site(CLAIMS))
    with open_source(site.url) as source:
        tree = source.snapshot()
    settings = web_settings(tree.contents, origin=tree.origin, environ=site.environ)
    store = web_store(lambda: settings, site.environ)
    with store.writing():  # which makes the tables
        pass
    store.close()
    site.look(
        "insert into etl_web.web_user (name, password_hash) values ('ann', 'none');"
        "insert into etl_web.web_session (token_digest, user_name, address, user_agent) "
        "values (sha256('x'), 'ann', 'somewhere', 'some browser')"
    )
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    assert (there.count("etl_web.web_user"), there.count("etl_web.web_session")) == (1, 0)


@ONLY_ONE
def test_a_killed_backup_leaves_nothing_that_restores(make_site: MakeSite) -> None:
    site = filled(make_site(CLAIMS))
    with psycopg.connect(**superuser(site.database)) as session:
        session.execute(f"lock table {STORE}.bo_client in access exclusive mode")
        process = site.start("backup", "-o", "backup")
        waiting = "select count(*) from pg_stat_activity where application_name = 'etl' and wait_event_type = 'Lock'"
        until(lambda: site.value(waiting, at=site.database), "pg_dump waits for the lock")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    [left] = site.home.glob(".backup.incomplete-*")
    assert not (site.home / "backup").exists()
    refused = site.etl("restore", str(left))
    assert (refused.code, "is no backup: it lacks manifest.json" in refused.err) == (2, True), refused
    done(site.etl("backup", "-o", "backup"))
    assert list(site.home.glob(".backup.incomplete-*")) == []


@ONLY_ONE
def test_a_killed_restore_leaves_nothing(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    """psql has read a part of the script, which is longer than what a pipe holds, and its input ends."""
    site = make_site(CLAIMS)
    site.partner("insert into in_client (in_id, name) select n, repeat('n', 100) from generate_series(1, 5000) n")
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    with psycopg.connect(**superuser(there.database)) as session:
        session.execute("lock table pg_catalog.pg_sequence in access exclusive mode")
        process = there.start("restore", "backup")
        mine = "select count(*) from pg_stat_activity where application_name = 'etl' and datname = current_database()"
        until(lambda: there.value(f"{mine} and wait_event_type = 'Lock'"), "psql waits for the lock")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    until(lambda: not there.value(mine), "psql has ended")
    assert there.look("select nspname from pg_namespace where nspname ~ '^(in_tables|store_|out_)'") == []
    done(there.etl("restore", "backup"))


@ONLY_APART
def test_snapshots_that_do_not_belong_together(make_site: MakeSite) -> None:
    """A run has begun and ended between the one of the import and the one of the store: another try is made."""
    site = filled(make_site(CLAIMS))
    with open_installation(site.url, None, site.environ) as installation:
        runtime = installation.runtime
        with snapshot(runtime.engine) as imported:
            with snapshot(runtime.store_engine) as store:
                assert belong_together(runtime, {runtime.engine: imported, runtime.store_engine: store})
            later_hand_over(site)
            with snapshot(runtime.store_engine) as store:
                assert not belong_together(runtime, {runtime.engine: imported, runtime.store_engine: store})
        with snapshot(runtime.engine) as imported, snapshot(runtime.store_engine) as store:
            assert belong_together(runtime, {runtime.engine: imported, runtime.store_engine: store})


@pytest.fixture
def backup(make_site: MakeSite) -> tuple[Site, Path]:
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    return site, site.home / "backup"


@ONLY_ONE
def test_damaged_files_are_named(backup: tuple[Site, Path]) -> None:
    site, folder = backup
    store = folder / "store.dump"
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 1
    store.write_bytes(data)
    with (folder / "out.dump").open("ab") as file:
        file.write(b"more")
    (folder / "import.dump").unlink()
    refused = site.etl("restore", "backup")
    assert refused.code == 4
    assert "is damaged, and nothing was restored" in refused.err
    for line in ("import.dump is missing", "store.dump has another content", "out.dump has"):
        assert line in refused.err
    (folder / "manifest.json").write_text("{}")
    assert "manifest.json is damaged" in site.etl("restore", "backup").err


@ONLY_ONE
def test_a_backup_of_a_newer_program_is_refused(backup: tuple[Site, Path], elsewhere: Elsewhere) -> None:
    site, folder = backup
    there = elsewhere(site)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["dumps"][1]["parts"][0]["oldest_writer"] = 99
    rewrite(folder, manifest)
    refused = there.etl("restore", "backup")
    assert (refused.code, "install the newer etl" in refused.err) == (4, True), refused
    rewrite(folder, manifest | {"format": 3, "something": "new"})
    refused = there.etl("restore", "backup")
    assert (refused.code, "has format 3, made by etl" in refused.err) == (4, True), refused


def rewrite(folder: Path, manifest: object) -> None:
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    (folder / "manifest.sha256").write_text(hashlib.sha256(text.encode()).hexdigest() + "\n")


@ONLY_ONE
def test_no_secret_is_in_a_backup(make_site: MakeSite) -> None:
    """A password that stands in the configuration becomes a reference; programs get none as an argument."""
    site = make_site(CLAIMS)
    secret = "marked secret of a backup"
    site.look(f"alter role {site.engine_role} password '{secret}'")
    site.edit("configs/InMigrationPostgresConfig.txt", "password:ENV=ETL_TEST_PASSWORD", f"password={secret}")
    with psycopg.connect(**superuser(site.database)) as session:
        session.execute(f"lock table {STORE}.bo_client in access exclusive mode")
        process = site.start("backup", "-o", "backup")
        waiting = "select count(*) from pg_stat_activity where application_name = 'etl' and wait_event_type = 'Lock'"
        until(lambda: site.value(waiting, at=site.database), "pg_dump waits for the lock")
        arguments = b"".join(readable("/proc/[0-9]*/cmdline"))
        assert b"--snapshot=" in arguments
        assert secret.encode() not in arguments
    result = ended(process)
    assert result.code == 0, result
    line = "configs/InMigrationPostgresConfig.txt: password is read from the environment variable ETL_LEFT_OUT_1"
    assert f"left out: {line}" in result.out
    texts = [path for path in (site.home / "backup").rglob("*") if path.is_file()]
    assert len(texts) > 6
    assert not [path for path in texts if secret.encode() in path.read_bytes()]
    assert {oct(path.stat().st_mode & 0o077) for path in texts} == {"0o0"}
    kept = (site.home / "backup/configuration/configs/InMigrationPostgresConfig.txt").read_text()
    assert "password:ENV=ETL_LEFT_OUT_1" in kept


def readable(pattern: str) -> Iterator[bytes]:
    """What the files have, but those of processes that have ended."""
    for path in Path("/").glob(pattern.lstrip("/")):
        with suppress(OSError):
            yield path.read_bytes()
