"""Whose value counts: rows of in_ tables, records of two topics, and what an undo gives back."""

import json
from typing import Any

from etl.database import transaction
from etl.engine import explain, undo
from etl.engine.record_batches import merge_batch_with_retry, record_store_of
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.sources.kafka.message import Message, Partition
from etl.sources.kafka.reading import read_batch
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import STORE, MakeSite, Site

_BOTH = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
sources: [in_tables, kafka]
fields:
  - {{code: Name, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Phone, type: INPUT_TEXT, sources: ["kafka:crm", in_tables], {_BOTH}}}
""",
    "Badge": f"""
code: Badge
sources: [in_tables, kafka]
fields:
  - {{code: Name, type: INPUT_TEXT, {_BOTH}}}
  - {{code: Photo, type: FILE_UPLOAD, {_BOTH}}}
""",
}


def _client(site: Site) -> tuple[str, str]:
    [row] = site.look(f"select name, phone from {STORE}.bo_client")
    return row["name"], row["phone"]


def _errors(site: Site, unit: int) -> list[tuple[str, str, str]]:
    rows = site.look(f"select column_name, code, value from {STORE}.err where run = {unit} order by column_name")
    return [(row["column_name"], row["code"], row["value"]) for row in rows]


class Topics:
    """Batches of records of the topics crm and other."""

    def __init__(self, site: Site, runtime: Any) -> None:
        self.runtime, self.offset = runtime, 0
        self.into = record_store_of(runtime, RecordRules())
        with transaction(runtime.store_engine) as connection:
            places = {Partition("crm", 0): 0, Partition("other", 0): 0}
            self.held = self.into.positions.take(connection, places, "test")

    def send(self, *records: tuple[str, dict[str, str]], bo: str = "Client") -> tuple[int, Any]:
        """The unit and its counters; (topic, field -> value) of the instance a."""
        messages = []
        for topic, given in records:
            fields = [{"code": code, "apiValue": value} for code, value in given.items()]
            value = {"boCode": bo, "externalId": "a", "fields": fields, "recordId": f"r{self.offset}"}
            messages.append(Message(topic, 0, self.offset, b"", json.dumps(value).encode()))
            self.offset += 1
        policy = RetryPolicy(lambda fault: backoffs_of(fault, outage_seconds=1), wait=lambda _: True)
        found = merge_batch_with_retry(self.into, read_batch(messages, self.into.company), self.held, policy)
        assert found.unit
        return found.unit, found.counters[f"in_{bo}"]


def test_a_source_that_counts_more_is_not_overwritten(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    site.partner.fill("in_client", {"in_id": "a", "name": "Ann", "phone": "1"})
    first = site.run().run
    # Programs that do not know the key would overwrite what counts more.
    assert site.value(f"select oldest_writer from {STORE}.etl_schema where part = 'store'") == 21
    with site.runtime() as runtime:
        topics = Topics(site, runtime)
        unit, counters = topics.send(("other", {"Name": "Anna", "Phone": "2"}))
        assert (_client(site), counters["held"], counters["unchanged"]) == (("Ann", "1"), 1, 1)
        assert _errors(site, unit) == [("Name", "VALUE_OUTRANKED", "Anna"), ("Phone", "VALUE_OUTRANKED", "2")]
        # Of records of one batch those of crm count more, though one of the other topic comes later.
        crm, counters = topics.send(("crm", {"Phone": "3"}), ("other", {"Phone": "4"}))
        assert (_client(site), counters["rejected"]) == (("Ann", "3"), 0)
        site.partner.redeliver("in_client", {"in_id": "a", "name": "Hannah", "phone": "5"})
        site.partner.hand_over()
        run = site.run().run
        assert _client(site) == ("Hannah", "3")
        [receipt] = site.look(
            f"select held, changed from in_tables.migration_receipt where run = {run} and in_table = 'in_Client'"
        )
        assert receipt == {"held": 1, "changed": 1}
        shown = explain(runtime, "Client", "a").owners
        assert [(one["field"], one["source"], one["unit"]) for one in shown] == [
            ("Name", "in_tables", first), ("Phone", "kafka:crm", crm)
        ]  # fmt: skip
        assert f"source    Phone was written last by kafka:crm (unit {crm})" in site.etl("explain", "Client", "a").out
        # An undo of the batch gives the field back to the rows of in_ tables.
        undo(runtime, crm)
        assert _client(site) == ("Hannah", "1")
        site.partner.redeliver("in_client", {"in_id": "a", "name": "Hannah", "phone": "6"})
        site.partner.hand_over()
        site.run()
        assert _client(site) == ("Hannah", "6")
        owners = site.look(
            f"select field, split_part(source, ' ', 1) as source from {STORE}.field_owner order by field"
        )
        assert [tuple(row.values()) for row in owners] == [("name", "in_tables"), ("phone", "in_tables")]


def test_the_last_writer_of_a_file_counts_whatever_the_order_of_sources(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    site.partner.fill("in_fileStorage", *({"file_id": one, "content": one.encode()} for one in ("f1", "f2")))
    site.partner.fill("in_badge", {"in_id": "a", "name": "Ann", "photo": "f1"})
    site.run()
    with site.runtime() as runtime:
        unit, counters = Topics(site, runtime).send(("other", {"Name": "Anna", "Photo": "f2"}), bo="Badge")
    assert counters["held"] == 1
    assert _errors(site, unit) == [("Name", "VALUE_OUTRANKED", "Anna")]
    [stored] = site.look(
        f"select b.name, s.content from {STORE}.bo_badge b join {STORE}.stored_file f on f._id = b.photo "
        f"join {STORE}.file_storage s on s._id = f.content"
    )
    assert (stored["name"], bytes(stored["content"])) == ("Ann", b"f2")
    owners = site.look(f"select field, source from {STORE}.field_owner")
    assert [tuple(row.values()) for row in owners] == [("name", "in_tables")]
