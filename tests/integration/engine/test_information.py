"""The vendor's information tables: views that a run makes, in a schema of the vendor's name."""

import pytest

from tests.documentation import MONITORING
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, ONLY_ONE, MakeSite, Row, Site

# Vendor's guide, «Дополнительная информация»; the placeholder is the only change.
SPEED = (
    "SELECT (SUM(inserted_data_counter) / extract(epoch from MAX(finished_at) - MIN(started_at))) as avg_speed "
    "FROM in_migration.from_kafka_to_mongo_tracking WHERE started_at >= '2026-01-01';"
)


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="true")
    site.partner.fill("in_Client", {"in_id": "a", "name": "Ann"}, {"in_id": "bad", "amount": "NaN"})
    site.partner.fill("in_Claim", {"in_id": "k"})
    site.partner.fill("in_Claim_Client", {"claim_id": "k", "client_id": "late"})
    site.partner.hand_over()
    site.run()
    return site


def of_store(site: Site, query: str) -> list[Row]:
    return site.look(query, at=site.store_database)


def of_import(site: Site, query: str) -> list[Row]:
    return site.look(query, at=site.database)


@BOTH_LAYOUTS
def test_each_shows_what_it_is_for(site: Site) -> None:
    [waiting] = of_store(site, "select * from in_migration.boi_reference")
    assert (waiting["bo_code"], waiting["field_code"], waiting["in_id"], waiting["target_in_id"]) == (
        "Claim",
        "Client",
        "k",
        "late",
    )
    assert [row["code"] for row in of_store(site, "select * from in_migration.log")] == ["NUMBER_NOT_FINITE"]
    assert of_store(site, "select * from in_migration.errors") == []
    of_store(site, "update store_demo.err set code = 'ROW_QUARANTINED'")
    assert [row["in_id"] for row in of_store(site, "select * from in_migration.errors")] == ["bad"]
    assert of_store(site, "select * from in_migration.log") == []
    [tracked] = of_store(site, "select * from in_migration.from_kafka_to_mongo_tracking")
    assert tracked["kind"] == "run"
    assert [tracked[f"{name}_counter"] for name in ("created", "changed", "unchanged", "rejected", "waiting")] == [
        2,
        0,
        0,
        1,
        1,
    ]
    assert tracked["inserted_data_counter"] == 2
    copies = of_import(site, "select in_table_name, row_count from in_migration.copy_table_info order by 1")
    assert [tuple(row.values()) for row in copies] == [("in_Claim", 1), ("in_Claim_Client", 1), ("in_Client", 2)]
    timings = of_import(site, "select method, in_table_name, call_count, total_ms from in_migration.timings")
    assert ("MIGRATE_SINGLE_FIELDS", "in_Client", 1) in {tuple(row.values())[:3] for row in timings}
    assert all(row["total_ms"] >= 0 for row in timings)


@BOTH_LAYOUTS
def test_the_query_of_the_guide_runs_to_the_letter(site: Site) -> None:
    assert SPEED in MONITORING.read_text(encoding="utf-8")
    [row] = of_store(site, SPEED)
    assert row["avg_speed"] > 0


@ONLY_ONE  # where the views are is a matter of one database
def test_they_are_made_once_and_again_when_something_changes(site: Site) -> None:
    made = "select oid from pg_class where relname = 'timings' and relkind = 'v'"
    [before] = of_import(site, made)
    site.partner.hand_over()
    site.run()
    assert of_import(site, made) == [before]
    site.set(trackTimings="false")
    site.partner.hand_over()
    site.run()
    assert of_import(site, "select * from in_migration.timings") == []
    site.look("drop schema in_migration cascade")
    site.partner.hand_over()
    site.run()
    assert of_import(site, made) != []


@ONLY_ONE
@pytest.mark.first_run
@pytest.mark.parametrize("comment", ["Information tables of the migration of company other, for people", None])
def test_a_schema_of_someone_else_is_left_alone(make_site: MakeSite, comment: str | None) -> None:
    site = make_site(CLAIMS)
    site.look("create schema in_migration")
    if comment:
        site.look(f"comment on schema in_migration is '{comment}'")
    site.partner.fill("in_Client", {"in_id": "a"})
    site.partner.hand_over()
    site.run()
    found = site.look("select schemaname from pg_views where viewname = 'timings'")
    assert [row["schemaname"] for row in found] == ["in_migration_demo"]


@ONLY_ONE
@pytest.mark.first_run
def test_a_role_that_may_make_no_schema_runs_without_them(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    site.partner.fill("in_Client", {"in_id": "a"})
    site.partner.hand_over()
    site.run()
    site.look("drop schema in_migration cascade")
    site.look(f"revoke create on database {site.database.name} from {site.engine_role}")
    site.partner.fill("in_Client", {"in_id": "b"})
    site.partner.hand_over()
    assert site.run().run
    assert site.look("select from pg_namespace where nspname like 'in_migration%'") == []
    # An administrator may make it instead.
    site.look(f"create schema in_migration authorization {site.engine_role}")
    site.partner.hand_over()
    site.run()
    assert site.count("in_migration.timings") > 0


@BOTH_LAYOUTS
def test_readers_may_select(site: Site) -> None:
    script = site.etl("grants", "--reader", "someone").out
    assert "grant select on all tables in schema in_migration to someone;" in script
    assert script.count("someone reads the information tables") == len({site.database.name, site.store_database.name})
