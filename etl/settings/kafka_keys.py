"""Keys of the files about Kafka: the brokers, the topics that are read, the topics that are written."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from etl.settings.kafka_in_keys import IN_KEYS
from etl.settings.keys import Key, KeyFamily, KeyFile, ValueKind
from etl.settings.topic_keys import CODE, codes_key, list_of, topic_key

KAFKA = "configs/KafkaConfig.txt"
IN_KAFKA = "configs/InMigrationKafkaConfig.txt"
OUT_KAFKA = "configs/OutMigrationKafkaConfig.txt"
# Environment variable for servers: installations set it per host.
SERVERS_VARIABLE = "MYBPM_KAFKA_SERVERS"

_OUTPUT_FILE = re.compile(r"configs/OutMigrationKafkaConfig\.(.+)\.txt")
_OUTPUT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")

_HOST = r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
RECOVERY_SUFFIX: Final = "-recovery"
"""What the transactional id of a recovery has behind that of its output."""

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
        pattern=list_of(_HOST),
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

_FIELDS = KeyFamily(
    "fields.",
    "Fields of one business object that its records have, separated by commas, as fields.Client=IIN,NAME; without such "
    "a line all with needUploadToOutTable. Unique fields are always there.",
    ("fields.Client=IIN,NAME,LASTNAME",),
    CODE,
    "does not end in the code of a business object: write fields.Client=IIN,NAME",
)

_OUTPUT_KEYS = (
    topic_key("topic", "Topic into which changes of the golden store are written.", empty="none"),
    codes_key(
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
    topic_key(
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
    KeyFile(IN_KAFKA, "Records that are read from topics of Kafka into the golden store.", IN_KEYS),
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
