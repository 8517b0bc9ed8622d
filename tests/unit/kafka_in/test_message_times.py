"""Records that do not give the time of their values count with the timestamp of their message."""

import json
from typing import Any

from etl.merge import given_fields
from etl.metadata import parse_company
from etl.sources.kafka.message import Message, Resent
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape

_LOADED = "needLoadFromInTables: true"
DOCUMENTS = {
    "Price.yaml": f"""
code: Price
sourceTime: At
sourceTimeFromMessage: true
fields:
  - {{code: At, type: FULL_DATE, {_LOADED}}}
  - {{code: Amount, type: INPUT_NUMBER, {_LOADED}}}
  - {{code: Client, type: BO, bo: Client, {_LOADED}}}
""",
    "Client.yaml": f"code: Client\nfields:\n  - {{code: Name, type: INPUT_TEXT, {_LOADED}}}\n",
}
COMPANY = CompanyShape(parse_company("demo", DOCUMENTS), RecordRules())
PRICE = COMPANY.shapes["Price"].bo
_AT = 1_767_225_600_123  # 2026-01-01T00:00:00.123Z


def _objects(
    given: dict[str, str], timestamp_ms: int | None = _AT, **more: Any
) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """Object, codes and columns (from _given on, without the origin) of a record of a price."""
    fields = [{"code": code, "apiValue": value} for code, value in given.items()]
    record = {"boCode": "Price", "externalId": "p", "fields": fields} | more.pop("record", {})
    message = Message("t", 0, 1, b"", json.dumps(record).encode(), timestamp_ms, **more)
    batch = read_batch([message], COMPANY)
    assert not batch.refused
    [found] = batch.records
    columns = [(one, one.columns.split("\t")) for one in found.staged.objects]
    return [(one.shape.code, one.codes, [values[4], *values[6:]]) for one, values in columns]


def _given(*codes: str) -> str:
    return rf"\\x{given_fields(PRICE, codes).hex()}"


def test_the_time_of_the_message_is_that_of_the_values() -> None:
    timed = [("Price", ("Amount", "At"), [_given("Amount", "At"), "5", "2026-01-01T00:00:00.123000+00:00"])]
    assert _objects({"Amount": "5"}) == timed
    # In the exact way too.
    assert _objects({"Amount": "5"}, record={"more": 1}) == timed


def test_a_time_that_is_given_counts_also_where_it_is_none() -> None:
    given = {"At": "2025-05-01T10:00:00Z", "Amount": "5"}
    assert _objects(given) == [("Price", ("At", "Amount"), [_given("At", "Amount"), "2025-05-01T10:00:00Z", "5"])]
    [(_, codes, columns)] = _objects({"At": ""})
    assert (codes, columns[0]) == (("At",), _given("At"))


def test_messages_without_a_time_and_records_that_were_sent_back_have_none() -> None:
    plain = [("Price", ("Amount",), [_given("Amount"), "5"])]
    for none in (None, -1, 10**18):
        assert _objects({"Amount": "5"}, none) == plain
    assert _objects({"Amount": "5"}, resent=Resent(2, 0, 1)) == plain


def test_nested_objects_have_a_time_if_their_metadata_name_one() -> None:
    client = {"boCode": "Client", "externalId": "c", "fields": [{"code": "Name", "apiValue": "Ann"}]}
    record = {"boFields": [{"fieldCode": "Client", "boiInput": client}]}
    found = _objects({"Amount": "5"}, record=record)
    assert [(code, codes) for code, codes, _ in found] == [("Client", ("Name",)), ("Price", ("Amount", "At"))]
