"""Reads the settings of Kafka from the layers, and checks them against each other."""

import re
from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import SecretStr

from etl.errors import Problem
from etl.settings.convert import FaultyValueError, convert
from etl.settings.kafka_distribution import DISTRIBUTION, read_distribution
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, SERVERS_VARIABLE, output_name, output_path
from etl.settings.kafka_model import (
    InMigrationKafka,
    KafkaConnection,
    KafkaSchedules,
    KafkaSettings,
    OutFiles,
    OutImage,
    OutMigrationKafka,
    OutRecordId,
    OutToBoCode,
    ResendMode,
    RetentionLost,
    Tombstone,
    TooLarge,
    TopicRecreated,
    UnknownField,
    UnknownId,
)
from etl.settings.layers import Layers
from etl.settings.origin import Origin, OriginKind, Setting
from etl.settings.schedule.file import (
    APPLY_REFERENCES,
    DELETE_RECORDS,
    DELETE_REFERENCES,
    KAFKA_PATTERNS,
    KAFKA_SCHEDULE,
    read_schedules,
)

# The longest name that Kafka takes for a topic.
_TOPIC_BYTES = 249
# The output that the file for all of them is, where no other has a file.
_ONLY_OUTPUT = "out"


def kafka(layers: Layers, texts: Mapping[str, str], environ: Mapping[str, str]) -> KafkaSettings:
    """The settings of Kafka; faults are added to the layers."""
    _take_servers_of(environ, layers)
    found = KafkaSettings(_connection(layers), _in_migration(layers, texts), _outputs(layers, texts))
    if not layers.faulty & {(KAFKA, "servers"), (IN_KAFKA, "topics"), (OUT_KAFKA, "topic")}:
        _check(layers, found)
    return found


def _take_servers_of(environ: Mapping[str, str], layers: Layers) -> None:
    """The variable of the environment counts where the text names no servers."""
    given = environ.get(SERVERS_VARIABLE, "").strip()
    setting = layers.settings[KAFKA, "servers"]
    if not given or setting.value or (KAFKA, "servers") in layers.faulty:
        return
    origin = Origin(OriginKind.ENVIRONMENT, variable=SERVERS_VARIABLE)
    try:
        layers.settings[KAFKA, "servers"] = Setting(KAFKA, setting.key, convert(setting.key, given), origin)
    except FaultyValueError as error:
        layers.faulty.add((KAFKA, "servers"))
        layers.problems.append(Problem(str(error), "environment", None, SERVERS_VARIABLE))


def _connection(layers: Layers) -> KafkaConnection:
    members = layers.members(KAFKA, "option.")
    return KafkaConnection(
        servers=",".join(_listed(layers, KAFKA, "servers")),
        client_id=str(layers.value(KAFKA, "clientId")),
        options={name: cast(str | SecretStr, one.value) for name, one in members.items()},
        path=layers.location(KAFKA),
        origins={name: (one.origin.path, one.origin.line) for name, one in members.items()},
    )


def _in_migration(layers: Layers, texts: Mapping[str, str]) -> InMigrationKafka:
    return InMigrationKafka(
        enabled=bool(layers.value(IN_KAFKA, "hasInMigrationKafka")),
        topics=_listed(layers, IN_KAFKA, "topics"),
        allowed_business_objects=_listed(layers, IN_KAFKA, "allowedBusinessObjects"),
        allowed_fields=_by_object(_listed(layers, IN_KAFKA, "allowedFields")),
        error_topic=_text(layers, "errorTopic"),
        group_id=_text(layers, "groupId") or f"etl-{layers.company}",
        record_clean_hours=_number(layers, "recordCleanHours"),
        interval_minutes=_number(layers, "interval"),
        old_record_delete_minutes=_number(layers, "oldRecordDeleteMinutes"),
        batch_records=_number(layers, "batchRecords"),
        batch_bytes=_number(layers, "batchBytes"),
        batch_millis=_number(layers, "batchMillis"),
        unknown_id=cast(UnknownId, _text(layers, "unknownId")),
        unknown_field=cast(UnknownField, _text(layers, "onUnknownField")),
        tombstone=cast(Tombstone, _text(layers, "tombstone")),
        when_retention_lost=cast(RetentionLost, _text(layers, "whenRetentionLost")),
        when_topic_recreated=cast(TopicRecreated, _text(layers, "whenTopicRecreated")),
        max_depth=_number(layers, "maxDepth"),
        max_record_bytes=_number(layers, "maxRecordBytes"),
        error_limit=cast(int | None, layers.value(IN_KAFKA, "errorLimit")),
        lag_limit=cast(int | None, layers.value(IN_KAFKA, "lagLimit")),
        resend_mode=cast(ResendMode, _text(layers, "resendMode")),
        schedules=_schedules(layers, texts),
    )


def _text(layers: Layers, key: str) -> str:
    return str(layers.value(IN_KAFKA, key))


def _number(layers: Layers, key: str) -> int:
    return cast(int, layers.value(IN_KAFKA, key))


def _schedules(layers: Layers, texts: Mapping[str, str]) -> KafkaSchedules:
    location = layers.location(KAFKA_SCHEDULE)
    found, problems = read_schedules(texts.get(KAFKA_SCHEDULE), location, KAFKA_PATTERNS)
    layers.problems += problems
    return KafkaSchedules(found[DELETE_RECORDS], found[APPLY_REFERENCES], found[DELETE_REFERENCES])


