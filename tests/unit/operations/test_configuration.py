"""Secrets of the configuration: references stay, values are left out."""

from etl.operations.backup.configuration import variables_of, without_secrets

IMPORT = "configs/InMigrationPostgresConfig.txt"
KAFKA = "configs/KafkaConfig.txt"


def test_a_value_becomes_a_reference_and_a_reference_stays() -> None:
    own = f"companies/demo/{IMPORT}"
    texts = {
        IMPORT: "# password=of the sample\nhost=a\npassword = s3cret=of us \nusername=u\n",
        own: "password:ENV=OURS\n",
        "companies/demo/business-objects/Client.yaml": "password=none of ours\n",
    }
    kept, left_out = without_secrets(texts)
    assert kept[IMPORT] == "# password=of the sample\nhost=a\npassword:ENV=ETL_LEFT_OUT_1\nusername=u\n"
    assert kept | {IMPORT: ""} == texts | {IMPORT: ""}
    assert left_out == [f"{IMPORT}: password is read from the environment variable ETL_LEFT_OUT_1"]
    assert variables_of({path: kept[path] for path in (IMPORT, own)}) == {"ETL_LEFT_OUT_1", "OURS"}


def test_a_default_is_no_secret() -> None:
    texts = {"configs/InMigrationConfig.txt": "passwordToEnableServices=-\n"}
    assert without_secrets(texts) == (texts, [])


def test_a_company_has_secrets_of_its_own() -> None:
    path = f"companies/demo/{IMPORT}"
    kept, left_out = without_secrets({path: "password=x", IMPORT: "password=y"})
    assert kept == {path: "password:ENV=ETL_LEFT_OUT_1", IMPORT: "password:ENV=ETL_LEFT_OUT_2"}
    assert len(left_out) == 2
