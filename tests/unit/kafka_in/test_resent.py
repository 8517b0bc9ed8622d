"""The headers of records that were sent back; a partner may write anything into them."""

import json

import pytest

from etl.sources.kafka.boi_input import with_new_id
from etl.sources.kafka.message import Resent
from etl.sources.kafka.resent import headers_of, resent_of

GIVEN = {"etl-attempt": b"2", "etl-original-partition": b"3", "etl-original-offset": b"9"}


def test_what_is_written_is_read() -> None:
    given = Resent(7, 2**31 - 1, 2**63 - 1)
    written = [(name, str(value).encode()) for name, value in headers_of(given)]
    assert resent_of([("strange", None), *written]) == given


def test_a_record_of_a_partner_has_none() -> None:
    assert resent_of([]) is None
    assert resent_of([("etl-attempt", b"2")]) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("etl-attempt", b"1"),
        ("etl-attempt", b"-2"),
        ("etl-attempt", b"2147483647"),
        ("etl-attempt", None),
        ("etl-original-partition", b"2147483648"),
        ("etl-original-partition", b"0x3"),
        ("etl-original-offset", b"9223372036854775808"),
        ("etl-original-offset", b"1" * 5000),
        ("etl-original-offset", "\u0663".encode()),
        ("etl-original-offset", b"\xff"),
        ("etl-original-offset", b" 9"),
    ],
)
def test_others_are_none(name: str, value: bytes | None) -> None:
    assert resent_of((GIVEN | {name: value}).items()) is None


def test_a_record_with_another_id_is_otherwise_as_it_was() -> None:
    value = b'{"recordId": 17, "fields": [{"code": "A", "apiValue": 1.10}], "more": 1e400, "name": "\\u0430"}'
    found = with_new_id(value) or b""
    assert json.loads(found)["recordId"].startswith("17#")
    assert b'[{"code": "A", "apiValue": 1.10}],"more":1e400,"name":"\\u0430"' in found
    for odd in (b"no JSON", b"[1]", b"{}", b'{"recordId": [1]}', None):
        assert with_new_id(odd) == odd
