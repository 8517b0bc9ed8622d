"""Workers that would read one record in two ways: what they note, and how a difference is said."""

from dataclasses import fields, replace

from etl.engine.kafka_in.partition_watch import Debounce
from etl.metadata import parse_company
from etl.sources.kafka.reading_settings import METADATA, differences, reading_settings
from etl.sources.kafka.rules import RecordRules

CLIENT = "code: client\nfields:\n  - {code: seen, type: FULL_DATE, needLoadFromInTables: true}"
COMPANY = parse_company("demo", {"client.yaml": CLIENT})
USUAL = reading_settings(RecordRules(), COMPANY)
# Other values than the usual ones.
OTHERS = RecordRules(
    allowed_objects=frozenset({"client"}),
    allowed_fields={"client": frozenset({"seen"})},
    creates_unknown_ids=True,
    skips_unknown_fields=True,
    removes_by_tombstone=True,
    resent_loses=True,
    max_depth=3,
    max_record_bytes=3,
    max_value_bytes=3,
    max_row_bytes=3,
    reference_expiry_minutes=3,
    record_clean_hours=3,
)


def test_each_rule_is_noted() -> None:
    for one in fields(RecordRules):
        changed = replace(RecordRules(), **{one.name: getattr(OTHERS, one.name)})
        found = reading_settings(changed, COMPANY)
        assert len([key for key in found if found[key] != USUAL[key]]) == 1, one.name


def test_the_metadata_are_noted() -> None:
    zone = parse_company("demo", {"client.yaml": CLIENT.replace("true}", "true, inMigrationTimezoneMinutes: 300}")})
    assert reading_settings(RecordRules(), zone)[METADATA] != USUAL[METADATA]


def test_a_long_value_is_cut_with_a_digest() -> None:
    first = reading_settings(RecordRules(allowed_objects=frozenset(f"object{n}" for n in range(50))), COMPANY)
    other = reading_settings(RecordRules(allowed_objects=frozenset(f"object{n}" for n in range(51))), COMPANY)
    assert first["allowedBusinessObjects"] != other["allowedBusinessObjects"]
    assert len(first["allowedBusinessObjects"]) < 80


def test_what_differs_is_said_with_its_owners() -> None:
    create = USUAL | {"unknownId": "create"}
    owned = [("a 1/1", USUAL), ("a 1/2", USUAL), ("b 2/1", create), ("", create), ("of an older program/1", {})]
    assert differences(owned) == "unknownId: error (a 1) and create (b 2)"
    assert differences(owned[:2]) == ""
    assert differences(owned[:2], here=create) == "unknownId: error (a 1) and create (here)"
    assert differences([], here=create) == ""
    assert differences([("a/1", {"x": "1"}), ("b/1", {"x": "1", "y": "2"})]) == ""
    assert differences([("a/1", {"x": ""}), ("b/1", {"x": "1"})]) == "x: empty (a) and 1 (b)"


def test_a_change_that_reaches_one_host_first_is_not_said_at_once() -> None:
    now = 100.0
    debounce = Debounce(lambda: now, 20)
    assert not debounce.see("x")
    now += 19
    assert not debounce.see("x")
    now += 1
    assert debounce.see("x")
    assert not debounce.see("y")
