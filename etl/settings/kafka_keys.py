"""Keys of the files about Kafka: the brokers, the topics that are read, the topics that are written."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from etl.settings.keys import Key, KeyFamily, KeyFile, ValueKind

KAFKA = "configs/KafkaConfig.txt"
IN_KAFKA = "configs/InMigrationKafkaConfig.txt"
OUT_KAFKA = "configs/OutMigrationKafkaConfig.txt"
# Environment variable for servers: installations set it per host.
SERVERS_VARIABLE = "MYBPM_KAFKA_SERVERS"

_OUTPUT_FILE = re.compile(r"configs/OutMigrationKafkaConfig\.(.+)\.txt")
_OUTPUT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")

_HOST = r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
_CODE = "[A-Za-z][A-Za-z0-9_]*"
_TOPIC = r"(?!\.{1,2}(?![A-Za-z0-9._-]))[A-Za-z0-9._-]{1,249}"
RECOVERY_SUFFIX: Final = "-recovery"
"""What the transactional id of a recovery has behind that of its output."""
TOPIC_RULE: Final = "is not the name of a topic: write at most 249 letters, digits, dots, _ and -"


def _list_of(one: str) -> str:
    return rf"{one}(\s*,\s*{one})*"


def _topic(name: str, comment: str, *, empty: str) -> Key:
    return Key(name, ValueKind.TEXT, "", comment, pattern=_TOPIC, rule=TOPIC_RULE, empty=empty)


def _codes(name: str, comment: str, *, empty: str) -> Key:
    rule = "is not a list of codes: write codes of business objects, separated by commas"
    return Key(name, ValueKind.TEXT, "", comment, pattern=_list_of(_CODE), rule=rule, empty=empty)


_OURS: Final = "is set by etl, since nothing may be lost or doubled: delete the line"
# What correctness rests on, what other keys say, and what would run code of others.
REFUSED_OPTIONS: Final = {
    "bootstrap.servers": f"is the key servers of this file, or the variable {SERVERS_VARIABLE}: write it there",
    "metadata.broker.list": f"is the key servers of this file, or the variable {SERVERS_VARIABLE}: write it there",
    "client.id": "is the key clientId of this file: write it there",
    "group.id": f"is the key groupId of {IN_KAFKA}: write it there",
    **dict.fromkeys(
        (
            "acks",
            "request.required.acks",
            "enable.idempotence",
            "enable.gapless.guarantee",
            "transactional.id",
            "max.in.flight",
            "max.in.flight.requests.per.connection",
            "retries",
            "message.send.max.retries",
            "queuing.strategy",
            "delivery.report.only.error",
            "partitioner",
            "isolation.level",
            "enable.auto.commit",
            "auto.commit.enable",
            "auto.commit.interval.ms",
            "enable.auto.offset.store",
            "auto.offset.reset",
            "enable.partition.eof",
            "partition.assignment.strategy",
            "group.instance.id",
            "allow.auto.create.topics",
            "topic.blacklist",
            "log.queue",
            "logger",
            "default.topic.config",
        ),
        _OURS,
    ),
    "plugin.library.paths": "would load programs of others into etl: delete the line",
    "ssl.engine.location": "would load programs of others into etl: delete the line",
    "ssl.providers": "would load programs of others into etl: delete the line",
    "test.*": "is for tests of the Kafka client, which then talks to no broker: delete the line",
}
_OPTIONS = KeyFamily(
    "option.",
    "Any further option of the Kafka client (librdkafka), for TLS, SASL and tuning. Values that may be secret are "
    "never shown; option.sasl.password:ENV=NAME reads one from the environment variable NAME. Options that decide "
    "whether something is lost or doubled are refused.",
    (
        "option.security.protocol=SASL_SSL",
        "option.ssl.ca.location=/etc/ssl/certs/ca-certificates.crt",
        "option.sasl.mechanisms=SCRAM-SHA-512",
        "option.sasl.username=etl",
        "option.sasl.password:ENV=KAFKA_PASSWORD",
    ),
    r"[a-z][a-z0-9]*(\.[a-z0-9]+)*",
    "is not an option of the Kafka client: names have small letters and digits, with dots between words",
    refused=REFUSED_OPTIONS,
    secret=r"password|passphrase|secret|pem$|oauthbearer\.config|jaas",  # noqa: S106 - a pattern
    guarded=r"sasl\.kerberos\.kinit\.cmd",
)

_CONNECTION_KEYS = (
    Key(
        "servers",
        ValueKind.TEXT,
        "",
        "Brokers of Kafka to begin with: host:port, several separated by commas. The others of the cluster are found "
        "through them.",
        pattern=_list_of(_HOST),
        rule="is not a list of brokers: write host:port, several separated by commas",
        empty=f"the variable {SERVERS_VARIABLE}",
    ),
    Key(
        "clientId",
        ValueKind.TEXT,
        "etl",
        "Name under which the brokers' logs, quotas and metrics show this program.",
        pattern=r"[A-Za-z0-9._-]{1,200}",
        rule="is not a client id: write letters, digits, dots, _ and -",
    ),
)

_IN_KEYS = (
    Key(
        "recordCleanHours",
        ValueKind.NUMBER,
        "5",
        "How long the recordId of a record is remembered. A record that a partner sends twice in this time is merged "
        "once; later a repeat is merged again. 168, a week, takes about 110 bytes per record of that week.",
        unit="hours",
        smallest=1,
        largest=8_784,
    ),
    Key(
        "interval",
        ValueKind.NUMBER,
        "10",
        "How old the last try of a waiting link must be before the schedule's applyRefBoi tries it again.",
        unit="minutes",
        smallest=1,
        largest=10_080,
    ),
    Key(
        "oldRecordDeleteMinutes",
        ValueKind.NUMBER,
        "10080",
        "How long a link from a record waits for an instance that has not arrived, before it becomes an error. 10080 "
        "is a week.",
        unit="minutes",
        smallest=1,
        largest=5_256_000,
    ),
    Key("hasInMigrationKafka", ValueKind.BOOLEAN, "false", "Whether records are read from topics."),
    Key(
        "topics",
        ValueKind.TEXT,
        "",
        "Topics that are read, separated by commas. All have records of this company.",
        pattern=_list_of(_TOPIC),
        rule="is not a list of topics: write names separated by commas, each of letters, digits, dots, _ and -",
        empty="none",
    ),
    _codes(
        "allowedBusinessObjects",
        "Codes of the business objects that records may load, separated by commas.",
        empty="all with needLoadFromInTables",
    ),
    Key(
        "allowedFields",
        ValueKind.TEXT,
        "",
        "Fields that records may load, as Client.IIN, separated by commas; objects that are not named here have all of "
        "theirs.",
        pattern=_list_of(rf"{_CODE}\.{_CODE}"),
        rule="is not a list of fields: write Client.IIN, several separated by commas",
        empty="all fields but those of the system",
    ),
    _topic(
        "errorTopic", "Topic for records that are rejected, with the reasons.", empty="<topic>.errors of each topic"
    ),
    Key(
        "groupId",
        ValueKind.TEXT,
        "",
        "Consumer group in which the workers of all hosts share partitions. Which records were read is known from the "
        "golden store, not from the group. Two installations on one cluster need different groups: in one group each "
        "would get some of the partitions only.",
        pattern=r"[A-Za-z0-9._-]{1,200}",
        rule="is not a group id: write letters, digits, dots, _ and -",
        empty="etl-<company>",
    ),
    Key(
        "batchRecords",
        ValueKind.NUMBER,
        "25000",
        "Records that one transaction merges at most. Fewer than 10000 cost more of the database's time each.",
        unit="records",
        smallest=1,
        largest=1_000_000,
    ),
    Key(
        "batchBytes",
        ValueKind.NUMBER,
        "33554432",
        "Bytes of values that one transaction merges at most; one larger record still is a batch. 33554432 is 32 MiB.",
        unit="bytes",
        smallest=1_024,
        largest=1_073_741_824,
    ),
    Key(
        "batchMillis",
        ValueKind.NUMBER,
        "500",
        "How long a batch waits for further records; with nothing further to read it is merged at once.",
        unit="milliseconds",
        smallest=1,
        largest=60_000,
    ),
    Key(
        "unknownId",
        ValueKind.CHOICE,
        "error",
        "What an unknown id in a record does: error rejects the record, create makes an instance with this id, which "
        "loading a recovery into an empty store needs.",
        choices=("error", "create"),
    ),
    Key(
        "onUnknownField",
        ValueKind.CHOICE,
        "reject",
        "What an unknown field code in a record does: reject rejects the record, skip leaves out the field and counts "
        "it.",
        choices=("reject", "skip"),
    ),
    Key(
        "tombstone",
        ValueKind.CHOICE,
        "ignore",
        "What a record with a key and no value does: ignore counts it, remove gives the instance that the key names "
        "the state REMOVED.",
        choices=("ignore", "remove"),
    ),
    Key(
        "whenRetentionLost",
        ValueKind.CHOICE,
        "stop",
        "What happens when the topic no longer has the next record to be read: stop leaves the partition alone until "
        "an operator decides, earliest goes to the oldest record and reports the gap.",
        choices=("stop", "earliest"),
    ),
    Key(
        "whenTopicRecreated",
        ValueKind.CHOICE,
        "stop",
        "What happens when a topic was deleted and made again: stop leaves it alone until an operator decides, "
        "beginning reads the new one from its first record.",
        choices=("stop", "beginning"),
    ),
    Key(
        "maxDepth",
        ValueKind.NUMBER,
        "32",
        "A record whose objects are nested deeper is rejected.",
        unit="levels",
        smallest=1,
        largest=256,
    ),
    Key(
        "maxRecordBytes",
        ValueKind.NUMBER,
        "10485760",
        "A larger record is rejected. 10485760 is 10 MiB.",
        unit="bytes",
        smallest=1_024,
        largest=1_073_741_823,
    ),
    Key(
        "errorLimit",
        ValueKind.NUMBER,
        "",
        "If more than this share of the last 1,000 records is rejected, reading stops and the batch is not merged. 0 "
        "allows none.",
        unit="percent",
        smallest=0,
        largest=100,
        empty="no limit",
    ),
    Key(
        "lagLimit",
        ValueKind.NUMBER,
        "",
        "If more records than this wait to be merged, in all topics together, hooks are notified, and `etl kafka lag` "
        "exits with status 1.",
        unit="records",
        smallest=0,
        largest=1_000_000_000,
        empty="no limit",
    ),
    Key(
        "resendMode",
        ValueKind.CHOICE,
        "latest",
        "What a resent rejected record does to fields that later records have changed since: latest overwrites them, "
        "older-loses leaves them.",
        choices=("latest", "older-loses"),
    ),
)

_FIELDS = KeyFamily(
    "fields.",
    "Fields of one business object that its records have, separated by commas, as fields.Client=IIN,NAME; without such "
    "a line all with needUploadToOutTable. Unique fields are always there.",
    ("fields.Client=IIN,NAME,LASTNAME",),
    _CODE,
    "does not end in the code of a business object: write fields.Client=IIN,NAME",
)

_OUTPUT_KEYS = (
    _topic("topic", "Topic into which changes of the golden store are written.", empty="none"),
    _codes(
        "businessObjects",
        "Codes of the business objects whose changes are written, separated by commas.",
        empty="all with needUploadToOutTable",
    ),
    Key(
        "outImage",
        ValueKind.CHOICE,
        "changes",
        "What a record of a changed instance has: changes the changed fields, full all of them. A compacted topic "
        "needs full.",
        choices=("changes", "full"),
    ),
    Key(
        "outTombstone",
        ValueKind.BOOLEAN,
        "false",
        "Whether a record without a value follows that of a removed instance, so that compaction deletes it.",
    ),
    Key(
        "outRecordId",
        ValueKind.CHOICE,
        "unique",
        "recordId of the records: unique gives each its own, by which a reader recognises repeats; null leaves it "
        "empty.",
        choices=("unique", "null"),
    ),
    Key(
        "outToBoCode",
        ValueKind.CHOICE,
        "composite",
        "When a link has toBoCode: composite only in fields of kind CO, whose target may be of several objects; always "
        "in each.",
        choices=("composite", "always"),
    ),
    Key("outUnlinks", ValueKind.BOOLEAN, "false", 'Whether an ended link is written, with "unlink": true.'),
    Key(
        "outFiles",
        ValueKind.CHOICE,
        "id",
        "What a record says of a file: id names it; content brings its bytes in Base64 too, as far as the record fits "
        "its topic, so that the store of a reader gets it.",
        choices=("id", "content"),
    ),
    Key(
        "whenTooLarge",
        ValueKind.CHOICE,
        "error",
        "What a record does that is larger than the topic allows: error reports it and goes to the next, stop stops "
        "the output.",
        choices=("error", "stop"),
    ),
    Key(
        "batchRecords",
        ValueKind.NUMBER,
        "50000",
        "Instances whose changes one transaction of Kafka has at most.",
        unit="instances",
        smallest=1,
        largest=1_000_000,
    ),
    _topic(
        "progressTopic",
        "Compacted topic with one partition that says, in the same transaction as the records, how far an output is.",
        empty="<topic>.progress",
    ),
)

KAFKA_FILES: Final = (
    KeyFile(
        KAFKA,
        "Brokers of Kafka. Without servers nothing here connects to Kafka.",
        _CONNECTION_KEYS,
        families=(_OPTIONS,),
    ),
    KeyFile(IN_KAFKA, "Records that are read from topics of Kafka into the golden store.", _IN_KEYS),
    KeyFile(
        OUT_KAFKA,
        "Changes of the golden store that are written into topics of Kafka. Each text "
        "configs/OutMigrationKafkaConfig.<output>.txt is an output of that name, with the same keys but "
        "hasOutMigrationKafka; what it does not say is as here. Without such texts there is one output, named out.",
        (
            Key("hasOutMigrationKafka", ValueKind.BOOLEAN, "false", "Whether changes are written into topics."),
            *_OUTPUT_KEYS,
        ),
        families=(_FIELDS,),
    ),
)


def is_topic_name(name: str) -> bool:
    return bool(re.fullmatch(_TOPIC, name))


def output_path(name: str) -> str:
    return f"configs/OutMigrationKafkaConfig.{name}.txt"


def output_name(path: str) -> str | None:
    """The name of the output that a text is for, without companies/<code>/; None: it is for none."""
    found = _OUTPUT_FILE.fullmatch(path)
    return found[1] if found else None


def is_output_name(name: str) -> bool:
    """Whether an output can have this name, which is part of names in Kafka."""
    return bool(_OUTPUT_NAME.fullmatch(name)) and not name.endswith(RECOVERY_SUFFIX)


def output_files(paths: Iterable[str]) -> list[KeyFile]:
    """The files of the outputs whose texts are among the paths, by name."""
    names = {name for name in map(output_name, paths) if name and is_output_name(name)}
    keys = tuple(replace(key, default="", empty=f"as in {OUT_KAFKA}") for key in _OUTPUT_KEYS)
    return [KeyFile(output_path(name), f"The output {name}.", keys, families=(_FIELDS,)) for name in sorted(names)]
