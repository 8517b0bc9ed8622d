"""What PostgreSQL would refuse is refused by the reading of records; what it refuses all the same is found soon."""

from typing import Any

import pytest

from etl.engine import record_batches
from etl.sources.kafka import batch as batches
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, nest, record

ODD_TEXTS = (
    *("a\x00b", "\ufffe\uffff", "x" * 9000, r"\N", "\n\r\t"),
    *("NaN", "1e400", "9" * 21, "99999999999999999999.99995", "1_000", "١٢", "5."),
    *("2024-02-30", "0000-01-01", "0001-01-01", "9999-12-31", "-2024-01-01", "infinity", "2024-W01-1"),
    *("2024-05-01T10:00:00+16:00", "2024-05-01T10:00:00-15:59", "2024-05-01T10:00:00+05:60"),
    *("2024-05-01T24:00:00Z", "2024-05-01T10:00:60Z", "0001-01-01T00:00:00+15:00", "9999-12-31T23:59:59.9999999Z"),
    *("yes", "TRUE ", '{"lat":1e999,"lng":0}', "[" * 5000, '{"lat":"\\u0000","lng":1}', '{"ru":"\\ud800"}'),
)
FIELDS = ("Name", "Amount", "Score", "Seen", "Born", "Active", "Kind", "Level", "Place", "Photo", "Email", "Number")


def test_no_value_is_refused_by_the_server_alone(topic: Topic) -> None:
    records: list[dict[str, Any]] = []
    for number, text in enumerate(ODD_TEXTS):
        records += [record("Client", f"{code} {number}", **{code: text}) for code in FIELDS]
        ends = [link("Watcher", text, to) for to in ("Email", "Number", "externalId", "id")]
        ends += [link("Party", text, to) for to in ("Email", "Number", "externalId")]
        records += [record("Claim", f"{number} {place}", links=[one]) for place, one in enumerate(ends)]
        file = {"code": "Photo", "content": "eA==", "fileName": text, "mimeType": text}
        records += [
            record("Client", text, Name="x"),
            record("Firm", None, Bin=text),
            record("Level", f"{number} level", code=text, label=text),
            record("Client", f"{number} state", state=text),
            record("Client", f"{number} id", id=text),
            record("Client", f"{number} record", record_id=text),
            record("Client", f"{number} code", **{text: "x"}),
            {**record("Client", f"{number} file"), "fields": [file]},
            record("Claim", f"{number} nested", links=[nest("Watcher", record("Client", f"n {number}", Name=text))]),
        ]
    topic.send(*records)
    reasons = topic.site.look(f"select value, message from {STORE}.err where code = 'ROW_QUARANTINED'")
    assert reasons == []


def test_records_that_the_server_alone_refuses_are_named_by_their_lines(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that takes what the column does not is put in; four tries would not do to halve the batch."""
    into = topic.into
    monkeypatch.setitem(into.company.shapes["Client"].readers, "Amount", lambda text: text)
    monkeypatch.setattr(Topic, "into", into)
    monkeypatch.setattr(batches, "_TRIES", 4)
    outcome = topic.send(
        *(record("Client", f"{n}", **({"Amount": "five"} if n % 9 == 0 else {"Name": "x"})) for n in range(60))
    )
    assert (outcome.merged, outcome.rejected) == (53, 7)
    assert topic.dead() == [(n, "ROW_QUARANTINED") for n in range(0, 60, 9)]
    assert topic.site.value(f"select count(distinct run) from {STORE}.err") == 1
    assert "invalid input syntax for type numeric" in topic.site.value(f"select min(message) from {STORE}.err")


def test_a_batch_with_many_refused_records_is_merged_in_parts(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each link may be refused because of the client that an earlier record gives, so each takes a try."""
    monkeypatch.setattr(batches, "_TRIES", 2)
    monkeypatch.setattr(batches, "SMALL_BATCH", 4)
    monkeypatch.setattr(record_batches, "SMALL_BATCH", 4)
    topic.send(record("Client", "both"), record("Firm", None, Bin="both"))
    begin = topic.offset
    wrong = [link("Party", "both"), nest("Watcher", record("Client", "new", Name="x"))]
    judged: list[int] = []
    outcome = topic.send(
        *(record("Claim", f"{n}", links=wrong if n % 3 == 0 else [link("Party", "new")]) for n in range(12)),
        b"no JSON",
        None,
        judge=lambda rejected: judged.append(len(rejected)),
    )
    assert (outcome.messages, outcome.merged, outcome.rejected, outcome.tombstones) == (14, 8, 5, 1)
    assert topic.next_offset() == topic.offset == begin + 14
    assert topic.dead() == [*((begin + n, "AMBIGUOUS") for n in range(0, 12, 3)), (begin + 12, "BAD_JSON")]
    assert len(topic.site.look(f"select distinct run from {STORE}.err")) > 1  # units
    assert judged == sorted(judged)  # each part is judged with those before it
    assert judged[-1] == 5
    assert len(topic.waiting()) == 8


def test_a_batch_with_links_is_merged_in_halves(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both halves have links."""
    monkeypatch.setattr(batches, "_ROUNDS", 1)
    topic.send(record("Client", "both"), record("Firm", None, Bin="both"))
    links = [[link("Watcher", "both")], [link("Party", "both")], [link("Watcher", "both")], [link("Watcher", "both")]]
    outcome = topic.send(*(record("Claim", f"{n}", links=one) for n, one in enumerate(links)))
    assert (outcome.merged, outcome.rejected) == (3, 1)
    assert topic.links("Claim", "Watcher") == {("0", "both"), ("2", "both"), ("3", "both")}
