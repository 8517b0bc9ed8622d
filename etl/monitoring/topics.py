"""What there is to say of topics: how far reading and outputs are, what is wrong, and since when.

Needs the extra `kafka` only where topics are read. Writes nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from etl.database import Connection, SqlTemplates, fetch_all, read_only_transaction
from etl.engine import Runtime
from etl.engine.kafka_out.outputs import output_states
from etl.engine.topic_alerts import AlertKind
from etl.errors import EtlError
from etl.notifications.alerts import Alert, Alerts
from etl.outputs.kafka.registry import OutputState

if TYPE_CHECKING:
    from etl.monitoring.kafka_status import PartitionStatus, ReadingStatus

_sql = SqlTemplates(__package__)

# Patience with a question to brokers: who looks at runs does not wait for Kafka.
_SECONDS = 3.0
_WATCH_SECONDS, _PACE_SECONDS = 1.0, 2.0
# More dead letters than these, and batches of an hour, are not counted.
_COUNTED_LETTERS = 100_000
_COUNTED_UNITS = 5_000


@dataclass(frozen=True, kw_only=True)
class TopicsStatus:
    """`fault`: why brokers cannot be asked, "" if they can. `missing`: topics that are not there; `hidden`: topics that
    ACLs do not let us see, and why. `rejected`: topic -> code -> dead letters that are kept. `hour_records`,
    `hour_rejected`: of the batches of the last hour. `unsent`: topic -> dead letters that are not in the topic of
    errors. `alerts`: what is wrong now."""

    is_reading: bool
    fault: str = ""
    missing: tuple[str, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    partitions: "tuple[PartitionStatus, ...]" = ()
    unsent: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hour_records: int = 0
    hour_rejected: int = 0
    outputs: tuple[OutputState, ...] = ()
    alerts: tuple[Alert, ...] = ()

    @property
    def rejected_share(self) -> float | None:
        """Of the records of the last hour; None where there were none."""
        return self.hour_rejected / self.hour_records if self.hour_records else None

    @property
    def journal_bytes(self) -> int:
        """The size of the journal, which is kept from the slowest output on."""
        return max((one.journal_bytes for one in self.outputs), default=0)

    def alert(self, kind: AlertKind, subject: str = "") -> Alert | None:
        """What is wrong with a subject."""
        return next((one for one in self.alerts if (one.kind, one.subject) == (kind, subject)), None)


def read_topics_status(runtime: Runtime, *, seconds: float = _SECONDS) -> TopicsStatus | None:
    """The state of reading and outputs, those too that are switched off and keep the journal; None where nothing is
    read or written. Brokers that do not answer are no fault of it; raises EtlError where the store does not."""
    kafka = runtime.settings.kafka
    outputs = tuple(output_states(runtime))
    if not (kafka.is_used or outputs):
        return None
    is_reading = kafka.in_migration.enabled
    reading, fault = _read(runtime, seconds) if is_reading else (None, "")
    with read_only_transaction(runtime.store_engine) as connection:
        alerts = Alerts(runtime.store.schema).open(connection)
        counted = _counted(connection, runtime) if reading and reading.partitions else {}
    return TopicsStatus(
        is_reading=is_reading,
        fault=fault or (reading.fault if reading else ""),
        missing=reading.missing if reading else (),
        hidden=reading.hidden if reading else {},
        partitions=tuple(one for one in reading.partitions if one.is_chosen) if reading else (),
        unsent=reading.unsent if reading else {},
        outputs=outputs,
        alerts=tuple(one for one in alerts if _is_meant(one, runtime)),
        **counted,
    )


def _read(runtime: Runtime, seconds: float) -> "tuple[ReadingStatus | None, str]":
    try:
        from etl.monitoring.kafka_status import read_kafka_status

        return read_kafka_status(runtime, seconds=seconds), ""
    except EtlError as fault:  # the extra `kafka` is missing, or the options of the client are faulty
        return None, str(fault)


def _is_meant(alert: Alert, runtime: Runtime) -> bool:
    """Whether it is of topics, and the settings still ask for what is wrong."""
    kafka = runtime.settings.kafka
    if alert.kind == AlertKind.VERSION_BEHIND:
        return False
    if alert.kind == AlertKind.OUTPUT_STOPPED:
        return alert.subject in [one.name for one in kafka.outputs]
    topic = alert.subject.rpartition("/")[0]
    return kafka.in_migration.enabled and (not topic or topic in kafka.in_migration.topics)


def _counted(connection: Connection, runtime: Runtime) -> dict[str, Any]:
    schema = runtime.store.schema
    [made] = fetch_all(connection, _sql("has_dead_letters", schema=schema))
    if not made.is_there:
        return {}
    rejected: dict[str, dict[str, int]] = {}
    for row in fetch_all(connection, _sql("rejected_records", schema=schema), {"count": _COUNTED_LETTERS}):
        rejected.setdefault(row.topic, {})[row.code] = row.records
    [hour] = fetch_all(connection, _sql("records_of_hour", schema=schema), {"count": _COUNTED_UNITS})
    return {"rejected": rejected, "hour_records": hour.records, "hour_rejected": hour.rejected}


class TopicsWatch:
    """The state for one who looks every second: brokers are asked less often, the less the longer they take."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._found: TopicsStatus | None = None
        self._next_at = 0.0

    def read(self) -> TopicsStatus | None:
        """What was seen lately. A store that is away is said by the look at the run."""
        begun = time.monotonic()
        if begun >= self._next_at:
            try:
                self._found = read_topics_status(self._runtime, seconds=_WATCH_SECONDS)
            except EtlError:
                self._found = None
            self._next_at = time.monotonic() + max(_PACE_SECONDS, 9 * (time.monotonic() - begun))
        return self._found
