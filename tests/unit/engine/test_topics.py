"""What a service does with topics where the extra `kafka` is missing."""

import subprocess
import sys

import pytest

from tests.documentation import CHECKOUT

pytestmark = pytest.mark.slow  # it starts a process of its own, which lacks a module

_PROGRAM = """
import logging, sys
from datetime import UTC
sys.modules["confluent_kafka"] = None
from etl.engine.service.config_watcher import ConfigSnapshot
from etl.engine.service.topics import Alone, Topics
from etl.errors import ConfigurationError
from tests.unit.settings.reading import settings_of

logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
current = ConfigSnapshot(settings_of({
    "configs/KafkaConfig.txt": "servers=127.0.0.1:1",
    "configs/InMigrationKafkaConfig.txt": "hasInMigrationKafka=true\\ntopics=a",
    "configs/OutMigrationKafkaConfig.txt": "hasOutMigrationKafka=true\\ntopic=b",
}), None, UTC)
topics = Topics({})
for _ in range(3):
    topics.begin(current)
print(topics.status)
topics.stop()
for alone in Alone:
    try:
        Topics({}, alone).begin(current)
    except ConfigurationError as fault:
        print(alone.name, fault)
"""


def test_a_missing_extra_is_said_once_and_ends_only_what_needs_it() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    missing = "Kafka needs a further package: pip install 'etl[kafka]'"
    assert done.stdout.splitlines() == [
        f"ERROR no topics are read: {missing}",
        f"ERROR no outputs are written: {missing}",
        "nothing to do with topics",
        f"READING {missing}",
        f"WRITING {missing}",
    ], done.stderr
