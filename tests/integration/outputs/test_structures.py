"""Versions of different structure, each right; removed instances that stay; native fields."""

import random

import pytest

from etl.engine import build_version
from etl.errors import ConfigurationError
from tests.fix_company import OUT, OUT_CONFIG, STORE
from tests.integration.outputs.conftest import DOCUMENTS, Outbound
from tests.integration.outputs.test_versions import CHANGED
from tests.integration.outputs.writers import Writer, populate, session, wrong_rows

pytestmark = pytest.mark.first_run

SECOND = "out_demo_1_2"
WITHOUT_NAME = DOCUMENTS["Firm"].replace(", needUploadToOutTable: true", "")
NATIVES = """
nativeFields:
  - {code: CREATED_AT, needUploadToOutTable: true}
  - {code: CREATED_BY, needUploadToOutTable: true}
  - {code: LAST_MODIFIED_AT, needUploadToOutTable: true}
  - {code: LAST_MODIFIED_BY, needUploadToOutTable: true}
  - {code: IN_MIGRATION_UPDATED_AT, needUploadToOutTable: true}
"""


def build(outbound: Outbound, name: str) -> None:
    with outbound.site.runtime() as runtime:
        build_version(runtime, name, lambda _: None)


@pytest.mark.nightly
def test_two_versions_of_different_structure_are_both_right_after_random_changes(outbound: Outbound) -> None:
    site = outbound.site
    populate(site, 200)
    site.document("Client", CHANGED)
    site.document("Firm", WITHOUT_NAME)
    build(outbound, "2")
    with session(site.store_database) as connection:
        writer = Writer(connection, random.Random(3))
        for _ in range(6):
            for _ in range(20):
                writer.change()
                connection.commit()
            outbound.load("in_Firm", {"in_id": "f", "name": f"Firm {len(writer.numbers)}"})
            assert wrong_rows(site, OUT) == {}
            assert wrong_rows(site, SECOND, client_columns=("Name", "Secret")) == {}
            assert site.value(f"select name from {OUT}.Firm") == f"Firm {len(writer.numbers)}"
    assert not site.value(f"select to_regclass('{SECOND}.firm') is not null")
    assert [row["party_bo"] for row in site.look(f"select party_bo from {SECOND}._Claim_Party_")] == ["Client"]


def test_a_field_that_was_taken_away_is_refused_too_and_an_old_version_keeps_it(outbound: Outbound) -> None:
    site = outbound.site
    site.document("Firm", WITHOUT_NAME)
    with pytest.raises(ConfigurationError) as refused:
        outbound.run()
    assert f"drop table {OUT}.Firm" in str(refused.value)
    assert f"drop links to Firm in {OUT}._Claim_Party_" in str(refused.value)
    assert "`etl out build --version 2`" in str(refused.value)
    build(outbound, "2")  # now the change has a version, whatever the environment names
    outbound.load("in_Firm", {"in_id": "f", "name": "Firma"})
    assert site.value(f"select name from {OUT}.Firm") == "Firma"


def test_a_schema_that_is_there_is_taken_as_it_is(outbound: Outbound) -> None:
    """As after the loss of the store's own rows: what it holds is compared, not written again."""
    site = outbound.site
    before = site.fingerprint()[f"{OUT}.client"]
    site.look(
        f"delete from {STORE}.out_version; drop schema out_demo cascade;"
        f"insert into {OUT}.Firm (system_id, name) values ('gone', 'Gone');"
        f"alter table {OUT}.Client add column own_remark text"
    )
    outbound.run()
    assert site.fingerprint()[f"{OUT}.client"] == before
    assert site.look("select name from out_demo.Firm") == [{"name": "Firm"}]
    assert outbound.links() == [("Claim", "Anna")]
    site.look(f"delete from {STORE}.out_version; alter table {OUT}.Client drop column name cascade")
    with pytest.raises(ConfigurationError, match=r"add column out_demo_1_1.Client.Name\n"):
        outbound.run()


def test_removed_instances_stay_and_are_marked_where_that_is_asked_for(outbound: Outbound) -> None:
    site = outbound.site
    outbound.load("in_Client", {"in_id": "b", "removed": True})
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=true\nremovedInOut=mark")
    with pytest.raises(ConfigurationError, match=r"add column out_demo_1_1.Client.system_state \(varchar\(8\)\)"):
        outbound.run()
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    outbound.run()
    states = f"select name, system_state from {SECOND}.Client order by name"
    assert [tuple(row.values()) for row in site.look(states)] == [("Anna", "ACTUAL"), ("Bela", "REMOVED")]
    second = Outbound(site, SECOND)
    assert (second.links(), outbound.names()) == ([("Claim", "Anna")], ["Anna"])
    outcome = outbound.load("in_Client", {"in_id": "a", "removed": True}, {"in_id": "b", "name": "Bela"})
    assert outcome.out["unlinked"] == 2
    assert [tuple(row.values()) for row in site.look(states)] == [("Anna", "REMOVED"), ("Bela", "ACTUAL")]
    assert (second.links(), outbound.names()) == ([], ["Bela"])
    outbound.load("in_Client", {"in_id": "a", "name": "Anna"})
    assert second.links() == outbound.links() == [("Claim", "Anna")]


def test_native_fields_and_the_creator_show_what_the_store_has(outbound: Outbound) -> None:
    site = outbound.site
    site.document("Client", DOCUMENTS["Client"] + NATIVES)
    site.look(
        f"with changed as (update {STORE}.bo_Client set _created_by = 'Ivanov I.' where _in_id = 'a' returning _id) "
        f"insert into {STORE}.journal (bo, instance, change) select 'Client', _id, 'changed' from changed"
    )
    build(outbound, "2")
    second = Outbound(site, SECOND)
    anna, golden = second.row("Anna"), site.look(f"select * from {STORE}.bo_Client where _in_id = 'a'")[0]
    assert anna["system_creator_fio"] == anna["created_by"] == "Ivanov I."
    assert anna["created_at"] == anna["system_created_at"] == golden["_created_at"]
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    anne, golden = second.row("Anne"), site.look(f"select * from {STORE}.bo_Client where _in_id = 'a'")[0]
    assert (anne["created_at"], anne["last_modified_at"]) == (anna["created_at"], golden["_modified_at"])
    assert anne["in_migration_updated_at"] == golden["_in_migrated_at"] > anne["last_modified_at"]
    assert anne["last_modified_by"] == golden["_modified_by"]


def test_a_changed_instance_is_written_once_in_each_version(outbound: Outbound) -> None:
    site = outbound.site
    build(outbound, "2")
    with session(site.store_database) as connection:
        writer = Writer(connection, random.Random(1))
        for _ in range(30):
            writer.change()
            connection.commit()
    shown = len(outbound.links())
    written = outbound.run().out
    changes = f"select count(distinct (instance, target)) from {STORE}.journal where n = any(%s) and field is"
    instances, links = (site.value(f"{changes} {kind} null", [writer.numbers]) for kind in ("", "not"))
    assert 0 < written["upserted"] + written["deleted"] <= 2 * instances
    assert written["linked"] + written["unlinked"] <= 2 * (links + shown)  # a link also goes with one of its ends
    assert sum(outbound.run().out.values()) == 0
