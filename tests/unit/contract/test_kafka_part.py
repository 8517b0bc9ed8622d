"""What the contract pack says of Kafka: schemas that take their examples and refuse what a batch would reject."""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from etl.contract import Terms, contract_files
from etl.contract.wording import LANGUAGES
from etl.metadata import Company, parse_company
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, output_path
from etl.sources.kafka.message import Message
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.rules import rules_of
from etl.sources.kafka.shapes import CompanyShape
from tests.cases.case import Case, all_cases
from tests.contracts import TERMS, company
from tests.unit.settings.reading import settings_of

READ = "hasInMigrationKafka=true\ntopics=partners,others\nrecordCleanHours=168\n"
SETTINGS = settings_of({KAFKA: "servers=kafka:9092", IN_KAFKA: READ, OUT_KAFKA: "hasOutMigrationKafka=true\ntopic=out"})
WITH_KAFKA = replace(TERMS, kafka=SETTINGS.kafka)
RECORDS = "kafka/records/"
SHAPE = CompanyShape(company(), rules_of(SETTINGS.kafka.in_migration))
Judges = dict[str, jsonschema.Draft202012Validator]


def files_of(**texts: str) -> dict[str, str]:
    terms = replace(TERMS, kafka=settings_of({KAFKA: "servers=kafka:9092"} | texts).kafka) if texts else WITH_KAFKA
    return made(company(), terms)


def made(of: Company, terms: Terms) -> dict[str, str]:
    return {path: content.decode() for path, content in contract_files(of, terms, grants="", with_excel=False).items()}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return files_of()


@pytest.fixture(scope="module")
def judged(files: dict[str, str]) -> Judges:
    return judges(files)


def judges(files: dict[str, str], under: str = RECORDS) -> Judges:
    """Code of an object -> validator of its records, which knows the schemas of the others."""
    schemas = {path: json.loads(text) for path, text in files.items() if path.startswith(under)}
    registry: Registry[Any] = Registry().with_resources(
        [(one["$id"], Resource.from_contents(one)) for one in schemas.values()]
    )
    found = {}
    for path, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        code = path.rpartition("/")[2].removesuffix(".schema.json")
        found[code] = jsonschema.Draft202012Validator(schema, registry=registry)
    return found


def shown(judge: jsonschema.Draft202012Validator) -> list[dict[str, Any]]:
    """The examples of a schema."""
    assert isinstance(judge.schema, dict)
    return list(judge.schema["examples"])


def examples(files: dict[str, str]) -> list[dict[str, Any]]:
    return [json.loads(line.split("\t")[1]) for line in files["kafka/examples.tsv"].splitlines()]


def test_without_kafka_there_is_no_chapter() -> None:
    files = made(company(), TERMS)
    assert not [path for path in files if path.startswith("kafka/")]
    assert "Kafka" not in files["guide.en.md"]


def test_the_examples_suit_their_schemas_and_are_in_them(files: dict[str, str], judged: Judges) -> None:
    found = examples(files)
    assert {one["boCode"] for one in found} == set(judged) == {"Kind", "Everything", "Keyed", "Person", "Department"}
    for record in found:
        assert list(judged[record["boCode"]].iter_errors(record)) == [], record
        assert record in shown(judged[record["boCode"]])
    keys = [line.split("\t")[0] for line in files["kafka/examples.tsv"].splitlines()]
    assert keys == [f"{one['boCode']}:{one['externalId']}" for one in found]
    assert len({one["recordId"] for one in found}) == len(found)
    assert [bool(one.get("boFields", [{}])[0].get("boiInput")) for one in found].count(True) == 3


