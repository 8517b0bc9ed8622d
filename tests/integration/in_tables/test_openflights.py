"""Airports of OpenFlights as full sets: two hand-overs with control totals, the second one without 100 airports; then
the partner compares."""

from typing import Any

import pytest

from etl.contract.comparing import compare_scripts
from etl.errors import RunStopped
from tests.acceptance.openflights import documents, stage
from tests.contracts import TERMS
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Site

_AIRPORTS = """
insert into in_Country (in_id, Iso, Dafif)
select distinct on (name) name, iso, dafif from staging.countries order by name, iso;
insert into in_Airport (in_id, Name, City, Iata, Icao, Latitude, Longitude, Altitude, Kind)
select id, name, city, iata, icao, latitude, longitude, altitude, kind from staging.airports;
"""
_TOTALS = """
insert into process_expected (in_table, full_set, rows, column_name, column_sum)
select 'in_Airport', true, count(*), 'Altitude', sum(Altitude) from in_Airport
"""


def hand_over(site: Site) -> dict[str, Any]:
    site.partner.hand_over()
    return {one.in_table: one for one in site.run().receipts}


def differences(site: Site) -> dict[str, int]:
    rows = site.look("select difference, count(*) as n from in_tables.process_difference group by 1")
    return {row["difference"]: row["n"] for row in rows}


def ask(site: Site) -> None:
    with site.runtime() as runtime:
        script = compare_scripts(runtime.company, TERMS)["compare.sql"]
    for statement in script.split(";\n"):
        site.partner(statement)


@BOTH_LAYOUTS
def test_two_full_sets_and_a_comparison(make_site: MakeSite, layout: str) -> None:
    site = make_site(documents())
    site.look(f"grant create on database {site.database.name} to {site.partner.session.info.user}")
    stage(site.partner)
    site.partner(_AIRPORTS)
    [all_of] = site.partner("select count(*) as rows, sum(Altitude) as altitude from in_Airport")
    site.partner(_TOTALS)
    ask(site)
    receipt = hand_over(site)["in_Airport"]
    assert (receipt.claimed, receipt.created, receipt.removed) == (all_of["rows"], all_of["rows"], 0)
    assert (differences(site), site.count("in_tables.comparison")) == ({}, 4)

    # The second hand-over lacks 100 airports; the totals are first those of before.
    site.partner("insert into process_expected (in_table, full_set, rows, column_name, column_sum) "
                 "values ('in_Airport', true, %s, 'Altitude', %s)", list(all_of.values()))  # fmt: skip
    site.partner("delete from in_Airport where in_id in (select id from staging.airports order by id limit 100)")
    site.partner("update in_Airport set in_status = ''")
    [left] = site.partner("select count(*) as rows, sum(Altitude) as altitude from in_Airport")
    before = site.fingerprint()
    site.partner.hand_over()
    with pytest.raises(RunStopped) as stopped:
        site.run()
    assert (
        f"in_Airport has {left['rows']:,} rows, {all_of['rows']:,} are expected; the sum of in_Airport.Altitude is "
        f"{left['altitude']:,.0f}, {all_of['altitude']:,.0f} is expected" in str(stopped.value)
    )
    assert site.fingerprint() == before
    assert site.partner.statuses("in_Airport") == {"": left["rows"]}

    site.partner("delete from process_expected")
    site.partner(_TOTALS)
    receipt = hand_over(site)["in_Airport"]
    assert (receipt.claimed, receipt.unchanged, receipt.removed) == (all_of["rows"], left["rows"], 100)
    assert site.count(f"{STORE}.bo_airport where _state = 'ACTUAL'") == left["rows"]
    assert site.partner.statuses("in_Airport") == {"DONE": left["rows"]}

    ask(site)
    site.partner("insert into process_compare select 'in_Airport', id, md5('') from staging.airports "
                 "order by id limit 100")  # fmt: skip
    site.partner("update process_compare set hash = md5(hash) where in_table = 'in_Airport' and in_id in "
                 "(select id from staging.airports order by id offset 100 limit 7)")  # fmt: skip
    site.partner("delete from process_compare where in_table = 'in_Country' and in_id like 'A%'")
    hand_over(site)
    countries = site.count(f"{STORE}.bo_country where _in_id like 'A%'")
    assert differences(site) == {"missing": 100, "different": 7, "extra": countries}
