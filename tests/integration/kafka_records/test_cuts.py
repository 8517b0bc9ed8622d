"""However the records of a partition are cut into batches, the store, what waits and the errors are the same.

On data without clashes of unique values: those are settled batch by batch, as values may change hands within one.
"""

import os
from collections.abc import Sequence
from typing import Any

import hypothesis
from hypothesis import strategies as st

from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, nest, record

# For long checks: ETL_TEST_CUTS=60 takes some minutes.
EXAMPLES = int(os.environ.get("ETL_TEST_CUTS", "10"))
CLIENTS, FIRMS, CLAIMS = ("a", "b", "c", "d"), ("f", "g"), ("k", "m", "n")
# They are never removed, so that a link by value means the same whenever it is looked up.
LASTING = ("a", "b", "f")


@st.composite
def clients(draw: st.DrawFn, *, is_nested: bool = False) -> dict[str, Any]:
    name = draw(st.sampled_from(CLIENTS))
    given = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "Name": st.sampled_from(["x", "y", None]),
                "Amount": st.sampled_from(["1", "2.0", "", None]),
                "Email": st.just(f"{name}@c.kz"),
                "Kind": st.sampled_from(["new", "old", "old", "bad"]),
                "Mood": st.sampled_from(["good", "bad"]),
            },
        )
    )
    states = [None, None, None, "ACTUAL", "ARCHIVED"] + ([] if name in LASTING else ["REMOVED"])
    found = record("Client", name, state=draw(st.sampled_from(states)), **given)
    return found if is_nested else with_id(draw, found)


@st.composite
def firms(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(FIRMS))
    given = {"Name": draw(st.sampled_from(["x", "y"]))} | draw(st.sampled_from([{}, {"Email": f"{name}@f.kz"}]))
    return with_id(draw, record("Firm", name, state=draw(st.sampled_from([None, None, "TEST"])), **given))


@st.composite
def links(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(["Client", "Watcher", "Team", "Party", "Parties", "Claim"]))
    of_party = field.startswith("Part")
    names = CLAIMS if field == "Claim" else (*CLIENTS, *FIRMS) if of_party else CLIENTS
    name = draw(st.sampled_from(names))
    more: dict[str, Any] = draw(st.sampled_from([{}, {}, {"unlink": True}]))
    if field == "Claim":
        return link(field, name, **more)
    if name in LASTING and draw(st.booleans()):
        return link(field, f"{name}@{'f' if name in FIRMS else 'c'}.kz", "Email", **more)
    if name in CLIENTS and draw(st.booleans()):
        return nest(field, draw(clients(is_nested=True)), **more)
    to_bo: dict[str, Any] = (
        {"toBoCode": "Firm" if name in FIRMS else "Client"} if of_party and draw(st.booleans()) else {}
    )
    return link(field, name, **to_bo, **more)


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    items = draw(st.lists(links(), max_size=3))
    given = draw(st.sampled_from([{}, {"Title": "t"}, {"Title": "u"}]))
    state = draw(st.sampled_from([None, None, "ACTUAL", "REMOVED"]))
    return with_id(draw, record("Claim", draw(st.sampled_from(CLAIMS)), state=state, links=items, **given))


def with_id(draw: st.DrawFn, found: dict[str, Any]) -> dict[str, Any]:
    return found | {"recordId": draw(st.sampled_from([None, None, "r1", "r2", "r3"]))}


RECORDS = st.lists(st.one_of(claims(), claims(), clients(), firms(), st.just(b"x")), min_size=2, max_size=12)
CUTS = st.lists(st.integers(1, 5), min_size=12, max_size=12)


def facts(topic: Topic) -> dict[str, Any]:
    called = " union all ".join(f"select _id, _in_id from {STORE}.bo_{bo}" for bo in ("Client", "Firm", "Claim"))
    found: dict[str, Any] = {bo: sorted(topic.values(bo, columns).items()) for bo, columns in {
        "Client": "_state, name, amount, email, kind, mood", "Firm": "_state, name, email", "Claim": "_state, title"
    }.items()}  # fmt: skip
    for field in ("Client", "Watcher", "Team", "Party", "Parties", "Claim"):
        found[field] = sorted(topic.links("Claim", field))
    waiting = topic.site.look(
        f"with called as ({called}) select r.field, r.target_bo, coalesce(c._in_id, r.owner_in_id) as owner, "
        f"r.target_field, r.target_value from {STORE}.boi_reference r left join called c on c._id = r.owner"
    )
    found["waiting"] = sorted(tuple(row.values()) for row in waiting)
    for name, query in {
        "errors": "select record_offset, code, path, severity from {}.err",
        "dead letters": "select record_offset, code, path from {}.kafka_dead_letter",
        "remembered": "select record_id, record_offset, digest from {}.kafka_record",
    }.items():
        found[name] = sorted(tuple(row.values()) for row in topic.site.look(query.format(STORE)))
    found["next"] = topic.next_offset()
    return found


def clear(topic: Topic) -> None:
    tables = topic.site.look(
        "select string_agg(format('%I.%I', schemaname, tablename), ', ') as names from pg_tables "
        f"where schemaname = '{STORE}' and tablename not in ('etl_schema', 'unit_number', 'out_version')",
        at=topic.site.store_database,
    )
    topic.site.look(f"truncate {tables[0]['names']} /* {STORE}. */")
    topic.offset, topic.held = 0, []


def merged(topic: Topic, records: Sequence[Any], cuts: Sequence[int]) -> dict[str, Any]:
    clear(topic)
    messages = topic.messages(*records)
    first = 0
    for length in (*cuts, len(messages)):
        if messages[first:]:
            topic.merge(messages[first : first + length])
        first += length
    return facts(topic)


@hypothesis.settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
)
@hypothesis.given(records=RECORDS, cuts=CUTS)
def test_every_cut_gives_the_same_store(topic: Topic, records: list[Any], cuts: list[int]) -> None:
    one_by_one = merged(topic, records, [1] * len(records))
    assert merged(topic, records, [len(records)]) == one_by_one
    assert merged(topic, records, cuts) == one_by_one
