"""What `etl status` shows of topics that are read, and of outputs into topics."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from etl.cli.screen.tables import duration_text, plain_table
from etl.engine.topic_alerts import AlertKind
from etl.quoting import printable

if TYPE_CHECKING:
    from etl.monitoring.kafka_status import PartitionStatus
    from etl.monitoring.topics import TopicsStatus
    from etl.outputs.kafka.registry import OutputState

_MIB = 1024 * 1024


def topics_json(found: "TopicsStatus | None") -> dict[str, Any] | None:
    """As JSON; None where nothing is read or written."""
    if found is None:
        return None
    return asdict(found) | {
        "topics": [
            {"topic": topic, "lag": _lag(ones), "lag_seconds": _lag_seconds(ones)} for topic, ones in _by_topic(found)
        ],
        "rejected_share": found.rejected_share,
        "journal_bytes": found.journal_bytes,
    }


def topics_line(found: "TopicsStatus") -> str:
    """One line, which changes only when something has happened."""
    parts = [f"{topic} {_count(_lag(ones))} behind" for topic, ones in _by_topic(found)]
    parts += [f"output {one.name} {one.changes:,} behind" for one in found.outputs]
    return " · ".join([*parts, *_warnings(found)])


def topics_view(found: "TopicsStatus") -> RenderableType:
    return Group(*_parts(found))


def _parts(found: "TopicsStatus") -> Iterator[RenderableType]:
    if found.partitions:
        columns = ["topic", "partitions", "lag", "behind", "rejected", "unsent", "lost"]
        yield plain_table(columns, [_topic_row(found, *one) for one in _by_topic(found)], numbers=set(columns[1:]))
    elif found.is_reading:
        yield Text("No partition has been read yet.")
    if found.rejected_share:
        yield Text(
            f"{found.hour_rejected:,} of {found.hour_records:,} records of the last hour were rejected "
            f"({found.rejected_share:.1%})."
        )
    if found.outputs:
        columns = ["output", "step", "records", "behind", "lag", "too large", "state"]
        yield plain_table(columns, [_output_row(found, one) for one in found.outputs], numbers=set(columns[1:6]))
    for text in _warnings(found):
        yield Text(printable(text), "bold red")


def _topic_row(found: "TopicsStatus", topic: str, ones: "list[PartitionStatus]") -> list[str]:
    seconds = _lag_seconds(ones)
    return [
        topic,
        f"{len(ones):,}",
        _count(_lag(ones)),
        "" if seconds is None else duration_text(seconds),
        f"{sum(found.rejected.get(topic, {}).values()):,}",
        f"{found.unsent.get(topic, 0):,}",
        f"{sum(one.lost for one in ones):,}",
    ]


def _output_row(found: "TopicsStatus", one: "OutputState") -> list[str]:
    lag = duration_text(one.lag_seconds) if one.changes else ""
    return [
        one.name,
        f"{one.step:,}",
        f"{one.records:,}",
        f"{one.changes:,}",
        lag,
        f"{one.unsent:,}",
        _state(found, one),
    ]


def _state(found: "TopicsStatus", one: "OutputState") -> str:
    if not one.is_configured:
        return "switched off"
    if one.is_stopped or found.alert(AlertKind.OUTPUT_STOPPED, one.name):
        return "stopped"
    return "written" if one.is_led else "not written"


def _warnings(found: "TopicsStatus") -> Iterator[str]:
    if found.fault:
        yield f"The brokers cannot be asked: {found.fault}"
    for topic in found.missing:
        yield f"The topic {topic} is not there"
    for topic, why in found.hidden.items():
        yield f"The topic {topic} cannot be seen: {why}"
    for one in found.partitions:
        since = f", since {one.since:%F %T}" if one.since else ""
        if one.stopped:
            yield f"{one.name} is stopped at offset {one.next_offset}: {one.stopped}{since}"
        elif one.is_held:
            yield f"{one.name} is held at offset {one.open_at}: a producer has left a transaction open{since}"
    for alert in found.alerts:
        if alert.kind not in (AlertKind.PARTITION_STOPPED, AlertKind.PARTITION_HELD):  # said above
            yield f"{alert.message} (since {alert.since:%F %T})"
    for output in found.outputs:
        if output.warning:
            yield f"Output {output.name} {output.warning}"
        elif found.alert(AlertKind.OUTPUT_STOPPED, output.name) and output.changes:
            yield (
                f"Output {output.name} keeps {output.changes:,} changes of the journal "
                f"({output.journal_bytes // _MIB} MiB in all) for {duration_text(output.lag_seconds)}"
            )


def _by_topic(found: "TopicsStatus") -> "Iterator[tuple[str, list[PartitionStatus]]]":
    for topic, ones in groupby(found.partitions, key=lambda one: one.topic):
        yield topic, list(ones)


def _lag(ones: "list[PartitionStatus]") -> int | None:
    """None while it is not known."""
    lags = [one.lag for one in ones if one.lag is not None]
    return sum(lags) if len(lags) == len(ones) else None


def _lag_seconds(ones: "list[PartitionStatus]") -> float | None:
    return max((one.lag_seconds for one in ones if one.lag_seconds is not None), default=None)


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"
