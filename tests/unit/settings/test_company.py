"""Whose settings: the choice of a company, and its overlay."""

import pytest

from etl.settings import explain_settings
from tests.unit.settings.reading import IMPORT, MAIN, STORE, WORKERS, problems_of, settings_of

BO = "business-objects/Client.yaml"


def test_the_company_that_is_asked_for_wins() -> None:
    texts = {MAIN: "companyCode=a", f"companies/c/{BO}": ""}
    assert settings_of(texts, company="b").in_migration.company_code == "b"


def test_else_company_code_decides() -> None:
    texts = {MAIN: "companyCode=a", f"companies/c/{BO}": ""}
    assert settings_of(texts, company=None).in_migration.company_code == "a"


def test_else_the_only_folder_decides() -> None:
    assert (
        settings_of({f"companies/c/{BO}": "", "companies/readme.txt": ""}, company=None).in_migration.company_code
        == "c"
    )


def test_no_company_is_an_error_that_says_where_to_name_one() -> None:
    assert problems_of({}, company=None) == [
        f"/c/{MAIN}: companyCode: no company yet: name one here, and put its business objects into "
        "companies/<code>/business-objects/"
    ]


def test_several_companies_are_named() -> None:
    [problem] = problems_of({f"companies/b/{BO}": "", f"companies/a/{BO}": ""}, company=None)
    assert "there are several companies, a, b: name one here or with the option --company" in problem


@pytest.mark.parametrize("code", ["", "1a", "../x", "a b", "ё", "a\n"])
def test_a_company_that_can_be_none_is_refused(code: str) -> None:
    assert problems_of({}, company=code)[0].startswith(f"{code!r} is not a company code: ")


def test_the_overlay_wins_key_by_key() -> None:
    texts = {
        MAIN: "chunkRows=5000\nworkMemMb=64",
        f"companies/demo/{MAIN}": "chunkRows=6000\nnullPolicy=keep\nworkMemMb",
        f"companies/other/{MAIN}": "chunkRows=x",
        IMPORT: "host=h\ndbName=d\npassword=p",
        f"companies/demo/{IMPORT}": "dbName=e\nhasInMigration=true",
    }
    settings = settings_of(texts)
    main, database = settings.in_migration, settings.import_database
    assert (main.chunk_rows, main.null_policy, main.work_mem_mb) == (6000, "keep", 64)
    assert (database.host, database.database, database.password.get_secret_value()) == ("h", "e", "p")
    assert settings.has_in_migration


def test_a_fault_of_the_overlay_names_its_own_path() -> None:
    [problem] = problems_of({f"companies/demo/{MAIN}": "\nchunkRows=x"})
    assert problem.startswith(f"/c/companies/demo/{MAIN}:2: chunkRows: 'x' is not a number")


def test_the_overlay_names_no_other_company() -> None:
    assert settings_of({f"companies/demo/{MAIN}": "companyCode=demo"}).in_migration.company_code == "demo"
    [problem] = problems_of({f"companies/demo/{MAIN}": "companyCode=other"})
    assert problem == (
        f"/c/companies/demo/{MAIN}:1: companyCode: other is set in the folder of company demo: delete this line"
    )


def test_only_configs_are_overlaid() -> None:
    [problem] = problems_of({f"companies/demo/{WORKERS}": "comeKafkaInMigration=2"})
    assert problem.startswith(f"/c/companies/demo/{WORKERS}: is not read: a company has its own configs/ only")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("configs/inMigrationConfig.txt", MAIN),
        ("configs/InMigrationsConfig.txt", MAIN),
        ("configs/InMigratonConfig.txt", MAIN),
        ("configs/InMigrationPostgressConfig.txt", IMPORT),
        ("Configs/InMigrationConfig.txt", MAIN),
        ("consumers/inmigration.workercount", WORKERS),
        ("companies/demo/configs/StorePostgresConfg.txt", STORE),
    ],
)
def test_a_slip_in_a_file_name_is_named(path: str, meant: str) -> None:
    assert problems_of({path: ""}) == [f"/c/{path}: is not read; did you mean {meant}? Rename or remove it"]


@pytest.mark.parametrize(
    "path",
    [
        "configs/MailConfig.txt",
        "configs/OutMigrationConfig.txt",
        "configs/InMigrationKafkaConfig.txt.bak",
        "configs/OutMigrationKafkaConfig.crm.txt~",
        "configs/InMigrationConfig.txt.bak",
        "configs/InMigrationConfig.txt~",
        "direct-configs/KafkaTopics.yaml",
        "scheduler/core/OutMigrationScheduler.scheduler-config.txt",
        "readme.md",
    ],
)
def test_other_files_are_the_platforms(path: str) -> None:
    settings_of({path: "\0 anything"})


def test_every_value_knows_its_origin() -> None:
    texts = {
        MAIN: "\nchunkRows=5000\nerrorLimit:ENV=LIMIT",
        f"companies/demo/{MAIN}": "# x\n\nworkMemMb=64\nmaxValueBytes:ENV=BYTES",
    }
    environ = {"LIMIT": "7", "BYTES": "8", "MYBPM_OUT_MIGRATION_VERSION": "3"}
    found = settings_of(texts, environ=environ).values
    origins = {setting.key.name: str(setting.origin) for setting in found if setting.file in (MAIN, "environment")}
    assert origins["chunkRows"] == f"/c/{MAIN}:2"
    assert origins["errorLimit"] == f"environment variable LIMIT (/c/{MAIN}:3)"
    assert origins["workMemMb"] == f"company overlay /c/companies/demo/{MAIN}:3"
    assert origins["maxValueBytes"] == f"environment variable BYTES (/c/companies/demo/{MAIN}:4)"
    assert origins["leaseSeconds"] == "default"
    assert origins["MYBPM_OUT_MIGRATION_VERSION"] == "environment variable MYBPM_OUT_MIGRATION_VERSION"


def test_places_in_zookeeper_are_urls_of_nodes() -> None:
    values = explain_settings({MAIN: "chunkRows=5000"}, origin="zookeeper://h:2181/", company=None, environ={})
    assert f"zookeeper://h:2181/{MAIN}:1" in {str(setting.origin) for setting in values}


def test_settings_can_be_explained_before_a_company_is_chosen() -> None:
    assert {setting.file for setting in explain_settings({}, origin="", company=None, environ={})} >= {MAIN, IMPORT}
