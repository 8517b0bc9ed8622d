"""What is kept of records that differ without end: layouts and days make room for others and stay right."""

import gc
import json
from itertools import islice, permutations
from types import SimpleNamespace

import pytest

from etl.metadata import parse_company
from etl.sources.kafka import shapes, values
from etl.sources.kafka.message import Message
from etl.sources.kafka.reading import read_batch, tree_of_message
from etl.sources.kafka.remembered import FirstRecord, _known
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape
from etl.sources.kafka.values import reader_of
from tests.integration.kafka_records.conftest import DOCUMENTS
from tests.unit.metadata.documents import field

COMPANY = parse_company("demo", {f"{code}.yaml": text for code, text in DOCUMENTS.items()})
CODES = ("Name", "Amount", "Kind", "Email", "Number")


def test_fields_in_any_number_of_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_MAX_LAYOUTS", 10)
    shape = CompanyShape(COMPANY, RecordRules()).shapes["Client"]
    for order in islice(permutations(CODES), 25):
        assert shape.layout(list(order)).codes == order
        assert shape.layout(list(order[:2])).codes == order[:2]
    assert len(shape._layouts) <= 10


def test_any_number_of_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_DAYS", 3)
    read = reader_of(field(code="F", type="DATE", inMigrationTimezoneMinutes=-77))
    days = [f"2024-05-{day:02}" for day in range(1, 11)]
    assert [read(day) for day in days * 2] == [f"{day} 00:00-01:17" for day in days * 2]


@pytest.mark.parametrize("is_on", [True, False])
def test_the_garbage_collector_is_as_it_was(is_on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if is_on else gc.disable)()
    try:
        assert read_batch([], CompanyShape(COMPANY, RecordRules())).messages == 0
        assert gc.isenabled() is is_on
    finally:
        (gc.enable if before else gc.disable)()


def test_a_bad_value_behind_fields_without_one() -> None:
    """The first bad value is named, by its place among all fields."""
    items = [{"code": "Seen"}, {"code": "Kind", "apiValue": "new"}, {"code": "Amount", "apiValue": "much"}]
    items.append({"code": "Number", "apiValue": "more"})
    given = {"boCode": "Client", "externalId": "c1", "fields": items}
    for record in (given, given | {"more": "\\u0041"}):
        message = Message("t", 0, 0, b"key", json.dumps(record).encode(), 0)
        [refused] = read_batch([message], CompanyShape(COMPANY, RecordRules())).refused
        [fault] = refused.faults
        assert (fault.code, fault.path, fault.value) == ("BAD_VALUE", "$.fields[2].apiValue", "much")
        assert (fault.bo, fault.field, fault.external_id) == ("Client", "Amount", "c1")


def test_a_record_id_that_is_forgotten_while_it_is_looked_up() -> None:
    """It was known a moment ago: the record counts as one that came again, and not as another one with its id."""
    value = json.dumps({"boCode": "Client", "externalId": "c1", "recordId": "r"}).encode()
    [record] = read_batch([Message("t", 3, 7, b"key", value, 0)], CompanyShape(COMPANY, RecordRules())).records
    gone = SimpleNamespace(digest=None, partition=None, record_offset=None)
    there = SimpleNamespace(digest=5, partition=1, record_offset=2)
    assert _known(gone, record) == FirstRecord(record.digest, "")  # type: ignore[arg-type]
    assert _known(there, record) == FirstRecord(5, "t/1/2")  # type: ignore[arg-type]


def test_a_key_field_without_a_value_leaves_the_external_id() -> None:
    for value, external_id in ((None, "f1"), ("", "f1"), ("f1", "f1")):
        given = {
            "boCode": "Firm",
            "externalId": "f1",
            "fields": [{"code": "Bin", "apiValue": value}],
            "more": "\\u0041",
        }
        message = Message("t", 0, 0, b"key", json.dumps(given).encode(), 0)
        tree = tree_of_message(message, CompanyShape(COMPANY, RecordRules()))
        assert tree is not None
        assert tree.objects[-1].external_id == external_id
