"""A long load by topic, with faults all the time: nothing is lost or doubled, and memory stays as it was.

Beside it the simulated partner plays all of its scenarios: aborted transactions, killed producers, faulty records.

ETL_KAFKA_LOAD_MINUTES says how long; two if it is not given.
"""

import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import cycle
from pathlib import Path

import pytest

from etl.embedded import EmbeddedServer
from etl.kafka import Admin, Partition
from etl.metadata import parse_company
from etl.simulator.kafka import RECORD_SCENARIOS, RecordData
from etl.simulator.kafka.play import RecordPartner
from etl.sources.kafka.rules import RecordRules
from tests.acceptance.openflights_topic import Sent, record
from tests.acceptance.service import Service
from tests.acceptance.test_openflights_topic import Hosts, hosts
from tests.fix_company import CLAIMS, STORE, new_site, until
from tests.fix_database import Database, fresh_database
from tests.fix_kafka import make_topic_at

MINUTES = float(os.environ.get("ETL_KAFKA_LOAD_MINUTES", "2"))
_CLIENTS, _PORTION, _AHEAD = 5_000, 2_000, 20_000
# Between two faults; then all that was sent is merged before the next one.
_FAULT_SECONDS = 20.0
_WARM = 0.3
# New instances of each object in a batch of the simulated partner.
_PLAYED = 50


def resident_mb(service: Service) -> float:
    """Of its largest process: that of the first worker, or of a further one."""
    found, sizes = [service.process.pid], []
    while found:
        place = Path(f"/proc/{found.pop()}")
        with suppress(FileNotFoundError, ProcessLookupError, IndexError):  # a further worker may end meanwhile
            sizes.append(int(re.findall(r"VmRSS:\s+(\d+) kB", (place / "status").read_text())[0]) / 1024)
            for children in place.glob("task/*/children"):
                found += map(int, children.read_text().split())
    return max(sizes)


def faults(reading: Hosts, stays: Service) -> Iterator[Callable[[], object]]:
    """One after the other, without end; `stays` is a host that none of them ends."""

    def other() -> Service:
        return next(one for one in reading.running if one is not stays)

    def kill() -> None:
        reading.end(other(), signal.SIGKILL)
        reading.start()

    def leave() -> None:
        reading.end(other(), signal.SIGTERM)
        reading.start()

    def end_sessions() -> None:
        reading.site.look(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [reading.site.engine_role]
        )

    def join() -> None:
        reading.start()

    def leave_for_good() -> None:
        reading.end(other(), signal.SIGTERM)

    return cycle((kill, end_sessions, leave, join, leave_for_good))


def end_of(reading: Hosts) -> int:
    """The sum of the partitions' ends; transactions take offsets of their own."""
    with Admin(reading.connection) as admin:
        partitions = [Partition(reading.topic, number) for number in range(reading.partitions)]
        return sum(high for _, high in admin.bounds(partitions).values())


@pytest.mark.nightly
def test_a_long_load(server: EmbeddedServer, template: Database, tmp_path: Path, kafka_url: str) -> None:
    choose, scenarios = random.Random(), cycle(RECORD_SCENARIOS)
    data = RecordData(
        parse_company("demo", {f"{code}.yaml": text for code, text in CLAIMS.items()}), RecordRules(), seed=1
    )
    with fresh_database(server, template) as database, ExitStack() as playing:
        site = new_site(database, tmp_path, CLAIMS)
        with hosts(site, kafka_url, make_topic_at(kafka_url, partitions=6), 6, workers=2, batch=1_000) as reading:
            stays = reading.start()
            reading.start()
            partner = playing.enter_context(RecordPartner(reading.connection, reading.topic, data))
            last: dict[str, int] = {}
            begun = fault_at = time.monotonic()
            warm = 0.0
            more = faults(reading, stays)
            while (passed := time.monotonic() - begun) < MINUTES * 60:
                portion = []
                for number in range(reading.sent, reading.sent + _PORTION):
                    name = f"c{choose.randrange(_CLIENTS)}"
                    last[name] = number
                    portion.append(Sent(name, record("Client", name, {"Amount": f"{number}"}), repeats=False))
                reading.send(portion)
                until(lambda: end_of(reading) - reading.read() < _AHEAD, "records are merged", seconds=600)
                if time.monotonic() - fault_at > _FAULT_SECONDS:
                    next(more)()
                    partner.play(next(scenarios), _PLAYED, choose)
                    fault_at = time.monotonic()
                if not warm and passed > MINUTES * 60 * _WARM:
                    warm = resident_mb(stays)
            until(lambda: reading.read() == end_of(reading), "all is merged", seconds=600)
            now = resident_mb(stays)
        loaded = site.look(f"select _in_id, amount from {STORE}.bo_client where _in_id like 'c%'")
        assert {row["_in_id"]: int(row["amount"]) for row in loaded} == last
        merged = f"select sum((receipt->'records'->>'merged')::int) from {STORE}.unit where source = 'kafka'"
        assert site.value(merged) == reading.sent + partner.sent.merged
        rejected = f"select code, count(*) as n from {STORE}.err where severity = 'error' group by 1"
        assert {row["code"]: row["n"] for row in site.look(rejected)} == partner.sent.codes
        states = f"select _state, count(*) as n from {STORE}.bo_claim group by 1"
        assert {row["_state"]: row["n"] for row in site.look(states)} == data.states()["Claim"]
        assert site.count(f"{STORE}.boi_reference") == 0
        print(f"{reading.sent} records, {partner.sent}, {warm:.0f} MiB early, {now:.0f} MiB at the end")
        assert now < warm * 1.25 + 40
        site.partner.session.close()
