"""Real data, backed up in the middle of a run and restored on another server: both companies come to the same."""

import json

import pytest

from tests.acceptance import openflights
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Site, ended, until
from tests.fix_restore import Elsewhere, done

OBJECTS = {"country": "iso, dafif", "airport": "name, city, iata", "airline": "name, iata", "route": "stops, equipment"}
LINKS = {
    "airport_country": ("airport", "country"),
    "route_airline": ("route", "airline"),
    "route_source": ("route", "airport"),
    "route_destination": ("route", "airport"),
}


def what_there_is(site: Site) -> dict[str, object]:
    """Digests of the store without its ids, which are random, and what the out_ tables and the partner's rows say."""
    found: dict[str, object] = {}
    for table, columns in OBJECTS.items():
        rows = f"select md5(string_agg(concat_ws('|', _in_id, _state, {columns}), ',' order by _in_id)) from "
        found[table] = site.value(f"{rows} {STORE}.bo_{table}")
        found[f"out {table}"] = site.value(f"select count(*) from out_demo.{table}")
    for table, (owner, target) in LINKS.items():
        found[table] = site.value(
            f"select md5(string_agg(concat_ws('|', o._in_id, t._in_id), ',' order by o._in_id, t._in_id)) "
            f"from {STORE}.link_{table} l join {STORE}.bo_{owner} o on o._id = l._owner "
            f"join {STORE}.bo_{target} t on t._id = l._target"
        )
        found[f"statuses of {table}"] = site.partner.statuses(f"in_{table}")
    return found | {"waiting": site.count(f"{STORE}.boi_reference")}


def airports_arrive(site: Site) -> None:
    openflights.deliver_missing_airports(site.partner)
    site.partner.hand_over_by_row()
    assert json.loads(done(site.etl("run", "--json")).out)["resolved"] == 263 + 267


@pytest.mark.nightly
@pytest.mark.prepared
@BOTH_LAYOUTS
def test_a_backup_in_the_middle_of_a_run(make_site: MakeSite, elsewhere: Elsewhere) -> None:
    site = make_site(openflights.documents())
    site.look(f"grant create on database {site.database.name} to {site.partner_role}")
    openflights.stage(site.partner)
    openflights.deliver(site.partner)
    site.partner.hand_over()
    with site.locking(f"{STORE}.link_route_source"):
        process = site.start("run")
        until(lambda: site.count(f"{STORE}.bo_route"), "the routes are in")
        site.wait_for_blocked()
        made = json.loads(done(site.etl("backup", "-o", "backup", "--json")).out)
    assert ended(process).code == 0
    [dump] = [one for one in made["dumps"] if one["name"] == "store"]
    rows = {one["table"]: one["rows"] for one in dump["tables"]}
    assert (rows["bo_route"], rows["link_route_source"]) == (67_663, 0)
    done(site.etl("restore", "--drill", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    assert json.loads(done(there.etl("run", "--json")).out)["taken_over"]
    assert what_there_is(there) == what_there_is(site)
    there.look(f"grant create on database {there.database.name} to {site.partner_role}")
    openflights.stage(there.partner)
    for one in (site, there):
        airports_arrive(one)
        assert '"ok": true' in done(one.etl("verify", "--level", "indexes", "--json")).out
    assert what_there_is(there) == what_there_is(site)
    assert what_there_is(there)["waiting"] == 147
