"""The short way of plain records gives what the exact way gives, column by column: random records, faulty ones too."""

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from etl.metadata import parse_company
from etl.sources.kafka import reading
from etl.sources.kafka.boi_input import decode, digest_of
from etl.sources.kafka.message import Message
from etl.sources.kafka.reading import ReadBatch, read_batch, tree_of_message
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape
from etl.sources.kafka.staged import staged_of
from tests.integration.kafka_records.conftest import DOCUMENTS

COMPANY = parse_company("demo", {f"{code}.yaml": text for code, text in DOCUMENTS.items()})
RULES = (RecordRules(), RecordRules(skips_unknown_fields=True, allowed_fields={"Client": frozenset({"Name", "Email"})}))

# Texts that are right for one field are wrong for another.
TEXTS = (
    *("", "x", "1", "-1.50", "1e3", "12345678901234567890123", "true", "FALSE", "2024-02-29", "2024-02-30", "new"),
    *("2024-05-01T10:00:00Z", '"2024-05-01"', "WbX5Wa8gcabbVbF1", '["WbX5Wa8gcabbVbF1"]', "a\tb\\n\r\n", r"\N", r"\."),
    *("\x00", "\x1f\u2028", "Әуез", "a" * 101, "v" * 40),
)
CODES = (
    *(
        "Name",
        "Note",
        "Amount",
        "Score",
        "Seen",
        "Born",
        "Active",
        "Kind",
        "Place",
        "Photo",
        "Email",
        "Number",
        "Level",
    ),
    *("Bin", "Title", "Watcher", "Party", "Team", "Nmae", "code", "externalId", "id", ""),
)
# What is right for an object: most records are right in most of what they have.
RIGHT: dict[str, tuple[tuple[str, str | None], ...]] = {
    "Client": (
        *(("Name", "Anna"), ("Note", "t\tb\\"), ("Amount", "12.5"), ("Seen", "2024-05-01"), ("Active", "true")),
        *(("Kind", "new"), ("Born", None), ("Email", "a@b.kz"), ("Number", "7"), ("Score", "")),
    ),
    "Claim": (("Title", "Claim 1"), ("Title", None)),
    "Firm": (("Name", "Firm"), ("Bin", "1"), ("Email", "")),
    "Level": (("code", "a"), ("label", '{"ru": "a"}')),
}
VALUES = st.one_of(st.none(), st.sampled_from(TEXTS), st.text(max_size=8))
ODD: st.SearchStrategy[object] = st.sampled_from([None, 7, True])


def rarely(draw: st.DrawFn) -> bool:
    """Of any part of a record, so that whole records are plain often."""
    return draw(st.integers(0, 24)) == 13


@st.composite
def fields(draw: st.DrawFn, code: str) -> list[dict[str, Any]]:
    found = []
    right = draw(st.lists(st.sampled_from(RIGHT.get(code, (("Name", "x"),))), max_size=5, unique_by=lambda one: one[0]))
    for one in right:
        name, value = (draw(st.sampled_from(CODES)), draw(VALUES)) if rarely(draw) else one
        if rarely(draw):
            value = draw(VALUES)
        item: dict[str, Any] = {"code": name, "apiValue": value}
        if rarely(draw):
            item |= draw(st.sampled_from([{"content": "eA=="}, {"content": None}, {"more": 1}, {"apiValue": 5}]))
        found.append(item)
    return found


@st.composite
def links(draw: st.DrawFn, depth: int) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(st.integers(0, 2))):
        item: dict[str, Any] = {"fieldCode": draw(st.sampled_from(["Client", "Watcher", "Team", "Party", "Parties"]))}
        if rarely(draw) and depth < 3:
            item["boiInput"] = draw(records(depth + 1))
        else:
            item["toFieldCode"] = draw(st.sampled_from(["Email", "Number", "externalId"]))
            item["apiValue"] = draw(st.sampled_from(["7", "1.50"]))
        for key, values in {
            "fieldCode": st.sampled_from(["Claim", "Cleint"]),
            "toFieldCode": st.sampled_from(["id", "Name", None]),
            "apiValue": VALUES,
            "toBoCode": st.sampled_from(["Client", "Firm", "Claim", "", None]),
            "unlink": st.sampled_from([True, False, None]),
        }.items():
            if rarely(draw):
                item[key] = draw(values)
        found.append(item)
    return found


