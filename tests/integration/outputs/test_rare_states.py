"""Versions in states that come seldom: half filled beside others, of an older program, changed by hand."""

import pytest

from etl.engine import build_version, retire_version, run_once, switch_version
from etl.errors import ConfigurationError, EnvironmentFault
from etl.outputs.versions import Switched
from tests.fix_company import ONLY_ONE, OUT, OUT_CONFIG, STORE, Site
from tests.integration.outputs.conftest import DOCUMENTS, Outbound
from tests.integration.outputs.test_retire import retire_unneeded

VIEWS, SECOND, THIRD = "out_demo", "out_demo_1_2", "out_demo_1_3"
HALF = (
    f"update {STORE}.out_version set whole_at = null, fill = "
    """'{"is_new": true, "step": 1, "after": [], "rows": 2, "total": 8}' where schema_name = %s"""
)


def build(site: Site, *names: str) -> None:
    with site.runtime() as runtime:
        for name in names:
            build_version(runtime, name, lambda _: None)


def switch(site: Site, name: str, *, force: bool = False) -> Switched:
    with site.runtime() as runtime:
        return switch_version(runtime, name, force=force, patience=20.0)


def test_others_are_brought_to_the_same_moment_and_half_filled_ones_are_left(outbound: Outbound) -> None:
    """What the store has changed meanwhile, readers see before and after."""
    site = outbound.site
    build(site, "2", "3")
    site.look(HALF, [THIRD])
    site.edit(OUT_CONFIG, "hasOutMigration=true", "hasOutMigration=false")
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    site.edit(OUT_CONFIG, "hasOutMigration=false", "hasOutMigration=true")
    assert outbound.names() == ["Anna", "Bela"]
    switch(site, "2")
    assert [Outbound(site, one).names() for one in (OUT, SECOND, VIEWS)] == [["Anne", "Bela"]] * 3
    assert Outbound(site, THIRD).names() == ["Anna", "Bela"]


def test_tables_of_another_type_keep_readers_from_coming_and_not_from_leaving(outbound: Outbound) -> None:
    site = outbound.site
    build(site, "2")
    site.look(f"alter table {SECOND}.firm alter column name type bytea using null", at=site.out_database)
    with pytest.raises(
        EnvironmentFault, match=r"(?s)out_demo_1_2\.Firm\.Name: is bytea.*`etl out switch 3` shows that"
    ):
        switch(site, "2")
    build(site, "3")
    switch(site, "3")
    switch(site, "1")
    site.look(f"alter table {THIRD}.firm drop column name", at=site.out_database)
    with pytest.raises(
        ConfigurationError, match=r"^the version out_demo_1_3 is not whole, 0 % of it is filled: `etl out"
    ):
        switch(site, "3")


def test_a_version_of_a_program_that_noted_no_structure(outbound: Outbound) -> None:
    """Its tables are compared with the store, and it is current all the time."""
    site = outbound.site
    site.look(f"update {STORE}.out_version set structure = null; update {OUT}.client set name = 'wrong'")
    outbound.load("in_Client", {"in_id": "c", "name": "Cora"})
    assert outbound.names() == ["Anna", "Bela", "Cora"]
    assert site.value(f"select structure is not null and fill is null and is_current from {STORE}.out_version")


def test_a_table_in_the_place_of_a_view(outbound: Outbound) -> None:
    site = outbound.site
    site.look(f"drop view {VIEWS}.client cascade; create table {VIEWS}.client (mine text)", at=site.out_database)
    site.partner.hand_over()
    refusal = "the schema out_demo is for views .* these are no views: client; move them elsewhere"
    with site.runtime() as runtime, pytest.raises(EnvironmentFault, match=refusal):
        run_once(runtime)
    site.look(f"drop table {VIEWS}.client", at=site.out_database)
    outbound.run()
    assert Outbound(site, VIEWS).names() == ["Anna", "Bela"]


def test_a_view_that_others_stand_on_and_whose_table_is_gone(outbound: Outbound) -> None:
    site = outbound.site
    site.document("Firm", DOCUMENTS["Firm"].replace("needUploadToOutTable: true", "needUploadToOutTable: false"))
    build(site, "2")
    site.look(f"create view public.report as select name from {VIEWS}.firm", at=site.out_database)
    with pytest.raises(ConfigurationError, match=r"view public\.report stands on its view"):
        switch(site, "2")
    assert switch(site, "2", force=True).views["firm"] == "empty"
    assert site.look("select * from public.report", at=site.out_database) == []
    switch(site, "1")
    assert site.look("select * from public.report", at=site.out_database) == [{"name": "Firm"}]


def test_a_version_whose_schema_was_dropped_by_hand_is_forgotten(outbound: Outbound) -> None:
    site = outbound.site
    build(site, "2")
    site.look(f"drop schema {SECOND} cascade", at=site.out_database)
    assert retire_unneeded(site, "2").is_dropped
    assert site.value(f"select count(*) from {STORE}.out_version") == 1


def test_a_version_that_is_retired_while_it_is_built(outbound: Outbound) -> None:
    site, shown = outbound.site, list[int]()
    with site.runtime() as runtime, site.runtime() as other:

        def show(percent: int) -> None:
            if not shown:
                retire_version(other, "2", on=None, keep=False, force=True)
            shown.append(percent)

        with pytest.raises(ConfigurationError, match=r"^out_demo_1_2 was retired meanwhile$"):
            build_version(runtime, "2", show)
    assert len(shown) == 1
    assert site.value("select to_regnamespace('out_demo_1_2') is null", at=site.out_database)


@ONLY_ONE  # a mirror would not know of rows that are deleted without the journal
def test_statistics_of_a_table_that_is_empty_by_now(outbound: Outbound) -> None:
    """It is not divided, as nothing is left to be divided."""
    site = outbound.site
    site.look(
        f"delete from {STORE}.link_claim_client; delete from {STORE}.link_claim_party; delete from {STORE}.bo_claim"
    )
    site.look(
        f"update pg_class set reltuples = 50000000, relpages = 900000 where oid = '{STORE}.bo_claim'::regclass",
        at=site.store_database,
    )
    build(site, "2")
    assert site.count(f"{SECOND}.claim") == 0
    assert Outbound(site, SECOND).names() == ["Anna", "Bela"]
