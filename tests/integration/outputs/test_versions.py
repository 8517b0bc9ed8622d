"""Metadata that changed asks for a new version; the old one stays as it is."""

import pytest

from etl.errors import ConfigurationError
from tests.fix_company import OUT, OUT_CONFIG
from tests.integration.outputs.conftest import DOCUMENTS, Outbound

pytestmark = pytest.mark.first_run

CHANGED = DOCUMENTS["Client"].replace(
    "type: INPUT_TEXT, needLoadFromInTables: true}",
    "type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}",
)


def test_changed_metadata_with_the_same_version_is_refused_with_the_difference(outbound: Outbound) -> None:
    outbound.site.document("Client", CHANGED)
    outbound.site.partner.hand_over()
    before = outbound.site.fingerprint()
    with pytest.raises(ConfigurationError) as refused:
        outbound.site.run()
    assert f"{OUT}.Client.Secret" in str(refused.value)
    assert "raise MYBPM_OUT_MIGRATION_VERSION (now 1)" in str(refused.value)
    assert outbound.site.fingerprint() == before


def test_a_higher_version_is_built_from_the_store_beside_the_old_one(outbound: Outbound) -> None:
    outbound.load("in_Client", {"in_id": "a", "name": "Anna", "secret": "s"}, {"in_id": "c", "name": "Cora"})
    outbound.load("in_Client", {"in_id": "b", "removed": True})
    before = outbound.site.fingerprint()
    outbound.site.document("Client", CHANGED)
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    outbound.site.partner.redeliver("in_Client")
    assert outbound.run().out_schema == "out_demo_1_2"
    second = Outbound(outbound.site, "out_demo_1_2")
    assert second.names() == ["Anna", "Cora"]
    assert second.row("Anna")["secret"] == "s"
    assert second.links() == [("Claim", "Anna")]
    after = outbound.site.fingerprint()
    assert {name: value for name, value in after.items() if name.startswith(f"{OUT}.")} == {
        name: value for name, value in before.items() if name.startswith(f"{OUT}.")
    }

    second.load("in_Client", {"in_id": "a", "name": "Anne", "secret": "s"})
    assert second.names() == outbound.names() == ["Anne", "Cora"]
    assert "secret" not in outbound.row("Anne")


def test_every_version_follows_whichever_the_environment_names(outbound: Outbound) -> None:
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"}, {"in_id": "b", "removed": True})
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "1"
    assert outbound.names() == Outbound(outbound.site, "out_demo_1_2").names() == ["Anne"]
    outbound.load("in_Client", {"in_id": "a", "name": "Anya"})
    assert outbound.names() == Outbound(outbound.site, "out_demo_1_2").names() == ["Anya"]


def test_without_out_migration_no_schema_is_made(outbound: Outbound) -> None:
    outbound.site.look(f"drop schema {OUT}, out_demo cascade; delete from store_demo.out_version")
    outbound.site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    outcome = outbound.run()
    assert (outcome.out_schema, dict(outcome.out)) == ("", {})
    found = "select 1 from pg_namespace where nspname like 'out%'"
    assert [row for one in outbound.site.databases for row in outbound.site.look(found, at=one)] == []
