"""A version is dropped when its day has come and it is not read any more."""

from datetime import date, timedelta

import pytest

from etl.engine import build_version, clean, retire_version, switch_version
from etl.errors import ConfigurationError
from etl.outputs.versions import Retired
from tests.fix_company import OUT, STORE, Site, until
from tests.integration.outputs.conftest import Outbound
from tests.integration.outputs.writers import session

SECOND = "out_demo_1_2"
NO_COUNT = "PostgreSQL counts no reads (track_counts is off, or it is 14), so its readers are unknown"


@pytest.fixture
def site(outbound: Outbound) -> Site:
    """Version 2 is current, version 1 has had its day and no configuration names it."""
    with outbound.site.runtime() as runtime:
        build_version(runtime, "2", lambda _: None)
        switch_version(runtime, "2", force=False, patience=20.0)
    outbound.site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    return outbound.site


def retire(site: Site, name: str, *, on: date | None = None, keep: bool = False, force: bool = False) -> Retired:
    with site.runtime() as runtime:
        return retire_version(runtime, name, on=on, keep=keep, force=force)


def counts_reads(site: Site) -> bool:
    """PostgreSQL 14 does not tell our reads from others' (docs/versions.md): there nothing goes by itself."""
    return bool(site.value("select current_setting('server_version_num')::int >= 150000", at=site.out_database))


def retire_unneeded(site: Site, name: str) -> Retired:
    """Drops a version that is not needed: by force where reads are not counted, and for that reason alone."""
    if counts_reads(site):
        return retire(site, name)
    with pytest.raises(ConfigurationError) as why:
        retire(site, name)
    assert str(why.value).splitlines()[1:] == [f"  {NO_COUNT}"]
    return retire(site, name, force=True)


def refused(site: Site, name: str) -> str:
    with pytest.raises(ConfigurationError) as why:
        retire(site, name)
    assert [exists(site, schema) for schema in (OUT, SECOND)] == [True, True]
    return str(why.value)


def exists(site: Site, schema: str) -> bool:
    return bool(site.look("select 1 from pg_namespace where nspname = %s", [schema], at=site.out_database))


def comment(site: Site) -> str | None:
    text: str | None = site.value(f"select obj_description('{OUT}'::regnamespace, 'pg_namespace')")
    return text


def test_a_version_that_no_one_needs_goes(site: Site) -> None:
    assert retire_unneeded(site, "1") == Retired(OUT, is_dropped=True)
    assert not exists(site, OUT)
    assert site.look(f"select schema_name, previous from {STORE}.out_version") == [
        {"schema_name": SECOND, "previous": None}
    ]
    assert site.count("out_demo.Client") == 2


def test_the_current_version_and_the_one_of_the_environment_stay(site: Site) -> None:
    assert "it is the current version" in refused(site, "2")
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "1"
    assert "MYBPM_OUT_MIGRATION_VERSION=1 names it" in refused(site, "1")


def test_our_own_followers_are_no_readers_and_readers_are(outbound: Outbound, site: Site) -> None:
    if not counts_reads(site):
        assert NO_COUNT in refused(site, "1")
        return
    for name in ("Anne", "Anya", "Anna"):
        outbound.load("in_Client", {"in_id": "a", "name": name})
    outbound.load("in_Client", {"in_id": "a", "removed": True})
    assert site.value(f"select own_scans > 0 and last_read_at is null from {STORE}.out_version where is_current")
    with site.runtime() as runtime:
        build_version(runtime, "3", lambda _: None)
    retire(site, "3")
    with session(site.out_database) as reader:
        reader.execute(f"select * from {OUT}.Client")
    until(lambda: "it was read, last at" in refused(site, "1"), "the reader's scan is counted")
    outbound.load("in_Client", {"in_id": "a", "name": "Anna"})
    assert site.value(f"select last_read_at > now() - interval '1 hour' from {STORE}.out_version where not is_current")
    site.look(f"update {STORE}.out_version set last_read_at = now() - interval '8 days'")
    outbound.load("in_Client", {"in_id": "a", "name": "Anne"})
    assert retire(site, "1").is_dropped


def test_what_others_made_on_it_is_a_reason(site: Site) -> None:
    site.look(f"create view public.report as select * from {OUT}.Client")
    assert "view public.report depends on its table client" in refused(site, "1")
    site.look(f"drop view public.report; create table {OUT}.notes (note text)")
    assert "its schema holds what is not ours: notes" in refused(site, "1")
    assert retire(site, "1", force=True).is_dropped


def test_an_announced_day_is_reported_and_kept(site: Site) -> None:
    tomorrow = site.value("select current_date + 1")
    assert retire(site, "1", on=tomorrow) == Retired(OUT, is_dropped=False, retire_on=tomorrow)
    assert comment(site) == f"out_ version 1, to be dropped from {tomorrow} on"
    assert f"its announced day is {tomorrow}" in refused(site, "1")
    with site.runtime() as runtime:
        assert clean(runtime).versions == ()
    retire(site, "1", keep=True)
    assert comment(site) is None
    with pytest.raises(ConfigurationError, match="is the current version: switch to another one first"):
        retire(site, "2", on=tomorrow)


def test_cleaning_drops_what_is_due_unless_someone_needs_it(site: Site) -> None:
    retire(site, "1", on=site.value("select current_date") - timedelta(days=1))
    site.look(f"create view public.report as select * from {OUT}.Client")
    with site.runtime() as runtime:
        cleaned = clean(runtime)
        assert cleaned.versions == ()
        assert "view public.report depends on its table client" in cleaned.kept[OUT]
        site.look("drop view public.report", at=site.out_database)
        cleaned = clean(runtime)
    if counts_reads(site):
        assert cleaned.versions == (OUT,)
    else:
        assert cleaned.versions == ()
        assert cleaned.kept[OUT].splitlines()[1:] == [f"  {NO_COUNT}"]
    assert exists(site, OUT) != counts_reads(site)
