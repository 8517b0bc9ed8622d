"""Workers of several partitions and a run of in_ tables at once: no waiting link is missed, and nothing is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from etl.sources.kafka.upkeep import apply_references
from tests.fix_company import STORE
from tests.integration.kafka_records.topic import Topic, link, nest, record

BATCHES, SIZE = 12, 5


@pytest.mark.nightly
def test_targets_and_owners_arrive_at_once(topic: Topic) -> None:
    """Claims in one partition, their clients in another, clients and links of rows beside them."""
    owners, targets = topic, replace(topic, number=1, held=[], offset=0)
    owners.take()
    targets.take()
    names = [f"{batch}.{n}" for batch in range(BATCHES) for n in range(SIZE)]
    faults: list[BaseException] = []

    def claims() -> None:
        for batch in range(BATCHES):
            owners.send(
                *(
                    record(
                        "Claim",
                        f"k{name}",
                        record_id=name,
                        links=[
                            link("Watcher", f"c{name}@c.kz", "Email"),
                            link("Client", f"c{name}"),
                            link("Team", f"row{name}"),
                            link("Party", f"c{name}@c.kz", "Email"),
                            nest("Claim", record("Claim", "hub", Title=name)),
                        ],
                    )
                    for name in names[batch * SIZE : (batch + 1) * SIZE]
                )
            )

    def clients() -> None:
        for batch in reversed(range(BATCHES)):
            targets.send(
                *(
                    record("Client", f"c{name}", Email=f"c{name}@C.kz", record_id=f"c{name}")
                    for name in names[batch * SIZE : (batch + 1) * SIZE]
                )
            )

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)

    workers = [threading.Thread(target=guarded, args=[work]) for work in (claims, clients)]
    for worker in workers:
        worker.start()
    partner = topic.site.partner
    for half in (names[::2], names[1::2]):
        partner.redeliver("in_Client", *({"in_id": f"row{name}", "name": name} for name in half))
        partner.redeliver("in_Claim_Party_Client", *({"Claim_id": f"k{n}", "Party_id": f"row{n}"} for n in half))
        partner.hand_over()
        topic.site.run()
    for worker in workers:
        worker.join()
    assert faults == []
    apply_references(topic.into)
    partner.redeliver("in_Client")
    partner.hand_over()
    topic.site.run()
    assert topic.waiting() == []
    assert topic.faults() == []
    assert topic.links("Claim", "Watcher") == {(f"k{name}", f"c{name}") for name in names}
    assert topic.links("Claim", "Client") == {(f"k{name}", f"c{name}") for name in names}
    assert topic.links("Claim", "Team") == {(f"k{name}", f"row{name}") for name in names}
    assert topic.links("Claim", "Party") == {(f"k{n}", f"{kind}{n}") for n in names for kind in ("c", "row")}
    assert topic.links("Claim", "Claim") == {(f"k{name}", "hub") for name in names}
    assert topic.site.count(f"{STORE}.kafka_record") == 2 * len(names)
    statuses = partner("select in_status, count(*) as n from in_Claim_Party_Client group by 1")
    assert [(row["in_status"], row["n"]) for row in statuses] == [("DONE", len(names) // 2)]
