"""How the interpreter runs while records are read."""

import sys

from etl.engine.kafka_in.interpreter import take_short_turns


def test_a_thread_that_merges_waits_for_no_reader() -> None:
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(0.005)
        take_short_turns()
        assert sys.getswitchinterval() < 0.002
    finally:
        sys.setswitchinterval(before)
