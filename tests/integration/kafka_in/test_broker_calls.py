"""A worker that is killed at a call of the client, be it before or after: the next one merges each record once."""

import signal
import subprocess
import sys
from itertools import product

import pytest

from tests.acceptance.service import Service
from tests.documentation import CHECKOUT
from tests.fix_company import until
from tests.integration.kafka_in.conftest import KAFKA, MakeReading, client

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

# What a worker asks the brokers or its client. Of those that it calls all the time, the first calls and later ones.
_CALLS = {
    "Consumer.subscribe": (1,),
    "Consumer.consume": (1, 2, 3, 5, 8, 20),
    "Consumer.start": (1,),
    "Consumer.positions": (1, 2, 3),
    "Consumer.bounds": (1, 2, 3),
    "Consumer.mirror": (1, 2),
    "Admin.visible_topics": (1, 2, 3),
    "Admin.bounds": (1,),
}
_PROGRAM = """
import os, signal, sys
from etl import kafka
of, name = sys.argv[1].split(".")
at, is_after, seen = int(sys.argv[2]), sys.argv[3] == "after", 0
true = getattr(getattr(kafka, of), name)
def call(*arguments, **words):
    global seen
    seen += 1
    answer = true(*arguments, **words) if is_after or seen < at else None
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(getattr(kafka, of), name, call)
sys.argv = ["etl", "kafka", "in"]
from etl.cli import main
main()
"""


@pytest.mark.parametrize(
    ("call", "at", "when"),
    [(call, at, when) for call, numbers in _CALLS.items() for at, when in product(numbers, ("before", "after"))],
)
def test_a_worker_that_is_killed_at_a_call(make_reading: MakeReading, call: str, at: int, when: str) -> None:
    reading = make_reading(batchRecords=3)
    site = reading.site
    servers = reading.connection.servers
    site.write(KAFKA, f"servers={servers}\noption.session.timeout.ms=2000\noption.heartbeat.interval.ms=300\n")
    names = {f"c{n}" for n in range(10)}
    reading.send(*(client(name, recordId=None) for name in sorted(names)))
    environ = {"PYTHONPATH": str(CHECKOUT), "HOME": str(site.home), **site.environ, "ETL_CONFIG": site.url}
    words = [sys.executable, "-c", _PROGRAM, call, str(at), when]
    pipe = subprocess.PIPE
    killed = Service(subprocess.Popen(words, env=environ, cwd=site.home, text=True, stdout=pipe, stderr=pipe))
    try:
        # Where there is nothing more to read, an idle worker need not come so far.
        until(lambda: killed.process.poll() is not None or reading.names() == names, "it dies, or is done")
    finally:
        killed.process.kill()
    assert killed.wait_for_exit() == -signal.SIGKILL, killed.log
    with reading.worker():
        reading.wait_for(names)
        reading.wait_for_position(10)
    assert reading.written() == 10
