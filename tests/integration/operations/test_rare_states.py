"""Holds, recoveries and checks where little is there yet, or where others write meanwhile."""

import importlib
import socket

import pytest

from etl.database import transaction
from etl.engine import Runtime, prepare
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs
from etl.engine.preparation import prepare_without_import
from etl.engine.record_batches import record_store_of
from etl.errors import ConfigurationError, EnvironmentFault, MarkerHeld
from etl.monitoring.finding import Finding, Level
from etl.operations.digests import digests_of
from etl.operations.hold.closing import is_closed
from etl.operations.hold.drain import drain
from etl.operations.hold.ending import end_sessions
from etl.operations.hold.holding import begin_hold, release
from etl.operations.hold.in_the_way import in_the_way
from etl.operations.installation import open_installation
from etl.operations.recover import Target, begin_recovery, continue_recovery
from etl.operations.verify.verify import verify
from etl.settings.kafka_keys import KAFKA, OUT_KAFKA
from etl.sources.kafka.message import Partition
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import CLAIMS, ONLY_APART, OUT, OUT_CONFIG, STORE, MakeSite, Site

HERE = socket.gethostname()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


def owner(runtime: Runtime) -> str:
    """As it is written beside a partition or an output."""
    return f"{HERE} {runtime.owner}/1"


def test_a_run_is_in_the_way_as_long_as_a_runner_may_continue_it(site: Site) -> None:
    with site.runtime() as runtime:
        prepare(runtime)
        assert in_the_way(runtime) == []
        _, lease = runtime.handshake.acquire()
        assert lease is not None
        [text] = in_the_way(runtime)
        assert text.endswith(", works on it")
        assert (in_the_way(runtime, HERE), in_the_way(runtime, "elsewhere")) == ([text], [])
        site.look("update in_tables.run set heartbeat_at = now() - interval '1 hour'")
        [text] = in_the_way(runtime)
        assert "is silent for 36" in text
        assert in_the_way(runtime, HERE) == [], "another host takes it over"
        runtime.handshake.give_up(lease)
        [text] = in_the_way(runtime)
        assert text.startswith(f"run {lease.run} was left by its runner: start a runner, or `etl drain --shut-out`")


def test_who_reads_and_writes_topics_is_waited_for(site: Site) -> None:
    site.write(KAFKA, "servers=127.0.0.1:9")
    site.write(OUT_KAFKA, "hasOutMigrationKafka=true\ntopic=t")
    with site.runtime() as runtime:
        prepare_outputs(runtime)
        outputs, positions = outputs_of(runtime), record_store_of(runtime, RecordRules()).positions
        with transaction(runtime.store_engine) as connection:
            outputs.register(connection, "out")
            outputs.register(connection, "forgotten")
            outputs.take(connection, "out", owner(runtime), 60)
            positions.take(connection, {Partition("t", 3): 0}, owner(runtime))
        whose = f"by {owner(runtime)}"
        assert in_the_way(runtime, HERE) == [
            f"t/3 is read {whose}: its service gives it back",
            f"the output out is written {whose}",
        ]
        assert in_the_way(runtime, "elsewhere") == []
        assert in_the_way(runtime) == [
            f"t/3 is read {whose}: its service gives it back, or `etl drain --shut-out` leaves it for later"
        ]
        with site.runtime() as other:
            end_sessions(other)
        site.partner.fill("in_Client", {"in_id": "a"})
        site.run()
        assert in_the_way(runtime)[-1].startswith("the output out has 1 changes to look at: its writer works on that")


def test_a_drain_says_once_what_it_waits_for_and_closes_what_only_had_to_follow(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("etl.operations.hold.drain"), "_POLL_SECONDS", 0.02)
    site.run()
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"})
    site.partner.hand_over()
    site.run()
    site.edit(OUT_CONFIG, "hasOutMigration=false", "hasOutMigration=true")
    shown: list[list[str]] = []
    with site.runtime() as runtime, site.runtime() as other:
        assert release(runtime) is None
        begin_hold(runtime, "new disks")
        site.partner.hand_over()
        _, lease = other.handshake.acquire()
        assert lease is not None
        with pytest.raises(MarkerHeld, match=r"(?s)^not drained within 0 s.*run [0-9]+: its owner"):
            drain(runtime, timeout=0.2, show=shown.append)
        assert len(shown) == 1, "once, as nothing has changed"
        with transaction(other.engine) as connection:
            other.handshake.end(connection, lease, state="done")
        assert not is_closed(runtime)
        drain(runtime, timeout=60.0, show=shown.append)
        assert shown[-1][0].endswith("behind the store")
        assert is_closed(runtime)
        found = release(runtime)
    assert found is not None
    assert found.reason == "new disks"
    assert site.count(f"{OUT}.client") == 1