CHANGES: list[tuple[dict[str, Any], bool]] = [
    ({"fields": [{"code": "Number", "apiValue": "-1e3"}]}, True),
    ({"fields": [{"code": "Number", "apiValue": "NaN"}]}, False),
    ({"fields": [{"code": "Number", "apiValue": "1 000"}]}, False),
    ({"fields": [{"code": "Flag", "apiValue": "yes"}]}, False),
    ({"fields": [{"code": "Flag", "apiValue": None}]}, True),
    ({"fields": [{"code": "Day", "apiValue": "2024-01-31"}]}, True),
    ({"fields": [{"code": "Day", "apiValue": "2024-01-31T09:30:00.5Z"}]}, True),
    ({"fields": [{"code": "Day", "apiValue": "31.01.2024"}]}, False),
    ({"fields": [{"code": "Drop", "apiValue": ""}]}, True),
    ({"fields": [{"code": "Text"}]}, True),
    ({"fields": [{"code": "text", "apiValue": "a"}]}, False),
    ({"fields": [{"code": "Text", "content": "aGVsbG8="}]}, False),
    ({"fields": [{"apiValue": "a"}]}, False),
    ({"fields": {"code": "Text"}}, False),
    ({"fields": None, "boFields": []}, True),
    ({"boFields": [{"fieldCode": "Party", "toFieldCode": "externalId", "apiValue": "p"}]}, True),
    ({"boFields": [{"fieldCode": "Party", "toFieldCode": "email", "apiValue": ""}]}, False),
    ({"boFields": [{"fieldCode": "Party", "toFieldCode": "surname", "apiValue": "p"}]}, False),
    ({"boFields": [{"fieldCode": "Party", "toBoCode": "Kind", "toFieldCode": "id", "apiValue": "p"}]}, False),
    ({"boFields": [{"fieldCode": "Party", "apiValue": "p"}]}, False),
    ({"boFields": [{"fieldCode": "Party", "boiInput": {"boCode": "Keyed", "externalId": "k@x.kz"}}]}, True),
    (
        {"boFields": [{"fieldCode": "Party", "boiInput": {"boCode": "Person", "fields": [
            {"code": "email", "apiValue": "a@x.kz"}]}}]},
        True,
    ),
    ({"boFields": [{"fieldCode": "Party", "boiInput": {"boCode": "Person", "fields": []}}]}, False),
    ({"boFields": [{"fieldCode": "Party", "boiInput": {"boCode": "Kind", "externalId": "k"}}]}, False),
    ({"boFields": [{"fieldCode": "Parent", "toFieldCode": "Mail", "apiValue": "a@x.kz", "unlink": True}]}, True),
    ({"id": "short"}, False),
    ({"externalId": "x" * 101}, False),
    ({"recordId": "x" * 256}, False),
    ({"state": "GONE"}, False),
    ({"state": None}, True),
    ({"boCode": "everything"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("change", "is_good"), CHANGES, ids=[json.dumps(one)[:60] for one, _ in CHANGES])
def test_a_schema_refuses_what_the_reading_refuses(
    files: dict[str, str], change: dict[str, Any], is_good: bool
) -> None:
    """Where only the merge sees a fault, as with a code of another option, the schema alone refuses."""
    record = {"boCode": "Everything", "externalId": "e"} | change
    assert judges(files)["Everything"].is_valid(record) == is_good
    message = Message("t", 0, 0, b"k", json.dumps(record).encode(), 0)
    assert bool(read_batch([message], SHAPE).refused) == (not is_good)


def test_only_what_may_be_loaded_is_in_it() -> None:
    files = files_of(**{IN_KAFKA: READ + "allowedBusinessObjects=Everything,Keyed\nallowedFields=Everything.Text\n"})
    assert {path for path in files if path.startswith(RECORDS)} == {
        f"{RECORDS}{code}.schema.json" for code in ("Everything", "Keyed")
    }
    schema = json.loads(files[f"{RECORDS}Everything.schema.json"])
    assert schema["$defs"]["field"]["properties"]["code"]["enum"] == ["Text"]
    assert schema["$defs"]["link"] == {"not": {}}
    assert not [path for path in files if path.startswith("kafka/outputs")]
    assert all(list(judges(files)[one["boCode"]].iter_errors(one)) == [] for one in examples(files))
    chapter = files["guide.en.md"].partition("## Objects of records")[2].partition("## Codes of errors")[0]
    assert re.findall("^### `(.*?)`", chapter, re.MULTILINE) == ["Everything", "Keyed"]


def test_outputs_have_schemas_and_examples() -> None:
    out = "hasOutMigrationKafka=true\ntopic=out\n"
    other = (
        "topic=full\nbusinessObjects=Everything\noutImage=full\noutRecordId=null\noutUnlinks=true\noutFiles=content\n"
    )
    other += "fields.Everything=Text,Party\n"
    files = files_of(**{OUT_KAFKA: out, output_path("changes"): "outTombstone=true", output_path("full"): other})
    for name, codes in (("changes", {"Kind", "Everything", "Person"}), ("full", {"Everything"})):
        judged = judges(files, f"kafka/outputs/{name}/")
        assert set(judged) == codes
        for judge in judged.values():
            [example] = shown(judge)
            assert list(judge.iter_errors(example)) == []
    [example] = shown(judges(files, "kafka/outputs/full/")["Everything"])
    assert example["recordId"] is None
    assert [one["code"] for one in example["fields"]] == ["Text", "Mail"]  # a unique field is always there
    assert "kafka/examples.tsv" not in files
    english = files["guide.en.md"]
    assert "## Records by Kafka" not in english
    changes, full = english.partition("### Output `changes`")[2].split("### Output `full`")
    assert "A message without a value follows it." in changes
    assert "always has all fields" in full


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_every_case_of_metadata_has_a_chapter(case: Case) -> None:
    files = made(case.company, WITH_KAFKA)
    judged = judges(files)
    for record in examples(files):
        assert list(judged[record["boCode"]].iter_errors(record)) == [], record
    for judge in judges(files, "kafka/outputs/").values():
        assert list(judge.iter_errors(shown(judge)[0])) == []
    for language in LANGUAGES:
        guide = files[f"guide.{language}.md"]
        assert {f"`{code}`" for code in judged} <= set(re.findall("^### (`.*?`)", guide, re.MULTILINE))


def test_secrets_and_brokers_are_not_in_it() -> None:
    texts = {KAFKA: "servers=inner-broker:9092\noption.sasl.password=s3cret", IN_KAFKA: READ}
    assert not [path for path, text in files_of(**texts).items() if "s3cret" in text or "inner-broker" in text]


def test_a_company_without_objects_has_a_chapter() -> None:
    empty = parse_company("demo", {"Kind.yaml": "code: Kind\nfields: [{code: a, type: INPUT_TEXT}]"})
    files = made(empty, WITH_KAFKA)
    assert "Records may load no object." in files["guide.en.md"]
    assert files["kafka/examples.tsv"] == ""


def test_an_object_that_no_record_may_make_is_named_by_a_value_alone() -> None:
    by_value = {"fieldCode": "Party", "toBoCode": "Keyed", "toFieldCode": "externalId", "apiValue": "k"}
    nested = {"fieldCode": "Party", "boiInput": {"boCode": "Keyed", "externalId": "k"}}
    found = []
    for further in ("", "allowedBusinessObjects=Everything\n"):
        judge = judges(files_of(**{IN_KAFKA: READ + further}))["Everything"]
        records = ({"boCode": "Everything", "externalId": "e", "boFields": [link]} for link in (by_value, nested))
        found.append([judge.is_valid(one) for one in records])
    assert found == [[True, True], [True, False]]
