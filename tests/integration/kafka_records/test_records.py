"""What records do to the store: identity, patches, states, links, and what waits."""

import json

import pytest
from msgspec import structs

from etl.engine import undo
from etl.engine.record_batches import show_batches
from etl.sources.kafka import objects
from etl.sources.kafka.upkeep import apply_references, clean_records
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import TOPIC, Topic, link, nest, record


def test_a_record_is_a_patch_and_the_last_one_counts_field_by_field(topic: Topic) -> None:
    topic.send(record("Client", "c", Name="a", Note="n", Amount="1"))
    topic.send(record("Client", "c", Name="b"), record("Client", "c", Amount=None), record("Client", "c", Name="d"))
    assert topic.values("Client", "name, note, amount") == {"c": ("d", "n", None)}
    [row] = topic.site.look(f"select origin, before from {STORE}.journal where change = 'changed'")
    assert row == {"origin": f"{TOPIC}/0/3", "before": {"name": "a", "amount": 1}}


@pytest.mark.parametrize("wanted", ["ba", "bca", "bcx", "xab"], ids=["swap", "ring", "chain", "chain backwards"])
def test_unique_values_change_hands_within_a_batch(topic: Topic, wanted: str) -> None:
    topic.send(*(record("Client", name, Email=f"{name}@x.kz") for name in "abc"))
    outcome = topic.send(*(record("Client", a, Email=f"{b}@x.kz") for a, b in zip("abc", wanted, strict=False)))
    assert (outcome.merged, topic.faults()) == (len(wanted), [])
    found = {name: email.partition("@")[0] for name, (email,) in topic.values("Client", "email").items()}
    assert found == dict(zip("abc", "abc", strict=True)) | dict(zip("abc", wanted, strict=False))


