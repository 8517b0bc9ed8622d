"""Where an output continues: the later of the store's position and Kafka's, unless the store was restored."""

import pytest

from etl.errors import EnvironmentFault
from etl.outputs.kafka.progress import OutputProgress
from etl.outputs.kafka.registry import Lead, OutputPosition, Unfinished
from etl.outputs.kafka.writing import later

HERE, NOW = "1 2 3", "100:120:"
WINDOW = Unfinished("40:50:", ("client", "doc"), "abc")


def lead(step: int, snapshot: str = "10:20:", *, is_new: bool = False) -> Lead:
    return Lead("out", 7, OutputPosition(step, snapshot, HERE), is_new)


def progress(
    step: int, snapshot: str = "30:40:", place: str = HERE, unfinished: Unfinished | None = None
) -> OutputProgress:
    return OutputProgress.of(OutputPosition(step, snapshot, place, unfinished), 6)


@pytest.mark.parametrize("kafka", [None, progress(3), progress(4)])
def test_the_store_is_as_far_or_farther(kafka: OutputProgress | None) -> None:
    assert later(lead(4), kafka, NOW) == lead(4).position


@pytest.mark.parametrize("unfinished", [None, WINDOW])
def test_kafka_is_farther(unfinished: Unfinished | None) -> None:
    assert later(lead(4), progress(5, unfinished=unfinished), NOW) == OutputPosition(5, "30:40:", HERE, unfinished)


def test_a_new_output_begins_at_its_own_position_with_a_higher_step() -> None:
    assert later(lead(0, is_new=True), progress(9), NOW) == OutputPosition(9, "10:20:", HERE)
    assert later(lead(0, is_new=True), progress(9, place="elsewhere"), NOW) == OutputPosition(9, "10:20:", HERE)


@pytest.mark.parametrize("kafka", [progress(5, place="elsewhere"), progress(5, "110:121:"), progress(5, "90:130:95")])
def test_kafka_knows_more_than_a_restored_store(kafka: OutputProgress) -> None:
    with pytest.raises(EnvironmentFault, match="kafka recover --output out"):
        later(lead(4), kafka, NOW)


def test_progress_is_read_as_it_was_written() -> None:
    import orjson

    written = progress(5, unfinished=WINDOW)
    assert OutputProgress(orjson.loads(written.encode())).position == OutputPosition(5, "30:40:", HERE, WINDOW)
