"""What the settings say when the texts are in order."""

import pytest

from tests.unit.settings.reading import IMPORT, MAIN, OUT, STORE, WORKERS, problems_of, settings_of

TRUE = ["true", "TRUE", "T", "on", "1", "y", "Yes", "и", "Истина", "да", "Д", "是的"]
FALSE = ["false", "FALSE", "F", "off", "0", "n", "No", "л", "Ложь", "нет", "Н", "不是", "否"]


def test_defaults() -> None:
    settings = settings_of({})
    main = settings.in_migration
    assert (main.company_code, main.schema_name) == ("demo", "in_tables")
    assert (main.lease_seconds, main.heartbeat_seconds) == (60, 10)
    assert (main.chunk_rows, main.work_mem_mb, main.null_policy) == (1_500_000, 256, "clear")
    assert (main.error_limit, main.reference_expiry_minutes, main.max_value_bytes) == (None, 10_080, 104_857_600)
    assert (main.max_removed_share, main.max_blanked_share) == (30, 30)
    assert (main.copy_tables, main.copy_days, main.clean_days, main.clean_limit) == (True, 10, 10, 10_000)
    assert (settings.worker_count, settings.out_environment_version) == (1, "1")
    assert not settings.has_in_migration
    assert not settings.has_out_migration
    database = settings.import_database
    assert (database.host, database.port, database.database, database.username) == ("", 5432, "etl", "")
    assert database == settings.store_database == settings.out_database


@pytest.mark.parametrize("word", TRUE)
def test_words_for_true(word: str) -> None:
    assert settings_of({IMPORT: f"hasInMigration={word}"}).has_in_migration


@pytest.mark.parametrize("word", FALSE)
def test_words_for_false(word: str) -> None:
    assert not settings_of({IMPORT: f"hasInMigration={word}"}).has_in_migration


@pytest.mark.parametrize("word", ["", "2", "tru", "ja", "null", "-"])
def test_other_words_are_neither(word: str) -> None:
    assert "true or false" in problems_of({OUT: f"hasOutMigration={word}"})[0]


def test_error_limit() -> None:
    assert settings_of({MAIN: "errorLimit="}).in_migration.error_limit is None
    assert settings_of({MAIN: "errorLimit=0"}).in_migration.error_limit == 0


@pytest.mark.parametrize("key", ["maxRemovedShare", "maxBlankedShare"])
def test_shares_are_percent_or_any(key: str) -> None:
    for share in ("", "1", "100"):
        assert settings_of({MAIN: f"{key}={share}"}).in_migration
    for share in ("0", "101", "30%"):
        assert "a number from 1 to 100 (percent)" in problems_of({MAIN: f"{key}={share}"})[0]


def test_lease_is_three_heartbeats_at_least() -> None:
    assert settings_of({MAIN: "leaseSeconds=15\nheartbeatSeconds=5"}).in_migration.lease_seconds == 15
    [problem] = problems_of({MAIN: "heartbeatSeconds=30"})
    assert problem == (f"/c/{MAIN}: leaseSeconds: 60 is too short for heartbeatSeconds 30: write at least 90")


def test_a_bad_lease_gives_one_problem() -> None:
    assert len(problems_of({MAIN: "leaseSeconds=x\nheartbeatSeconds=50"})) == 1


def test_worker_count() -> None:
    assert settings_of({WORKERS: "# Загрузка\ncomeKafkaInMigration = 8\n"}).worker_count == 8


@pytest.mark.parametrize("name", ["in_tables", "_x", "A1", "x" * 63])
def test_schema_names(name: str) -> None:
    assert settings_of({IMPORT: f"schemaName={name}"}).in_migration.schema_name == name


@pytest.mark.parametrize("name", ["", "1x", "a-b", 'a"b', "a b", "схема", "pg_x", "PG_x", "x" * 64])
def test_schema_names_that_are_none(name: str) -> None:
    [problem] = problems_of({IMPORT: f"schemaName={name}"})
    assert "schemaName: is not a schema name" in problem or "has 64 bytes" in problem


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("db1", "db1"),
        ("192.168.10.2, 192.168.10.3 ,db3", "192.168.10.2,192.168.10.3,db3"),
        ("::1", "::1"),
        ("/var/run/postgresql", "/var/run/postgresql"),
    ],
)
def test_hosts(given: str, host: str) -> None:
    assert settings_of({IMPORT: f"host={given}\ndbName=d"}).import_database.host == host


