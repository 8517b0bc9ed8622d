"""Batches as units of work: `etl runs list`, and receipts by the hour that outlive them."""

import json
from typing import Any

from etl.database import transaction
from etl.engine import dry_undo, undo
from etl.engine.record_batches import show_batches
from etl.engine.store_cleaning import clean_store
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, record


def listed(topic: Topic, *words: str) -> list[dict[str, Any]]:
    done = topic.site.etl("runs", "list", *words, "--json")
    assert done.code == 0, done.err
    [found] = json.loads(done.out).values()
    return list(found)


def clean_units(topic: Topic, *, limit: int = 1000) -> int:
    """As `etl clean` does, when the journal has nothing of them any more."""
    topic.site.look(f"delete from {STORE}.journal")
    with transaction(topic.runtime.store_engine) as connection:
        return topic.runtime.store.clean_units(connection, before=2**62, limit=limit)


def test_units_of_all_sources_are_listed(topic: Topic) -> None:
    first = topic.send(record("Client", "c", Name="a"), b"no JSON", None)
    topic.site.partner.fill("in_Client", {"in_id": "row"})
    topic.site.partner.hand_over()
    topic.site.run()
    assert first.unit
    tried = dry_undo(topic.runtime, first.unit)
    undone = undo(topic.runtime, first.unit)
    assert tried.counters == undone.counters
    units = listed(topic)
    assert [(one["kind"], one["source"].partition(" ")[0]) for one in units] == [
        ("undo", "kafka"),
        ("run", "in_tables"),
        ("batch", "kafka"),
    ]
    assert [one["number"] for one in units if one["source"] == "kafka"] == [str(undone.as_run), str(first.unit)]
    assert [one["undone_by"] for one in units] == [None, None, str(undone.as_run)]
    assert units[2]["receipt"]["records"] == {"messages": 3, "merged": 1, "rejected": 1, "tombstones": 1}
    assert [one["kind"] for one in listed(topic, "--source", "in_tables")] == ["run"]
    assert [one["kind"] for one in listed(topic, "--source", "kafka", "--limit", "1")] == ["undo"]
    shown = topic.site.etl("runs", "list", "--source", "kafka")
    assert shown.code == 0, shown.err
    assert "3 messages, 1 merged, 1 rejected, 1 tombstones; 1 created" in " ".join(shown.out.split())
    assert f"reverted by {undone.as_run}" in " ".join(shown.out.split())


def test_a_unit_is_shown(topic: Topic) -> None:
    batch = topic.send(record("Client", "c", Name="a"), b"no JSON")
    assert batch.unit
    topic.site.partner.fill("in_Client", {"in_id": "row"}, {"in_id": "bad", "amount": "NaN"})
    topic.site.partner.hand_over()
    run = topic.site.run().run
    assert run
    undone = undo(topic.runtime, run)
    for number in (batch.unit, run, undone.as_run):
        assert topic.site.etl("runs", "show", str(number)).code == 0
    found = json.loads(topic.site.etl("runs", "show", str(run), "--json").out)
    assert (found["kind"], found["undone_by"]) == ("run", str(undone.as_run))
    assert found["receipt"]["in_Client"]["created"] == 1
    assert {one["state"] for one in found["tasks"]} == {"done"}
    assert [(one["code"], one["rows"]) for one in found["errors"]] == [("NUMBER_NOT_FINITE", 1)]
    shown = topic.site.etl("runs", "show", str(run)).out
    assert f"reverted by {undone.as_run}" in shown
    assert "MIGRATE_SINGLE_FIELDS" in shown
    found = json.loads(topic.site.etl("runs", "show", str(batch.unit), "--json").out)
    assert (found["tasks"], [one["code"] for one in found["errors"]]) == ([], ["BAD_JSON"])
    assert topic.site.etl("runs", "show", "42").code == 2


def test_an_undo_of_an_undo_makes_the_batch_count_again(topic: Topic) -> None:
    outcome = topic.send(record("Client", "c", Name="a"))
    assert outcome.unit
    undone = undo(topic.runtime, outcome.unit)
    again = undo(topic.runtime, undone.as_run)
    assert {one["number"]: one["undone_by"] for one in listed(topic)} == {
        str(outcome.unit): None,
        str(undone.as_run): str(again.as_run),
        str(again.as_run): None,
    }