def _outputs(layers: Layers, texts: Mapping[str, str]) -> tuple[OutMigrationKafka, ...]:
    if not layers.value(OUT_KAFKA, "hasOutMigrationKafka"):
        return ()
    topics, problems = read_distribution(texts, layers.location(DISTRIBUTION))
    layers.problems += problems
    if not layers.outputs:
        return (_output(layers, _ONLY_OUTPUT, OUT_KAFKA, topics),)
    return tuple(_output(layers, output_name(file.path) or "", file.path, topics) for file in layers.outputs)


def _output(layers: Layers, name: str, file: str, topics: Mapping[str, str]) -> OutMigrationKafka:
    def value(key: str) -> object:
        own = layers.value(file, key)
        return layers.value(OUT_KAFKA, key) if own in ("", None) else own

    members = layers.members(OUT_KAFKA, "fields.") | layers.members(file, "fields.")
    topic = str(value("topic"))
    return OutMigrationKafka(
        name=name,
        topic=topic,
        business_objects=_parts(value("businessObjects")),
        fields={code: _parts(one.value) for code, one in members.items()},
        topic_of_object=topics,
        image=cast(OutImage, value("outImage")),
        tombstone=bool(value("outTombstone")),
        record_id=cast(OutRecordId, value("outRecordId")),
        to_bo_code=cast(OutToBoCode, value("outToBoCode")),
        unlinks=bool(value("outUnlinks")),
        when_too_large=cast(TooLarge, value("whenTooLarge")),
        batch_records=cast(int, value("batchRecords")),
        progress_topic=str(value("progressTopic")) or f"{topic}.progress",
        files=cast(OutFiles, value("outFiles")),
    )


def _listed(layers: Layers, file: str, key: str) -> tuple[str, ...]:
    return _parts(layers.value(file, key))


def _parts(value: object) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"\s*,\s*", str(value)) if part)


def _by_object(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    fields = dict[str, tuple[str, ...]]()
    for name in names:
        code, _, field = name.partition(".")
        fields[code] = (*fields.get(code, ()), field)
    return fields


def _check(layers: Layers, found: KafkaSettings) -> None:
    source = found.in_migration
    if found.is_used and not found.connection.servers:
        switch = (IN_KAFKA, "hasInMigrationKafka") if source.enabled else (OUT_KAFKA, "hasOutMigrationKafka")
        message = f"needs brokers: write servers in {KAFKA}, or define the variable {SERVERS_VARIABLE}"
        layers.complain(*switch, message)
    if source.enabled and not source.topics:
        layers.complain(IN_KAFKA, "topics", "has no value: name the topics that records are read from")
    _check_lists(layers)
    _check_error_topics(layers, source)
    for output in found.outputs:
        _check_output(layers, source, output)
    _check_progress_topics(layers, found.outputs)


def _check_progress_topics(layers: Layers, outputs: Iterable[OutMigrationKafka]) -> None:
    """The progress of one output is in a topic into which none writes records; several may write their progress into
    one."""
    listed = list(outputs)
    for output in listed:
        for other in listed:
            if other is not output and output.progress_topic in other.topics:
                file = output_path(output.name) if layers.outputs else OUT_KAFKA
                message = f"{output.progress_topic} has the records of the output {other.name}: name another topic"
                layers.complain(file, "progressTopic", message)
                return


def _check_lists(layers: Layers) -> None:
    for key in ("topics", "allowedBusinessObjects", "allowedFields"):
        _check_repeats(layers, IN_KAFKA, key)
    for file in (OUT_KAFKA, *(one.path for one in layers.outputs)):
        _check_repeats(layers, file, "businessObjects")


def _check_repeats(layers: Layers, file: str, key: str) -> None:
    parts = _listed(layers, file, key)
    if repeated := [part for part in dict.fromkeys(parts) if parts.count(part) > 1]:
        layers.complain(file, key, f"names {repeated[0]} twice: delete one")


def _check_error_topics(layers: Layers, source: InMigrationKafka) -> None:
    for topic in source.topics:
        errors = source.error_topic_of(topic)
        if errors in source.topics:
            key = "errorTopic" if source.error_topic else "topics"
            layers.complain(IN_KAFKA, key, f"{errors} would be read again: rejected records need a topic of their own")
            return
        if len(errors) > _TOPIC_BYTES:
            layers.complain(IN_KAFKA, "errorTopic", f"has no value, and {topic[:40]}….errors is too long: name a topic")
            return


def _check_output(layers: Layers, source: InMigrationKafka, output: OutMigrationKafka) -> None:
    file = output_path(output.name) if layers.outputs else OUT_KAFKA

    def complain(key: str, message: str) -> None:
        layers.complain(OUT_KAFKA if layers.value(file, key) in ("", None) else file, key, message)

    without = [code for code in output.business_objects if not output.topic_of(code)]
    if without or not (output.business_objects or output.topic):
        what = f"the records of {without[0]}" if without else "the records"
        message = f"has no value: name the topic that {what} of the output {output.name} go into"
        layers.complain(file, "topic", message)
        return
    if len(output.progress_topic) > _TOPIC_BYTES or output.progress_topic in output.topics:
        complain("progressTopic", "must be another topic than those of the records: name one of its own")
    read = {*source.topics, *(source.error_topic_of(topic) for topic in source.topics)} if source.enabled else set()
    for topic in (*output.topics, output.progress_topic):
        if topic in read:
            key = "topic" if topic == output.topic else "progressTopic"
            complain(key, f"{topic} is also read by {IN_KAFKA}, so that records would go round: name another topic")
            return
    if unwanted := [code for code in output.fields if output.business_objects and code not in output.business_objects]:
        complain("businessObjects", f"lacks {unwanted[0]}, whose fields are named below: add it, or delete that line")
