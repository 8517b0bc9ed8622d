"""Out_ schemas in another database than the store: its mirror there, and what keeps the two alike."""

import json

import pytest

from tests.fix_company import ONLY_APART, OUT, STORE
from tests.integration.outputs.conftest import Outbound

pytestmark = [ONLY_APART, pytest.mark.first_run]


def test_the_store_keeps_what_the_mirror_has_not_seen(outbound: Outbound) -> None:
    site = outbound.site
    [mirror] = site.look(f"select * from {STORE}.out_version", at=site.store_database)
    assert mirror["schema_name"] == f"mirror in {site.out_database.name}"
    site.edit("configs/OutMigrationPostgresConfig.txt", "hasOutMigration=true", "hasOutMigration=false")
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    site.look(f"update {STORE}.journal set run = 1")
    cleaned = site.etl("clean")
    assert f"not yet followed by mirror in {site.out_database.name}" in cleaned.out
    site.edit("configs/OutMigrationPostgresConfig.txt", "hasOutMigration=false", "hasOutMigration=true")
    outbound.run()
    assert outbound.names() == ["Anne", "Bela"]
    assert site.etl("clean").code == 0
    assert site.count(f"{STORE}.journal") == 0


def test_a_store_that_was_restored_is_compared_with_its_mirror(outbound: Outbound) -> None:
    """The restore brings back an older state, of which the journal knows nothing."""
    site = outbound.site
    outbound.load("in_Client", {"in_id": "c", "name": "Cleo"}, {"in_id": "d", "name": "Dora"})
    site.look(f"delete from {STORE}.bo_Client where _in_id = 'c'")
    site.look(f"update {STORE}.bo_Client set name = 'Anna of old' where _in_id = 'a'")
    site.look(f"update {STORE}.bo_Client set _state = 'REMOVED' where _in_id = 'd'")
    site.look(f"delete from {STORE}.link_Claim_Client")
    untouched = outbound.row("Bela")
    site.look(f"update {STORE}.mirror set place = 'another server'", at=site.out_database)
    outbound.run()
    assert outbound.names() == ["Anna of old", "Bela"]
    assert outbound.links() == []
    assert outbound.row("Bela") == untouched


@pytest.mark.nightly
def test_a_break_between_the_mirror_and_the_versions(outbound: Outbound) -> None:
    site = outbound.site
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    site.look(f"update {STORE}.bo_Client set name = 'Anja' where _in_id = 'a'")
    changed = f"select 'Client', _id, 'changed' from {STORE}.bo_Client where _in_id = 'a'"
    site.look(f"insert into {STORE}.journal (bo, instance, change) {changed}")
    with site.runtime() as runtime:
        # What a run does first; then it is gone.
        runtime.catch_up()
    assert outbound.names() == ["Anne", "Bela"]
    outbound.run()
    assert outbound.names() == ["Anja", "Bela"]


def test_versions_follow_the_mirror_and_are_switched_beside_it(outbound: Outbound) -> None:
    site = outbound.site
    built = site.etl("out", "build", "--version", "2")
    assert (built.code, built.err) == (0, "")
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "removed": True})
    for schema in (OUT, "out_demo_1_2"):
        assert site.look(f"select name from {schema}.Client") == [{"name": "Anne"}]
        assert site.count(f"{schema}._Claim_Client_") == 1
    assert site.etl("out", "switch", "2").code == 0
    assert site.look("select name from out_demo.Client") == [{"name": "Anne"}]
    assert "out_demo shows out_demo_1_2" in site.etl("out", "status").out
    assert site.etl("out", "rollback").code == 0
    assert "out_demo shows out_demo_1_1" in site.etl("out", "status").out
    assert [one["behind"] for one in json.loads(site.etl("out", "list", "--json").out)] == [0, 0]
    schemas = "select nspname from pg_namespace where nspname ~ '^(out|in)_' and nspname <> 'in_migration'"
    assert site.look(schemas, at=site.store_database) == []
