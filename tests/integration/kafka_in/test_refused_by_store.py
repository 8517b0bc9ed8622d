"""What the store refuses is no fault of records: they wait, and are merged when an operator has helped."""

import pytest

from tests.fix_company import STORE
from tests.integration.kafka_in.conftest import Reading, client

pytestmark = pytest.mark.slow

REFUSE = f"""
create function {STORE}.refuse() returns trigger language plpgsql as $$
    begin raise exception 'not today' using errcode = 'insufficient_privilege'; end $$;
create trigger refuse before insert on {STORE}.bo_client for each statement execute function {STORE}.refuse()
"""


def test_records_wait_while_the_store_refuses_them(reading: Reading) -> None:
    reading.send(client("a"))
    with reading.worker() as worker:
        reading.wait_for({"a"})
        reading.site.look(REFUSE)
        reading.send(client("b"), b"no JSON")
        worker.wait_for_log("records wait: ")
        assert reading.position()["next_offset"] == 1
        reading.site.look(f"drop trigger refuse on {STORE}.bo_client")
        reading.wait_for({"a", "b"})
        worker.wait_for_log("records are merged again")
    assert reading.site.count(f"{STORE}.kafka_dead_letter") == 1
    assert reading.position()["next_offset"] == 3