@pytest.mark.parametrize("host", ["a b", "a,,b", "a,", "postgresql://u:hunter2@h/d", "h;drop"])
def test_hosts_that_are_none_are_not_repeated(host: str) -> None:
    [problem] = problems_of({IMPORT: f"host={host}\ndbName=d"})
    assert "host: is not a host: write a name" in problem
    assert "hunter2" not in problem


def test_a_host_needs_a_database() -> None:
    for path in (IMPORT, STORE, OUT):
        assert problems_of({path: "host=db1"}) == [f"/c/{path}: dbName: has no value: name the database on db1"]


def test_a_user_without_a_host_is_a_slip() -> None:
    for path in (IMPORT, STORE, OUT):
        [problem] = problems_of({path: "username=etl"})
        assert problem.startswith(f"/c/{path}:1: username: is not used without a host")


def test_the_embedded_server_may_have_several_databases() -> None:
    settings = settings_of({IMPORT: "dbName=a", STORE: "dbName=b"})
    assert [d.database for d in (settings.import_database, settings.store_database, settings.out_database)] == [
        "a",
        "b",
        "b",
    ]


def test_an_empty_store_is_the_import_database_and_an_empty_out_is_the_store() -> None:
    whole = "host=h1\nport=1\ndbName=d1\nusername=u1\npassword=p1\nsslmode=require"
    empty = "host=\nport=\ndbName=\nusername=\npassword=\nsslmode="
    settings = settings_of({IMPORT: whole, STORE: empty, OUT: empty})
    assert settings.store_database == settings.import_database == settings.out_database
    settings = settings_of({IMPORT: whole, STORE: whole.replace("1", "2")})
    assert settings.out_database == settings.store_database != settings.import_database


def test_without_a_host_each_key_falls_back() -> None:
    imported = "host=h1\nport=1\ndbName=d1\nusername=u1\npassword=p1\nsslmode=require"
    out = settings_of({IMPORT: imported, OUT: "dbName=d2\nusername=u2"}).out_database
    assert (out.host, out.port, out.database, out.username, out.sslmode) == ("h1", 1, "d2", "u2", "require")
    assert out.password.get_secret_value() == "p1"
    assert out.path == f"/c/{OUT}"


def test_a_password_does_not_travel_to_another_server() -> None:
    imported = "host=h1\nport=1\ndbName=d1\nusername=u1\npassword=p1\nsslmode=require"
    out = settings_of({IMPORT: imported, OUT: "host=h2\ndbName=d2"}).out_database
    assert (out.port, out.username, out.password.get_secret_value(), out.sslmode) == (5432, "", "", "")


@pytest.mark.parametrize(("given", "version"), [("", "1"), ("  ", "1"), (" 7 ", "7"), ("a_B", "a_B")])
def test_out_version(given: str, version: str) -> None:
    assert settings_of({}, environ={"MYBPM_OUT_MIGRATION_VERSION": given}).out_environment_version == version


@pytest.mark.parametrize("version", ["1.2", "a-b", "x y", "ё", '"', "1" * 17])
def test_out_version_that_is_none(version: str) -> None:
    [problem] = problems_of({}, environ={"MYBPM_OUT_MIGRATION_VERSION": version})
    assert problem.startswith("environment: MYBPM_OUT_MIGRATION_VERSION: is not a version")


def test_the_platforms_own_files_load() -> None:
    texts = {
        IMPORT: "# Created at 2025-11-27 15:30:27\n#\n# Настройки подключения\n\n# хост\nhost=192.168.10.2\n\n"
        "port=5432\n\ndbName=mybpm\n\npassword:ENV=PASS\n\nusername=mybpm\n\nhasInMigration=true\n\nschemaName",
        MAIN: "passwordToEnableServices=-\n\ncompanyCode=greetgo\n\ntrackTimings=true",
        "configs/AdConfig.txt": "adPort=389\nuseSSL=false\nadHost=\nadGroupFieldCode=",
        "configs/MailConfig.txt": "port=perhaps",
        "configs/InMigrationKafkaConfig.txt": "interval=10",
    }
    settings = settings_of(texts, company=None, environ={"PASS": "x"})
    assert (settings.in_migration.company_code, settings.has_in_migration) == ("greetgo", True)
