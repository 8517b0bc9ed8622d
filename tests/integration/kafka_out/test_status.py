"""What operators see of outputs: status, metrics, and events for hooks."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fix_company import STORE, until
from tests.integration.hooks.listener import listening
from tests.integration.kafka_out.output import Output
from tests.integration.kafka_out.test_service import end, service, wait_for
from tests.integration.kafka_records.topic import record
from tests.monitoring_files import lacking

pytestmark = pytest.mark.slow

# A hook that takes as long as the process that has called it lives.
_SLOW = """
import os, time
caller = os.getppid()
open(__file__ + ".began", "w").close()
while os.getppid() == caller:
    time.sleep(0.1)
"""


def status(output: Output) -> dict[str, Any]:
    """What `etl status --json` has of topics."""
    done = output.site.etl("status", "--json")
    assert (done.code, done.err) == (0, ""), done.err
    found: dict[str, Any] = json.loads(done.out)["kafka"]
    return found


def metrics(output: Output) -> dict[str, float]:
    done = output.site.etl("metrics", "--once")
    assert done.code == 0, done.err
    lines = [line.rpartition(" ") for line in done.out.splitlines() if line.startswith("etl_kafka")]
    return {name.partition("{")[0]: float(value) for name, _, value in lines}


def test_an_output_that_has_stopped_is_shown_and_notified(output: Output) -> None:
    """Faults 39 and 41: its topic is gone. What the journal keeps for it has a size and an age."""
    missing = "missing-" + output.topic
    output.progress_of(missing)
    output.configure(topic=missing)
    with listening() as listener:
        output.site.set(leaseSeconds=3, heartbeatSeconds=1, hookUrl=listener.url)
        with service(output) as one:
            until(lambda: listener.names == ["output.stopped"], "the hook is notified")
            output.merge(record("client", "a", name="a"))
            [alert] = status(output)["alerts"]
            assert (alert["kind"], alert["subject"]) == ("output.stopped", "out")
            assert f"topic {missing} is not there" in alert["message"]
            shown = output.site.etl("status").out
            assert "stopped" in shown
            assert "Output out keeps 1 changes of the journal" in " ".join(shown.split())
            measured = metrics(output)
            assert (measured["etl_kafka_out_stopped"], measured["etl_kafka_out_behind_changes"]) == (1, 1)
            assert measured["etl_kafka_journal_bytes"] > 0
            output.make_topic(missing)
            wait_for(output, "a", topic=missing)
            until(lambda: listener.names == ["output.stopped", "output.stopped.over"], "and of its end")
            assert status(output)["outputs"][0]["is_led"]
            end(one)
    measured = metrics(output)
    assert (measured["etl_kafka_out_stopped"], measured["etl_kafka_out_behind_changes"]) == (0, 0)
    assert "etl_kafka_up" not in measured  # nothing is read
    page = output.site.etl("metrics", "--once").out
    assert lacking(page, "etl_kafka_out_") | lacking(page, "etl_kafka_journal_") == set()


def test_an_event_is_not_lost_when_the_process_ends_at_once(output: Output, tmp_path: Path) -> None:
    """A hook that takes long: the process ends in time, and the next command notifies."""
    output.configure(topic="missing-" + output.topic)
    script, received = tmp_path / "hook.py", tmp_path / "received"
    script.write_text(_SLOW)
    output.site.set(leaseSeconds=3, heartbeatSeconds=1, hookCommand=f"{sys.executable} {script}")
    with service(output) as one:
        until(script.with_name("hook.py.began").exists, "the hook is called")
        end(one, signal.SIGTERM)
    [row] = output.site.look(f"select kind, unsent, attempts from {STORE}.alert")
    assert (row["kind"], row["unsent"], row["attempts"]) == ("output.stopped", ["command"], 1)
    script.write_text(f"import sys; open({str(received)!r}, 'a').write(sys.stdin.read())")
    # Another process sends it when the first one has had its time.
    output.site.look(f"update {STORE}.alert set sending_until = null")
    assert output.site.etl("kafka", "out").code == 4
    [event] = [json.loads(line) for line in received.read_text().splitlines()]
    assert (event["event"], event["subject"]) == ("output.stopped", "out")
    assert output.site.etl("kafka", "out").code == 4
    assert len(received.read_text().splitlines()) == 1


def test_an_output_that_is_switched_off_is_shown(output: Output) -> None:
    """Fault 41: nothing reads or writes topics, and the journal grows nevertheless."""
    output.merge(record("client", "a", name="a"))
    output.configure(hasOutMigrationKafka="false")
    found = status(output)
    assert ([one["is_configured"] for one in found["outputs"]], found["is_reading"]) == ([False], False)
    shown = " ".join(output.site.etl("status").out.split())
    assert "switched off" in shown
    assert "`etl kafka forget-output out`" in shown
    shown = " ".join(output.site.etl("kafka", "status").out.split())
    assert "switched off" in shown
    assert "`etl kafka forget-output out`" in shown
    assert metrics(output)["etl_kafka_out_behind_changes"] == 1
    assert output.site.etl("kafka", "forget-output", "out").code == 0
    assert json.loads(output.site.etl("status", "--json").out)["kafka"] is None
