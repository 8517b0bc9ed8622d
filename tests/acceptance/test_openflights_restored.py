"""Real data by rows and by a topic, backed up in the middle of a run and of the topic, and restored on another server:
both companies come to the same."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.acceptance import openflights, openflights_topic
from tests.acceptance.openflights_topic import FIELDS, LINKS, Sent, differences, records, stored
from tests.acceptance.test_openflights_topic import Hosts, hosts, portions
from tests.fix_company import BOTH_LAYOUTS, STORE, MakeSite, Site, ended, until
from tests.fix_kafka import make_topic_at
from tests.fix_restore import Elsewhere, done

PARTITIONS = 3
BY_TOPIC = ("Country:", "Airline:")


def ids(site: Site) -> set[tuple[object, ...]]:
    """Object, external id, id of `etl` of each instance."""
    rows = " union all ".join(f"select '{bo}' as bo, _in_id, _id from {STORE}.bo_{bo}" for bo in FIELDS)
    return {tuple(row.values()) for row in site.look(rows)}


def shown(site: Site) -> dict[str, object]:
    """How many rows readers have, and what the partner reads of its own."""
    found: dict[str, object] = {bo: site.count(f"out_demo.{bo}") for bo in FIELDS}
    found |= {f"{bo} {field}": site.count(f"out_demo._{bo}_{field}_") for bo, field, _ in LINKS}
    return found | {f"in {bo} {field}": site.partner.statuses(f"in_{bo}_{field}") for bo, field, _ in LINKS}


def same(one: Site, other: Site) -> None:
    """Both stores have the same rows, and so have readers and partners."""
    expected, found = stored(one), stored(other)
    assert differences(expected, found) == differences(found, expected) == []
    assert shown(other) == shown(one)


def delivered(site: Site) -> list[Sent]:
    """Airports and routes are handed over; returns the records of countries and airlines, which are not."""
    openflights_topic.deliver(site.partner)
    sent = [one for one in records(site.partner, seed=21) if one.key.startswith(BY_TOPIC)]
    site.partner("truncate in_Country, in_Airline")
    site.partner.hand_over()
    return sent


def airports_arrive(site: Site) -> None:
    openflights.deliver_missing_airports(site.partner)
    site.partner.hand_over_by_row()
    assert json.loads(done(site.etl("run", "--json")).out)["resolved"] == 263 + 267


@contextmanager
def reading(site: Site, servers: str, topic: str, sent: int = 0) -> Iterator[Hosts]:
    """A host reads the topic; at the end it has read all, readers see it, and it leaves its group."""
    with hosts(site, servers, topic, PARTITIONS, workers=2, batch=200) as found:
        found.sent = sent
        worker = found.start()
        yield found
        found.wait_for_all()
        for bo in FIELDS:
            of_store = site.count(f"{STORE}.bo_{bo}")
            until(lambda bo=bo, n=of_store: site.count(f"out_demo.{bo}") == n, f"readers see {bo}")  # type: ignore[misc]
        found.end(worker, signal.SIGTERM)


def wait_for_a_batch(site: Site, table: str) -> None:
    """Until a batch of records waits for the table's lock."""
    waiting = f"select count(*) from pg_locks where relation = '{table}'::regclass and not granted"
    until(lambda: site.value(waiting, at=site.store_database), "a batch is in the middle")


@pytest.mark.nightly
@pytest.mark.prepared
@BOTH_LAYOUTS
def test_a_backup_in_the_middle_of_a_run_and_of_a_topic(
    make_site: MakeSite, elsewhere: Elsewhere, kafka_url: str
) -> None:
    site, topic = make_site(openflights_topic.documents()), make_topic_at(kafka_url, partitions=PARTITIONS)
    site.look(f"grant create on database {site.database.name} to {site.partner_role}")
    sent = delivered(site)
    early, late = portions(sent, 2)
    with reading(site, kafka_url, topic) as reader:
        reader.send(early)
        reader.wait_for_all()
        with site.locking(f"{STORE}.link_route_source"), site.locking(f"{STORE}.bo_airline"):
            process = site.start("run")
            until(lambda: site.count(f"{STORE}.bo_route"), "the routes are in")
            site.wait_for_blocked()
            reader.send(late)
            wait_for_a_batch(site, f"{STORE}.bo_airline")
            made = json.loads(done(site.etl("backup", "-o", "backup", "--json")).out)
        assert ended(process).code == 0
    [dump] = [one for one in made["dumps"] if one["name"] == "store"]
    rows = {one["table"]: one["rows"] for one in dump["tables"]}
    assert (rows["bo_route"], rows["link_route_source"]) == (67_663, 0)
    done(site.etl("restore", "--drill", "backup"))

    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    kept = ids(there)
    assert len(kept) == sum(rows[f"bo_{bo.lower()}"] for bo in FIELDS)
    assert there.value(f"select sum(next_offset) from {STORE}.kafka_position") == len(early)
    done(there.etl("restore", "--activate"))
    assert json.loads(done(there.etl("run", "--json")).out)["taken_over"]
    with reading(there, kafka_url, topic, len(sent)):
        pass
    same(site, there)

    there.look(f"grant create on database {there.database.name} to {site.partner_role}")
    openflights.stage(there.partner)
    for one in (site, there):
        assert one.count(f"{STORE}.kafka_dead_letter") == 0
        airports_arrive(one)
        assert '"ok": true' in done(one.etl("verify", "--level", "indexes", "--json")).out
    same(site, there)
    assert stored(there)["waiting"].total() == 147
    assert kept <= ids(site)
    assert kept <= ids(there)