@pytest.mark.first_run
def test_a_company_that_has_never_run(site: Site) -> None:
    with open_installation(site.url, None, site.environ) as installation:
        runtime = installation.runtime
        assert [one for one in verify(installation) if one.level is not Level.OK] == []
        with pytest.raises(ConfigurationError, match="there is no golden store store_demo yet, so there is nothing to"):
            begin_hold(runtime, "new disks")
        with transaction(runtime.store_engine) as connection:
            assert installation.schemas_of("out", connection) == []
        prepare_without_import(runtime)
        end_sessions(runtime)
        begin_hold(runtime, "new disks")
        drain(runtime, timeout=60.0)
        assert is_closed(runtime), "records alone can be held"
        assert release(runtime) is not None
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    site.run()
    with open_installation(site.url, None, site.environ) as installation:
        assert [one for one in verify(installation) if one.level is not Level.OK] == []
        with pytest.raises(ConfigurationError, match=r"^hasOutMigration is false: no out_ tables are kept$"):
            begin_recovery(installation.runtime, Target.OUT)


@ONLY_APART
@pytest.mark.first_run
def test_a_mirror_that_cannot_be_recovered(site: Site, layout: str) -> None:
    with site.runtime() as runtime:
        with pytest.raises(ConfigurationError, match="--version is for --to out: the mirror is one for all versions"):
            begin_recovery(runtime, Target.MIRROR, version="1")
        with pytest.raises(ConfigurationError, match="nothing has run in schema in_tables yet: there is nothing to"):
            begin_recovery(runtime, Target.MIRROR)


def test_a_version_that_is_gone_or_filled_is_not_recovered(site: Site) -> None:
    site.partner.fill("in_Client", {"in_id": "a"})
    site.run()
    with site.runtime() as runtime:
        begin_recovery(runtime, Target.OUT, codes=["Client"])
        half = '{"is_new": true, "step": 1, "after": [], "rows": 2, "total": 8}'
        site.look(f"update {STORE}.out_version set fill = %s", [half])
        with pytest.raises(EnvironmentFault, match=f"^{OUT} is being filled or compared as a whole: `etl out build`"):
            continue_recovery(runtime)
        site.look(f"delete from {STORE}.out_version")
        with pytest.raises(ConfigurationError, match=f"^{OUT} is no version: `etl out list` shows them$"):
            continue_recovery(runtime)


def test_tables_of_others_are_named_and_not_counted(site: Site) -> None:
    site.look('create table in_tables."Mine" (n int)', at=site.database)
    with site.runtime() as runtime, transaction(runtime.engine) as connection:
        found = {one.table: one.rows for one in digests_of(connection, ["in_tables"])}
    assert (found["Mine"], found["in_client"]) == (None, 0)


def test_what_a_check_leaves_to_an_operator(site: Site) -> None:
    """An index with a name that is none of ours, and tables of a newer program. What the next run makes is no fault."""
    site.run()
    order = "code: Order\nfields:\n  - {code: Client, type: BO, bo: Client, needLoadFromInTables: true,"
    site.document("Order", f"{order} needUploadToOutTable: true}}\n")
    site.look(
        'create index "Odd" on in_tables.in_client (name);'
        "update pg_index set indisvalid = false where indexrelid = 'in_tables.\"Odd\"'::regclass",
        at=site.database,
    )

    def faults() -> list[Finding]:
        with open_installation(site.url, None, site.environ) as installation:
            return [one for one in verify(installation, repair=True) if one.level is not Level.OK]

    index, *more = faults()
    assert [str(one) for one in more] == []
    assert (index.what, index.level) == ("indexes", Level.ERROR)
    assert '"Odd"' in index.found
    assert "reindex index concurrently" in index.do
    site.look(f"update {STORE}.etl_schema set version = 9999, oldest_reader = 9999", at=site.store_database)
    first, *_, last = faults()
    assert (first.level, first.do) == (Level.ERROR, "install the newer etl")
    assert last.found == "some tables have another version than this etl: their rows were not looked at"
