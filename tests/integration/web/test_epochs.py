"""A restore ends all sign-ins: what the dump had may have ended since."""

from pathlib import Path

import pytest

from tests.fix_company import Site
from tests.fix_database import Database
from tests.fix_restore import dump, place_of, restore_into
from tests.fix_web import ServeWeb
from tests.integration.web.test_identity import CONFIG, add, signed_in

NOW = "/c/demo/now"


def restore_in_place(database: Database, source: Path) -> None:
    """Drops the schema's tables and makes them again, as `pg_restore --clean` does."""
    options = ("--clean", "--if-exists", "--schema=etl_web")
    restore_into(place_of(database.host, database.port), database.name, source, *options)


def test_no_sign_in_outlives_a_restore(site: Site, serve_web: ServeWeb, tmp_path: Path) -> None:
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    web = serve_web(site)
    browser = signed_in(web, "aidana")
    assert browser.get(NOW).status == 200
    dump(site.database, tmp_path / "dump", "--schema=etl_web")
    restore_in_place(site.database, tmp_path / "dump")
    assert site.value("select count(*) from etl_web.web_session") == 1  # it came back, and means nothing
    assert browser.get(NOW).status == 303
    assert site.etl("web", "user", "list").out == "aidana  all companies=operator\n"  # none is signed in
    assert signed_in(web, "aidana").get(NOW).status == 200


@pytest.mark.parametrize("part", range(4), ids=["server", "database", "table", "timeline"])
def test_each_part_of_the_epoch_counts(site: Site, serve_web: ServeWeb, part: int) -> None:
    site.write(CONFIG, "identity=password")
    add(site, "aidana", "operator")
    browser = signed_in(serve_web(site), "aidana")
    [one] = site.look("select epoch from etl_web.web_session")
    parts = one["epoch"].split()
    assert len(parts) == 4
    begun = "update etl_web.web_session set epoch = %s"
    site.look(begun, [" ".join([*parts[:part], "77", *parts[part + 1 :]])])
    assert browser.get(NOW).status == 303
    site.look(begun, [" ".join(parts)])
    assert browser.get(NOW).status == 200