def test_batches_are_summed_up_by_the_hour(topic: Topic) -> None:
    """The same sums before and after their units are deleted, and in between."""
    for number in range(5):
        topic.send(
            record("Client", f"c{number}", Name="a"), record("Claim", "k", links=[link("Watcher", "late")]), b"x"
        )
    units = [int(one["number"]) for one in reversed(listed(topic))]
    # Two hours, whose bounds are those of UTC whatever the zone of the session.
    topic.site.look(
        f"update {STORE}.unit set started_at = case when number = any(%s) then '2026-11-28 09:59:59.9Z' "
        "else '2026-11-28 10:00Z'::timestamptz end",
        [units[:2]],
    )
    before = listed(topic, "--by-hour")
    assert [(one["batches"], one["source"], one["receipt"]["records"]) for one in before] == [
        (3, "kafka", {"messages": 9, "merged": 6, "rejected": 3}),
        (2, "kafka", {"messages": 6, "merged": 4, "rejected": 2}),
    ]
    assert [one["hour"][:13] for one in before] == ["2026-11-28 10", "2026-11-28 09"]
    assert sum(one["receipt"]["in_Client"]["created"] for one in before) == 5
    assert clean_units(topic, limit=3) == 3
    assert listed(topic, "--by-hour") == before
    assert clean_units(topic, limit=3) == 2
    assert listed(topic, "--by-hour", "--source", "kafka") == before
    assert (listed(topic), clean_units(topic)) == ([], 0)
    assert len(listed(topic, "--by-hour", "--limit", "1")) == 1
    shown = topic.site.etl("runs", "list", "--by-hour").out
    assert "9 messages, 6 merged, 3 rejected" in " ".join(shown.split())


def test_units_of_other_kinds_are_in_no_hour(topic: Topic) -> None:
    topic.site.partner.fill("in_Client", {"in_id": "row"})
    topic.site.partner.hand_over()
    topic.site.run()
    assert listed(topic, "--by-hour") == []
    assert clean_units(topic) == 1
    assert listed(topic, "--by-hour") == []
    assert "No batch" in topic.site.etl("runs", "list", "--by-hour").out
    assert "Nothing has run" in topic.site.etl("runs", "list").out
    assert topic.site.etl("runs", "list", "--by-hour", "--source", "in_tables").code == 2


def test_a_store_without_runs_is_cleaned(topic: Topic) -> None:
    """deleteUnActualRecords: waiting links that have found their end go when no undo needs them, several passes."""
    topic.site.set(cleanDays=10, cleanLimit=2)
    names = [f"c{n}" for n in range(5)]
    old = topic.send(record("Claim", "k", links=[link("Watcher", name) for name in names])).unit
    topic.send(*(record("Client", name) for name in names))
    newest = topic.send(record("Client", "late")).unit
    assert topic.site.count(f"{STORE}.ended_reference") == 5
    with topic.site.runtime() as runtime:
        show_batches(runtime)
        kept = clean_store(runtime)
        assert (kept.ended, kept.journal, kept.units) == (0, 0, 0)
        age = "update {}.unit set started_at = started_at - interval '11 days' where number < {}"
        topic.site.look(age.format(STORE, newest))
        rows = topic.site.count(f"{STORE}.journal where run < {newest}")
        cleaned = clean_store(runtime)
    assert (cleaned.ended, cleaned.journal, cleaned.units) == (5, rows, 2)
    assert topic.site.count(f"{STORE}.journal") > 0
    assert [one["number"] for one in listed(topic)] == [str(newest)]
    assert sum(one["batches"] for one in listed(topic, "--by-hour")) == 3
    assert old
    assert topic.site.etl("undo", str(old)).code == 2


def test_what_an_output_has_not_read_stays(topic: Topic) -> None:
    topic.send(record("Client", "a"))
    with topic.site.runtime() as runtime:
        show_batches(runtime)
        topic.send(record("Client", "b"))
        topic.send(record("Client", "c"))
        topic.site.look(f"update {STORE}.unit set started_at = started_at - interval '11 days'")
        cleaned = clean_store(runtime)
        assert (cleaned.journal, cleaned.units) == (1, 1)
        assert topic.site.count(f"{STORE}.journal") == 2
        show_batches(runtime)
        assert clean_store(runtime).journal == 1  # the newest unit is never old
