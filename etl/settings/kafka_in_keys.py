"""Keys of configs/InMigrationKafkaConfig.txt: the topics that are read."""

from typing import Final

from etl.settings.keys import Key, ValueKind
from etl.settings.topic_keys import CODE, TOPIC, codes_key, list_of, topic_key

IN_KEYS: Final = (
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
        pattern=list_of(TOPIC),
        rule="is not a list of topics: write names separated by commas, each of letters, digits, dots, _ and -",
        empty="none",
    ),
    codes_key(
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
        pattern=list_of(rf"{CODE}\.{CODE}"),
        rule="is not a list of fields: write Client.IIN, several separated by commas",
        empty="all fields but those of the system",
    ),
    topic_key(
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