@st.composite
def records(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    code = draw(st.sampled_from(["Client", "Claim", "Firm", "Level"]))
    record: dict[str, Any] = {"boCode": code, "externalId": "c1", "fields": draw(fields(code))}
    if code == "Claim":
        record["boFields"] = draw(links(depth))
    for key, values in {
        "boCode": st.sampled_from(["Secret", "Party", "None", "Client", "Claim"]),
        "boFields": links(depth),
        "recordId": st.sampled_from([None, "", "r1", "r\\2", "r" * 256, "r\x00"]),
        "externalId": st.sampled_from(["c\t2", "", None, "c" * 101, "c\x00", "Ж"]),
        "id": st.sampled_from([None, "", "WbX5Wa8gcabbVbF1", "short"]),
        "state": st.sampled_from([None, "", "ACTUAL", "REMOVED", "ARCHIVED", "GONE"]),
        "unchangedUniqueFields": fields(code),
        "unchangedUniqueBoFields": links(depth),
    }.items():
        if draw(st.integers(0, 7)) == 3:
            record[key] = draw(values)
    if rarely(draw):
        record[draw(st.sampled_from(sorted(record)))] = draw(ODD)
    return record


def exactly(message: Message, company: CompanyShape) -> ReadBatch:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "plain_record", lambda *_, **__: None)
        return read_batch([message], company)


@given(record=records(), is_escaped=st.booleans(), rules=st.sampled_from(RULES))
def test_both_ways_give_the_same(record: dict[str, Any], is_escaped: bool, rules: RecordRules) -> None:
    company = CompanyShape(COMPANY, rules)
    message = Message("t", 3, 17, b"k", json.dumps(record, ensure_ascii=is_escaped).encode("utf-8", "surrogatepass"))
    short, exact = read_batch([message], company), exactly(message, company)
    assert short.refused == exact.refused
    for one, other in zip(short.records, exact.records, strict=True):
        assert one.staged == other.staged
        assert (one.record_id, one.digest) == (other.record_id, other.digest)
        event("plain" if one.tree is None else "exact")
        if one.tree is None:
            assert other.tree
            assert not other.tree.notes
            assert not other.tree.files
            assert staged_of(tree_of_message(message, company), message.origin) == one.staged


@pytest.mark.parametrize(
    "given",
    [
        {"boCode": "Client", "externalId": "c", "fields": [{"code": "Name", "apiValue": "Anna"}]},
        {"boCode": "Client", "id": "WbX5Wa8gcabbVbF1", "fields": [{"code": "Name", "apiValue": 'a "b"\n'}]},
        {
            "boCode": "Claim",
            "recordId": "1",
            "externalId": "c",
            "state": "ACTUAL",
            "fields": [{"code": "Title", "apiValue": None}],
            "boFields": [
                {"fieldCode": "Client", "toBoCode": None, "toFieldCode": "Email", "apiValue": "a@b.kz"},
                {"fieldCode": "Party", "toFieldCode": "externalId", "apiValue": "x", "unlink": True},
            ],
        },
    ],
)
def test_usual_records_are_plain(given: dict[str, Any]) -> None:
    [record] = read_batch(
        [Message("t", 0, 0, None, json.dumps(given).encode())], CompanyShape(COMPANY, RULES[0])
    ).records
    assert record.tree is None


def _texts_with_nul() -> list[bytes]:
    inner = '{"boCode":"Client","externalId":"n","fields":[{"code":"Name","apiValue":"a%su0000"}]}'
    outer = '{"boCode":"Claim","externalId":"c","boFields":[{"fieldCode":"Watcher","boiInput":%s}]}'
    return [
        (outer % json.dumps(inner % "\\")).replace("\\\\u0000", written).encode()
        for written in (r"\\u0000", r"\u005cu0000")
    ]


@pytest.mark.parametrize("value", _texts_with_nul())
def test_a_nul_within_a_text_of_boi_input_is_found(value: bytes) -> None:
    batch = read_batch([Message("t", 0, 0, None, value)], CompanyShape(COMPANY, RULES[0]))
    [fault] = batch.refused[0].faults
    assert (fault.code, fault.path) == ("BAD_VALUE", "$.boFields[0].boiInput.fields[0].apiValue")


@pytest.mark.parametrize("key", ["content", r"con\u0074ent", r"\u0063ontent"])
def test_a_file_is_found_however_its_key_is_written(key: str) -> None:
    value = f'{{"boCode":"Client","externalId":"f","fields":[{{"code":"Photo","{key}":"aGk="}}]}}'.encode()
    batch = read_batch([Message("t", 0, 0, None, value)], CompanyShape(COMPANY, RULES[0]))
    tree = batch.records[0].tree
    assert tree
    assert [file.content for file in tree.files or ()] == [b"hi"]


def test_an_empty_text_counts_as_none_in_the_digest_of_a_record() -> None:
    empty, none, other = (
        decode(f'{{"boCode":"A","id":{one},"state":{one}}}'.encode()) for one in ('""', "null", '"x"')
    )
    first, second, third = (digest_of(one.record, bytearray()) for one in (empty, none, other))
    assert first == second != third
