"""The settings of Kafka that other packages receive: frozen, complete and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from etl.settings.schedule import Schedule

UnknownId = Literal["error", "create"]
UnknownField = Literal["reject", "skip"]
Tombstone = Literal["ignore", "remove"]
RetentionLost = Literal["stop", "earliest"]
TopicRecreated = Literal["stop", "beginning"]
ResendMode = Literal["latest", "older-loses"]
OutImage = Literal["changes", "full"]
OutRecordId = Literal["unique", "null"]
OutToBoCode = Literal["composite", "always"]
OutFiles = Literal["id", "content"]
TooLarge = Literal["error", "stop"]


@dataclass(frozen=True)
class KafkaConnection:
    """How the brokers are reached. `options`: name of librdkafka -> value, as it was written."""

    # host:port, separated by commas; empty: there is no Kafka.
    servers: str
    client_id: str
    options: Mapping[str, str | SecretStr]
    # The configuration text to name in errors, and text and line of each option.
    path: str
    origins: Mapping[str, tuple[str, int | None]] = field(default_factory=dict, compare=False)

    def origin(self, option: str) -> tuple[str, int | None]:
        """Text and line of an option."""
        return self.origins.get(option, (self.path, None))


@dataclass(frozen=True)
class KafkaSchedules:
    """When expired recordIds are deleted, waiting links are tried again, and links that found their end are deleted."""

    delete_records: Schedule
    apply_references: Schedule
    delete_references: Schedule


@dataclass(frozen=True)
class InMigrationKafka:
    """How records are read and merged; units are in the names."""

    enabled: bool
    topics: tuple[str, ...]
    # Empty: all with needLoadFromInTables.
    allowed_business_objects: tuple[str, ...]
    # Object -> fields; one that is not there has all of its fields.
    allowed_fields: Mapping[str, tuple[str, ...]]
    # Empty: <topic>.errors of each topic.
    error_topic: str
    group_id: str
    record_clean_hours: int
    interval_minutes: int
    old_record_delete_minutes: int
    batch_records: int
    batch_bytes: int
    batch_millis: int
    unknown_id: UnknownId
    unknown_field: UnknownField
    tombstone: Tombstone
    when_retention_lost: RetentionLost
    when_topic_recreated: TopicRecreated
    max_depth: int
    max_record_bytes: int
    # Percent of the last 1,000 records; None: no limit.
    error_limit: int | None
    # Records that wait in all topics together, before hooks are notified; None: no limit.
    lag_limit: int | None
    resend_mode: ResendMode
    schedules: KafkaSchedules

    def error_topic_of(self, topic: str) -> str:
        return self.error_topic or f"{topic}.errors"


@dataclass(frozen=True)
class OutMigrationKafka:
    name: str
    topic: str
    # Empty: all with needUploadToOutTable.
    business_objects: tuple[str, ...]
    # Object -> fields; one that is not there has all with needUploadToOutTable.
    fields: Mapping[str, tuple[str, ...]]
    # Object -> topic; the others go into `topic`.
    topic_of_object: Mapping[str, str]
    image: OutImage
    tombstone: bool
    record_id: OutRecordId
    to_bo_code: OutToBoCode
    unlinks: bool
    when_too_large: TooLarge
    batch_records: int
    progress_topic: str
    files: OutFiles = "id"

    def topic_of(self, code: str) -> str:
        return self.topic_of_object.get(code, self.topic)

    @property
    def topics(self) -> tuple[str, ...]:
        named = [self.topic_of(code) for code in self.business_objects]
        return tuple(dict.fromkeys(filter(None, named or (self.topic, *self.topic_of_object.values()))))


@dataclass(frozen=True)
class KafkaSettings:
    """All that is about Kafka. `outputs` is empty while nothing is written."""

    connection: KafkaConnection
    in_migration: InMigrationKafka
    outputs: tuple[OutMigrationKafka, ...] = field(default=())

    @property
    def is_used(self) -> bool:
        return self.in_migration.enabled or bool(self.outputs)
