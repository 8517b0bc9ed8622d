"""Without the extra, `etl kafka` says in one line what to install; the other commands never ask for it."""

import pytest

from tests.unit.files.test_extra import bare

pytestmark = pytest.mark.slow  # each test starts a process of its own


def test_one_line_says_what_is_missing() -> None:
    done = bare("confluent_kafka", "kafka")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "etl: Kafka needs a further package: pip install 'etl[kafka]'\n"


@pytest.mark.parametrize("word", ["run", "check", "config", "status"])
def test_other_commands_do_without(word: str) -> None:
    assert bare("confluent_kafka", word).returncode == 0