@pytest.mark.parametrize("many", [1, 1_000])
def test_what_all_records_of_a_batch_give_is_asked_of_none(
    many: int, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large batches have statements that take the fields as given which all of their records give."""
    monkeypatch.setattr(objects, "_MANY_OBJECTS", many)
    topic.send(record("Client", "a", Name="1", Note="n"), record("Client", "b", Name="1", Note="n"))
    topic.send(
        record("Client", "a", Name="2"),
        record("Client", "a", Name=None, Note="m"),
        record("Client", "b", Name="3", Amount="5"),
        record("Client", "c", Note="o", Name="4"),
        record("Client", "d", Name="5", Kind="none"),
        record("Client", "b", Name="6", state="REMOVED"),
    )
    assert topic.values("Client", "name, note, amount") == {
        "a": (None, "m", None),
        "b": ("3", "n", 5),
        "c": ("4", "o", None),
    }
    assert {name: row["_state"] for name, row in topic.stored("Client").items()}["b"] == "REMOVED"
    assert [(offset, code) for offset, code, _ in topic.faults()] == [(6, "OPTION_UNKNOWN")]


def test_fields_that_partners_do_not_load_may_come_by_records(topic: Topic) -> None:
    """`Note` has no needLoadFromInTables: the settings of Kafka choose objects, not fields."""
    topic.send(record("Client", "c", Note="n"))
    assert topic.values("Client", "note") == {"c": ("n",)}


def test_who_is_meant(topic: Topic) -> None:
    """Faults 23 and 25: ids of two instances, and a unique value of another one."""
    topic.send(record("Client", "c", Email="Ann@corp.kz", Number="7"))
    [row] = topic.stored("Client").values()
    topic.send(
        record("Client", None, Email="ann@CORP.kz", Name="by email"),
        record("Client", "alias", id=row["_id"], Note="by id"),
        record("Client", "alias", Amount="3"),
    )
    assert topic.faults() == []
    assert topic.values("Client", "name, note, amount") == {"c": ("by email", "by id", 3)}
    outcome = topic.send(
        record("Client", "other", Email="ann@corp.kz"),
        record("Client", "d", Name="d"),
        record("Client", "d", id=row["_id"]),
        record("Client", None, Number="8", Name="new by value"),
        record("Client", None, Number="8.00", Note="found by value"),
    )
    assert (outcome.merged, outcome.rejected) == (3, 2)
    assert [(offset, code) for offset, code, _ in topic.faults()] == [(4, "UNIQUE_TAKEN"), (6, "IN_ID_TAKEN")]
    found = topic.site.look(f"select _in_id, name, note from {STORE}.bo_client where number = 8")
    assert found == [{"_in_id": None, "name": "new by value", "note": "found by value"}]


def test_the_key_field_is_the_external_id(topic: Topic) -> None:
    topic.send(record("Firm", None, Bin="111", Name="a"), record("Firm", "111", Email="f@f.kz"), record("Firm", "222"))
    topic.send(record("Firm", "222", Bin="222", Name="b"), record("Claim", "k", links=[link("Party", "222", "Bin")]))
    assert topic.values("Firm", "bin, name, email") == {"111": ("111", "a", "f@f.kz"), "222": ("222", "b", None)}
    assert topic.links("Claim", "Party") == {("k", "222")}
    assert topic.faults() == []


def test_an_unknown_id_may_make_its_instance(topic: Topic) -> None:
    """One instance however its records are cut, with all its external ids."""
    one, two = "0123456789abcdeA", "0123456789abcdeB"
    records = [
        record("Client", "a", id=one, Name="1"),
        record("Client", None, id=one, Note="2"),
        record("Client", "b", id=one, Amount="3"),
        record("Client", "b", Score="4"),
        record("Client", None, id=two, Name="5"),
        record("Client", "b", id=two),
        record("Claim", "k", links=[link("Watcher", one, "id"), link("Watcher", "b")]),
    ]
    with topic.with_rules(creates_unknown_ids=True):
        outcome = topic.send(*records)
    assert (outcome.merged, outcome.rejected) == (6, 1)
    assert [(offset, code) for offset, code, _ in topic.faults()] == [(5, "IN_ID_TAKEN")]
    assert {row["_id"]: row["_in_id"] for row in topic.stored("Client").values()} == {one: "a", two: None}
    assert topic.values("Client", "name, note, amount, score")["a"] == ("1", "2", 3, 4)
    assert topic.site.look(f"select in_id, instance from {STORE}.alias") == [{"in_id": "b", "instance": one}]
    assert topic.links("Claim", "Watcher") == {("k", "a")}


def test_states(topic: Topic) -> None:
    """Fault 46: the removal of what is not there is no fault; it is counted as what changed nothing."""
    topic.send(record("Client", "c", Name="a", state="TEST"), record("Client", "d"))
    topic.send(record("Client", "c", Name="b"))
    assert topic.values("Client", "name, _state") == {"c": ("b", "TEST"), "d": (None, "ACTUAL")}
    gone = record("Client", "c", Name="ignored", state="REMOVED")
    outcome = topic.send(
        gone, record("Client", "unknown", state="REMOVED"), record("Client", "x", id="0" * 16, state="REMOVED")
    )
    assert (outcome.merged, topic.faults()) == (3, [])
    receipt = topic.site.value(f"select receipt->'in_Client' from {STORE}.unit where number = {outcome.unit}")
    counted = {name: receipt[name] for name in ("removed", "unchanged", "rejected")}
    assert counted == {"removed": 1, "unchanged": 2, "rejected": 0}
    topic.send(record("Client", "c", Name="still removed"))
    assert topic.values("Client", "name, _state") == {"c": ("still removed", "REMOVED"), "d": (None, "ACTUAL")}
    topic.send(record("Client", "c", state="ACTUAL"))
    assert topic.values("Client", "name, _state")["c"] == ("still removed", "ACTUAL")


def test_a_removal_may_name_its_instance_by_a_unique_value(topic: Topic) -> None:
    topic.send(record("Client", "c", Email="a@b.kz"))
    topic.send(record("Client", None, Email="a@b.kz", state="REMOVED"))
    assert topic.values("Client", "_state") == {"c": ("REMOVED",)}


def test_removed_objects_bring_no_links(topic: Topic) -> None:
    topic.send(record("Claim", "k", links=[nest("Watcher", record("Client", "c"))]))
    topic.send(record("Claim", "k", state="REMOVED", links=[nest("Watcher", record("Client", "new"))]))
    assert sorted(topic.stored("Client")) == ["c"]
    topic.send(record("Claim", "k", state="ACTUAL", links=[nest("Watcher", record("Client", "c", state="REMOVED"))]))
    assert topic.links("Claim", "Watcher") == set()
    assert topic.values("Client", "_state") == {"c": ("REMOVED",)}
    topic.send(record("Claim", "k", links=[nest("Watcher", record("Client", "unknown", state="REMOVED"))]))
    assert (topic.faults(), topic.waiting()) == ([], [])


def test_tombstones(topic: Topic) -> None:
    """Fault 33."""
    topic.send(record("Client", "c"))
    [row] = topic.stored("Client").values()
    outcome = topic.send(None)
    assert (outcome.tombstones, outcome.unit, topic.next_offset()) == (1, None, 2)
    with topic.with_rules(removes_by_tombstone=True):
        keys = [f"Client:{row['_id']}", "Client:0000000000000000", "Clent:1", "Client", "\udcff"]
        found = [
            structs.replace(one, key=key.encode("utf-8", "surrogateescape"))
            for one, key in zip(topic.messages(*[None] * 5), keys, strict=True)
        ]
        outcome = topic.merge(found)
    assert (outcome.merged, outcome.rejected) == (2, 3)
    assert topic.values("Client", "_state") == {"c": ("REMOVED",)}
    assert [code for _, code, _ in topic.faults()] == ["UNKNOWN_OBJECT", "BAD_SHAPE", "BAD_SHAPE"]


def test_ways_to_name_a_target(topic: Topic) -> None:
    topic.send(
        record("Client", "c", Email="Ann@corp.kz", Number="7"),
        record("Firm", "f", Email="firm@corp.kz"),
        record("Client", "d"),
    )
    ids = {key: row["_id"] for key, row in (topic.stored("Client") | topic.stored("Firm")).items()}
    outcome = topic.send(
        record("Claim", "1", links=[link("Watcher", "ann@CORP.kz", "Email")]),
        record("Claim", "2", links=[link("Watcher", "7.0", "Number"), link("Watcher", "7", "Number")]),
        record("Claim", "3", links=[link("Watcher", "d"), nest("Watcher", '{"boCode": "Client", "externalId": "c"}')]),  # type: ignore[arg-type]
        record("Claim", "4", links=[link("Watcher", ids["d"], "id")]),
        record("Claim", "5", Watcher=f'["{ids["c"]}", "{ids["d"]}"]', Party=f'["bo-id-{ids["f"]}"]'),
        record("Claim", "6", links=[link("Party", "firm@corp.kz", "Email"), link("Party", "c", toBoCode="Client")]),
        record("Claim", "7", Watcher="", Party=None),
    )
    assert (outcome.merged, topic.faults(), topic.waiting()) == (7, [], [])
    expected = {("1", "c"), ("2", "c"), ("3", "c"), ("3", "d"), ("4", "d"), ("5", "c"), ("5", "d")}
    assert topic.links("Claim", "Watcher") == expected
    assert topic.links("Claim", "Party") == {("5", "f"), ("6", "f"), ("6", "c")}


def test_links_end(topic: Topic) -> None:
    topic.send(record("Client", "c"), record("Client", "d"), record("Firm", "f"))
    both = [link("Watcher", "c"), link("Watcher", "d"), link("Watcher", "late")]
    topic.send(record("Claim", "k", links=[*both, link("Party", "c", toBoCode="Client"), link("Party", "f")]))
    topic.send(
        record("Claim", "k", links=[link("Watcher", "c", unlink=True), link("Watcher", "late", unlink=True)]),
        record("Claim", "k", links=[link("Party", "f", unlink=True), link("Party", "never", unlink=True)]),
        record("Claim", "unknown", links=[link("Watcher", "c", unlink=True)]),
    )
    assert topic.links("Claim", "Watcher") == {("k", "d")}
    assert topic.links("Claim", "Party") == {("k", "c")}
    assert (topic.waiting(), topic.faults()) == ([], [])


@pytest.mark.parametrize("cut", [1, 10])
def test_single_keeps_the_newest_and_a_late_link_never_wins(topic: Topic, cut: int) -> None:
    records = [
        record("Client", "a"),
        record("Claim", "k", links=[link("Client", "a")]),
        record("Claim", "k", links=[link("Client", "late")]),
        record("Claim", "k", links=[link("Client", "b")]),
        record("Client", "b"),
        record("Client", "late"),
    ]
    for number in range(0, len(records), cut):
        topic.send(*records[number : number + cut])
    assert topic.links("Claim", "Client") == {("k", "b")}
    assert topic.waiting() == []


@pytest.mark.parametrize("cut", [1, 20])
def test_full_sets_are_those_of_the_last_record(topic: Topic, cut: int) -> None:
    """Over all members of a composite; a record without items of the field leaves the set as it is."""
    records = [
        *(record("Client", name, Email=f"{name}@c.kz") for name in "abcd"),
        record("Firm", "f", Email="f@c.kz"),
        record("Claim", "k", links=[link("Team", "a"), link("Team", "b"), link("Parties", "a", toBoCode="Client")]),
        record("Claim", "k", links=[link("Team", "c"), link("Parties", "f"), link("Parties", "b@c.kz", "Email")]),
        record("Claim", "m", links=[link("Team", "a"), link("Parties", "a")]),
        record("Claim", "m", Title="x"),
        record("Claim", "e", links=[link("Team", "a"), link("Parties", "f"), link("Parties", "a")]),
        record("Claim", "e", links=[{"fieldCode": "Team", "unlink": True}, {"fieldCode": "Parties", "unlink": True}]),
    ]
    for number in range(0, len(records), cut):
        topic.send(*records[number : number + cut])
    assert topic.links("Claim", "Team") == {("k", "c"), ("m", "a")}
    assert topic.links("Claim", "Parties") == {("k", "f"), ("k", "b"), ("m", "a")}
    assert topic.faults() == []


def test_in_migration_time_is_set_by_every_record_that_matched(topic: Topic) -> None:
    topic.send(record("Client", "c", Name="a"))
    query = f"select _in_migrated_at, _modified_at from {STORE}.bo_client"
    [before] = topic.site.look(query)
    topic.send(record("Client", "c", Name="a"))
    [after] = topic.site.look(query)
    assert after["_in_migrated_at"] > before["_in_migrated_at"]
    assert after["_modified_at"] == before["_modified_at"]


def test_links_wait_until_their_end_comes_by_whatever_way(topic: Topic) -> None:
    """Fault 28."""
    topic.send(
        record("Claim", "k", links=[link("Watcher", "a@b.kz", "Email"), link("Party", "in-row"), link("Client", "x")])
    )
    assert len(topic.waiting()) == 3
    assert apply_references(topic.into).unit is None
    topic.site.partner.fill("in_Client", {"in_id": "in-row", "name": "n"}, {"in_id": "y", "email": "A@b.kz"})
    topic.site.partner.hand_over()
    topic.site.run()
    outcome = apply_references(topic.into)
    topic.send(record("Client", "x"))
    assert topic.links("Claim", "Party") == {("k", "in-row")}
    assert topic.links("Claim", "Watcher") == {("k", "y")}
    assert topic.links("Claim", "Client") == {("k", "x")}
    assert topic.waiting() == []
    assert (
        outcome.unit is None
        or topic.site.value(f"select kind from {STORE}.unit where number = {outcome.unit}") == "batch"
    )


def test_references_expire_after_the_limit_of_their_source(topic: Topic) -> None:
    """Those of records by oldRecordDeleteMinutes, those of in_ tables by referenceExpiryMinutes."""
    topic.site.set(referenceExpiryMinutes=60)
    topic.send(
        record("Claim", "k", links=[link("Watcher", "unknown"), link("Watcher", "z@z.kz", "Email"), link("Party", "n")])
    )
    topic.site.partner.fill("in_Claim", {"in_id": "row"})
    topic.site.partner.fill("in_Claim_Watcher", {"Claim_id": "row", "Watcher_id": "no row"})
    topic.site.partner.hand_over()
    topic.site.run()
    topic.site.look(f"update {STORE}.boi_reference set waiting_since = waiting_since - interval '2 hours'")
    topic.site.partner.hand_over()
    topic.site.run()
    assert [row[4] for row in topic.waiting()] == ["n", "unknown", "z@z.kz"]
    assert apply_references(topic.into).unit is None
    with topic.with_rules(reference_expiry_minutes=100):
        outcome = apply_references(topic.into)
    assert topic.waiting() == []
    rows = topic.site.look(
        f"select in_id, code, value, message from {STORE}.err where run = {outcome.unit} order by value"
    )
    assert [(row["in_id"], row["code"], row["value"]) for row in rows] == [
        ("k", "REFERENCE_EXPIRED", "email z@z.kz"),
        ("k", "REFERENCE_EXPIRED", "n"),
        ("k", "REFERENCE_EXPIRED", "unknown"),
    ]
    assert "oldRecordDeleteMinutes" in rows[0]["message"]


def test_a_batch_is_taken_back_by_its_number(topic: Topic) -> None:
    topic.send(record("Client", "c", Name="a"))
    outcome = topic.send(
        record("Client", "c", Name="b"),
        record("Client", "d"),
        record("Claim", "k", links=[link("Watcher", "c"), link("Watcher", "late")]),
    )
    assert outcome.unit
    undone = undo(topic.runtime, outcome.unit)
    assert (undone.counters["restored"], undone.counters["removed"], undone.counters["unlinked"]) == (1, 2, 1)
    assert topic.values("Client", "name, _state") == {"c": ("a", "ACTUAL"), "d": (None, "REMOVED")}
    assert (topic.links("Claim", "Watcher"), topic.waiting()) == (set(), [])
    [unit] = topic.site.look(f"select source, kind from {STORE}.unit where number = {undone.as_run}")
    assert unit == {"source": "kafka", "kind": "undo"}
    again = undo(topic.runtime, undone.as_run)
    assert again.as_run > undone.as_run
    assert topic.values("Client", "name, _state") == {"c": ("b", "ACTUAL"), "d": (None, "ACTUAL")}
    assert topic.links("Claim", "Watcher") == {("k", "c")}
    assert [row[4] for row in topic.waiting()] == ["late"]


# Moments of the last change, and which unit wrote a row: an undo is a unit of its own.
_OF_UNITS = {"_modified_at", "_in_migrated_at", "run", "restored_by", "written_by"}


def golden_rows(topic: Topic) -> dict[str, list[str]]:
    """Table -> rows, of instances, links, what waits, aliases and files, and of the out_ tables."""
    names = (
        "select schemaname || '.' || tablename as name from pg_tables where schemaname = any(%s) and tablename ~ "
        "'^(bo_|link_|alias|boi_reference|file_reference|file_alias|stored_file)' or schemaname ~ '^out_'"
    )
    found = {}
    for row in topic.site.look(names, [[STORE]], at=topic.site.store_database):
        rows = topic.site.look(f"select to_jsonb(t) as row from {row['name']} t")
        left_out = _OF_UNITS | (
            {"id", "updated_at", "inserted_at", "in_migration_updated_at"} if row["name"].startswith("out_") else set()
        )
        texts = ({key: value for key, value in one["row"].items() if key not in left_out} for one in rows)
        found[row["name"]] = sorted(json.dumps(one, sort_keys=True) for one in texts)
    return found


def test_the_command_takes_a_batch_back_row_by_row(topic: Topic) -> None:
    """Changed, emptied and removed instances; new, ended and replaced links; what waited; a further external id."""
    topic.send(
        *(record("Client", name, Name=name, Amount="1", Email=f"{name}@x.kz") for name in "abcde"),
        record("Firm", "f", Name="firm"),
        record("Claim", "k", Title="t", links=[link("Watcher", "a"), link("Watcher", "b"), link("Team", "c")]),
        record("Claim", "l", links=[link("Client", "a"), link("Watcher", "late"), link("Party", "f")]),
    )
    show_batches(topic.runtime)
    before, known = golden_rows(topic), topic.stored("Client")["e"]["_id"]
    outcome = topic.send(
        record("Client", "a", Name="changed", Amount=None),
        record("Client", "b", state="REMOVED"),
        record("Client", "c", Email="d@x.kz"),
        record("Client", "d", Email="c@x.kz"),
        record("Client", "another", id=known, Name="e too"),
        record("Client", "late", Name="late"),
        record("Client", "new", Name="new"),
        record("Firm", "f", state="ARCHIVED"),
        record("Claim", "k", Title=None, links=[link("Team", "d"), link("Watcher", "a", unlink=True)]),
        record("Claim", "l", links=[link("Client", "c"), link("Watcher", "later")]),
    )
    assert (outcome.merged, outcome.rejected) == (10, 0)
    show_batches(topic.runtime)
    assert golden_rows(topic) != before
    done = topic.site.etl("undo", str(outcome.unit))
    assert (done.code, f"Run {outcome.unit} reverted" in done.out) == (0, True), done.err
    after = golden_rows(topic)
    made = {table: [row for row in rows if row not in before[table]] for table, rows in after.items()}
    assert {table: rows for table, rows in before.items() if set(rows) - set(after[table])} == {}
    assert {table: len(rows) for table, rows in made.items() if rows} == {f"{STORE}.bo_client": 2}
    assert {(one["_in_id"], one["_state"]) for one in map(json.loads, made[f"{STORE}.bo_client"])} == {
        ("late", "REMOVED"),
        ("new", "REMOVED"),
    }


def test_the_unit_of_a_batch_has_its_receipt(topic: Topic) -> None:
    outcome = topic.send(record("Client", "c"), record("Client", "c", Nmae="x"), None, b"x")
    [unit] = topic.site.look(f"select * from {STORE}.unit where number = {outcome.unit}")
    assert (unit["kind"], unit["source"]) == ("batch", "kafka")
    assert unit["receipt"]["records"] == {"messages": 4, "merged": 1, "rejected": 2, "tombstones": 1}
    assert unit["receipt"]["in_Client"]["created"] == 1
    assert unit["finished_at"] >= unit["started_at"]


def test_remembered_ids_are_cleaned_by_their_age(topic: Topic) -> None:
    topic.send(*(record("Client", f"c{n}", record_id=f"r{n}") for n in range(7)), b"x")
    topic.site.look(
        f"update {STORE}.kafka_record set merged_at = merged_at - interval '6 hours' where record_id < 'r5'"
    )
    topic.site.look(f"update {STORE}.kafka_dead_letter set sent_at = now() - interval '3 days'")
    with topic.with_rules(record_clean_hours=7):
        assert clean_records(topic.into, limit=2, dead_letter_days=4).record_ids == 0
    cleaned = clean_records(topic.into, limit=2, dead_letter_days=2)
    assert (cleaned.record_ids, cleaned.dead_letters) == (5, 1)
    assert topic.site.count(f"{STORE}.kafka_record") == 2
    outcome = topic.send(record("Client", "c0", record_id="r0"), record("Client", "c5", record_id="r5"))
    assert (outcome.merged, outcome.known, outcome.reused) == (1, 1, 0)


def test_waiting_links_are_tried_once_an_interval(topic: Topic) -> None:
    """On whichever host the schedule comes: the newest try is in the store."""

    def tries(done: str = "") -> bool:
        """Whether a link that has waited too long is given up."""
        topic.send(record("Claim", "k", links=[link("Watcher", "late")]))
        topic.site.look(f"update {STORE}.boi_reference set waiting_since = now() - interval '30 days'")
        if done:
            topic.site.look(f"update {STORE}.kafka_schedule set done_at = now() + interval '{done}'")
        apply_references(topic.into, interval_minutes=10)
        return not topic.waiting()

    assert tries()
    assert not tries()
    assert not tries("-9 minutes")
    assert tries("-9 minutes -45 seconds")  # the schedule comes a moment earlier than the last time
    assert tries("1 hour")  # noted while the clock was wrong
    assert not tries()
    assert apply_references(topic.into).unit is not None  # without an interval at once


def test_unchanged_unique_fields_are_read_like_others(topic: Topic) -> None:
    """What an output writes: they say who is meant, and where its links lead; given twice, `fields` counts."""
    topic.send(record("Client", "c", Email="c@c.kz", Number="7", Name="a"), record("Client", "d", Email="d@d.kz"))
    topic.send(
        {
            "boCode": "Client",
            "fields": [{"code": "Name", "apiValue": "b"}],
            "unchangedUniqueFields": [{"code": "Email", "apiValue": "C@c.kz"}, {"code": "Number", "apiValue": "7.0"}],
        },
        record("Claim", "k", Title="t")
        | {
            "unchangedUniqueBoFields": [link("Client", "c@c.kz", "Email"), link("Watcher", "late@x.kz", "Email")],
            "boFields": [link("Watcher", "d")],
        },
        record("Claim", "l") | {"unchangedUniqueBoFields": [nest("Client", record("Client", "new", Name="n"))]},
        record("Claim", "m", state="REMOVED") | {"unchangedUniqueBoFields": [link("Client", "c")]},
        record("Claim", "n") | {"unchangedUniqueBoFields": [link("Client", "c")], "boFields": [link("Client", "d")]},
    )
    unchanged = {"unchangedUniqueFields": [{"code": "Email", "apiValue": "old@c.kz"}]}
    topic.send(record("Client", "c", Email="new@c.kz") | unchanged)
    assert topic.faults() == []
    names = topic.values("Client", "name, email")
    assert names == {"c": ("b", "new@c.kz"), "d": (None, "d@d.kz"), "new": ("n", None)}
    assert topic.links("Claim", "Client") == {("k", "c"), ("l", "new"), ("n", "d")}
    assert (topic.links("Claim", "Watcher"), len(topic.waiting())) == ({("k", "d")}, 1)


@pytest.mark.parametrize(
    ("item", "code", "path"),
    [
        ({"fieldCode": "Payer", "toFieldCode": "Email", "apiValue": "x"}, "UNKNOWN_FIELD", "fieldCode"),
        ({"fieldCode": "Client", "toFieldCode": "Name", "apiValue": "x"}, "NOT_UNIQUE", "toFieldCode"),
        ({"fieldCode": "Client", "toFieldCode": "Email", "apiValue": ""}, "LINK_END_EMPTY", "apiValue"),
        ({"fieldCode": "Client", "toFieldCode": "Number", "apiValue": "x"}, "BAD_VALUE", "apiValue"),
        (
            {"fieldCode": "Client", "toBoCode": "Firm", "toFieldCode": "Bin", "apiValue": "1"},
            "WRONG_TARGET",
            "toBoCode",
        ),
    ],
)
def test_faults_of_unchanged_unique_links(topic: Topic, item: dict[str, str], code: str, path: str) -> None:
    topic.send(record("Claim", "k") | {"unchangedUniqueBoFields": [item]})
    assert topic.faults() == [(0, code, f"$.unchangedUniqueBoFields[0].{path}")]
    assert topic.stored("Claim") == {}
