"""`etl psql`: another program's exit code, databases and signals pass through."""

from tests.fix_company import CLAIMS, ONLY_APART, MakeSite, until
from tests.terminal import terminal

_WHERE = ("psql", "--no-psqlrc", "-Atc", "select current_database(), current_user", "--database")
_ASLEEP = "select count(*) from pg_stat_activity where datname = %s and wait_event = 'PgSleep'"


@ONLY_APART
def test_it_opens_each_database(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    for name, database in zip(("import", "store", "out"), site.databases, strict=True):
        assert site.etl(*_WHERE, name).out == f"{database.name}|{site.engine_role}\n"
    assert site.etl("psql", "-c", "select").code == 0
    failed = site.etl("psql", "-c", "selec")
    assert (failed.code, "syntax error" in failed.err, "Traceback" in failed.err) == (1, True, False)


def test_ctrl_c_ends_a_query_and_not_psql(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    environ = {**site.environ, "ETL_CONFIG": site.url}
    with terminal("psql", "--no-psqlrc", environ=environ, cwd=site.home) as shown:
        shown.until("=>")
        shown.press(b"select pg_sleep(1000);\n")
        until(lambda: site.value(_ASLEEP, [site.database.name]), "the query runs")
        shown.press(b"\x03")
        shown.until("canceling statement")
        shown.press(b"\\q\n")
        assert shown.ended() == 0


def test_without_psql_it_says_what_to_do(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    refused = site.etl("psql", "--programs", str(site.home))
    assert (refused.code, "name the folder of PostgreSQL's programs" in refused.err) == (2, True)
