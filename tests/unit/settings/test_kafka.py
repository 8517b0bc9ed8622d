"""The settings of Kafka: brokers, records that are read, outputs that are written."""

import pytest

from etl.settings.kafka_distribution import DISTRIBUTION
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, SERVERS_VARIABLE
from etl.settings.layers import read_layers
from etl.settings.schedule.file import KAFKA_SCHEDULE
from tests.unit.settings.reading import problems_of, settings_of

CRM = "configs/OutMigrationKafkaConfig.crm.txt"
BROKERS = {KAFKA: "servers=kafka-1:9092, kafka-2:9092"}
READING = BROKERS | {IN_KAFKA: "hasInMigrationKafka=true\ntopics=IN_MIGRATION"}
WRITING = BROKERS | {OUT_KAFKA: "hasOutMigrationKafka=true\ntopic=OUT_MIGRATION"}


def test_without_texts_there_is_no_kafka() -> None:
    kafka = settings_of({}).kafka
    assert not kafka.is_used
    assert (kafka.connection.servers, kafka.connection.client_id, kafka.connection.options) == ("", "etl", {})
    assert kafka.outputs == ()


def test_defaults_of_the_guide() -> None:
    """Config of InMigrationKafka, Schedulers of InMigrationKafka."""
    source = settings_of({}).kafka.in_migration
    assert (source.record_clean_hours, source.interval_minutes, source.old_record_delete_minutes) == (5, 10, 10_080)
    times = source.schedules
    assert [one.pattern for one in (times.delete_records, times.apply_references, times.delete_references)] == [
        "repeat every 5 hours",
        "repeat every 10 min",
        "23:30",
    ]


def test_what_is_read() -> None:
    texts = READING | {
        IN_KAFKA: "hasInMigrationKafka=yes\ntopics= a , b.c \nallowedBusinessObjects=Client,Order\n"
        "allowedFields=Client.IIN, Client.NAME,Order.no\nerrorLimit=20\nunknownId=create"
    }
    kafka = settings_of(texts).kafka
    assert kafka.connection.servers == "kafka-1:9092,kafka-2:9092"
    source = kafka.in_migration
    assert (source.enabled, source.topics, source.group_id) == (True, ("a", "b.c"), "etl-demo")
    assert source.allowed_business_objects == ("Client", "Order")
    assert source.allowed_fields == {"Client": ("IIN", "NAME"), "Order": ("no",)}
    assert (source.error_limit, source.unknown_id, source.error_topic_of("b.c")) == (20, "create", "b.c.errors")
    assert (source.batch_records, source.batch_bytes, source.batch_millis) == (25_000, 33_554_432, 500)
    assert (source.max_depth, source.max_record_bytes) == (32, 10_485_760)
    assert (source.when_retention_lost, source.when_topic_recreated, source.tombstone) == ("stop", "stop", "ignore")
    assert (source.unknown_field, source.resend_mode) == ("reject", "latest")


def test_the_brokers_of_the_environment() -> None:
    environ = {SERVERS_VARIABLE: " kafka:9092 "}
    assert settings_of({}, environ=environ).kafka.connection.servers == "kafka:9092"
    assert settings_of(BROKERS, environ=environ).kafka.connection.servers == "kafka-1:9092,kafka-2:9092"
    [value] = [one for one in settings_of({}, environ=environ).values if (one.file, one.key.name) == (KAFKA, "servers")]
    assert str(value.origin) == f"environment variable {SERVERS_VARIABLE}"
    rule = "is not a list of brokers: write host:port, several separated by commas"
    assert problems_of({}, environ={SERVERS_VARIABLE: "kafka 9092"}) == [f"environment: {SERVERS_VARIABLE}: {rule}"]


@pytest.mark.parametrize("servers", ["kafka", "kafka:9092", "10.0.0.1:9092,10.0.0.2:9093", "[::1]:9092", "a-b.c_d:1"])
def test_brokers(servers: str) -> None:
    assert settings_of({KAFKA: f"servers={servers}"}).kafka.connection.servers == servers


@pytest.mark.parametrize("servers", ["kafka:", "kafka:port", ":9092", "a,,b", "a b", "kafka://x:1", "a;b", "a:123456"])
def test_brokers_that_are_none(servers: str) -> None:
    [problem] = problems_of({KAFKA: f"servers={servers}"})
    assert problem.startswith(f"/c/{KAFKA}:1: servers: is not a list of brokers")


TOPICS = ["a", "IN_MIGRATION", "a.b-c_d", "...", "x" * 240]
NO_TOPICS = ["a b", ".", "..", "тема", "a/b", "x" * 250, "a:b"]


@pytest.mark.parametrize("topic", TOPICS)
def test_topics(topic: str) -> None:
    assert settings_of(READING | {IN_KAFKA: f"topics={topic}"}).kafka.in_migration.topics == (topic,)
    texts = WRITING | {OUT_KAFKA: f"hasOutMigrationKafka=true\ntopic={topic}"}
    assert settings_of(texts).kafka.outputs[0].topic == topic


@pytest.mark.parametrize("topic", NO_TOPICS)
def test_topics_that_are_none(topic: str) -> None:
    [problem] = problems_of({IN_KAFKA: f"topics={topic}"})
    assert problem.startswith(f"/c/{IN_KAFKA}:1: topics: is not a list of topics")
    [problem] = problems_of({IN_KAFKA: f"errorTopic={topic}"})
    assert problem.startswith(f"/c/{IN_KAFKA}:1: errorTopic: is not the name of a topic")
    assert problems_of(WRITING | {DISTRIBUTION: f"Client: '{topic}'"}) == [
        f"/c/{DISTRIBUTION}:1: Client: is not the name of a topic: write at most 249 letters, digits, dots, _ and -"
    ]


def test_options_are_passed_on_and_secrets_are_not_shown() -> None:
    text = (
        "option.security.protocol=SASL_SSL\noption.sasl.password=in the text\noption.ssl.ca.location=\n"
        "option.sasl.username:ENV=WHO\noption.linger.ms=5"
    )
    settings = settings_of({KAFKA: text}, environ={"WHO": "the engine"})
    options = settings.kafka.connection.options
    assert {name: str(value) for name, value in options.items()} == {
        "security.protocol": "SASL_SSL",
        "sasl.password": "**********",
        "sasl.username": "**********",
        "linger.ms": "5",
    }
    shown = {one.key.name: one.shown for one in settings.values if one.file == KAFKA}
    assert shown == {
        "servers": "",
        "clientId": "etl",
        "option.security.protocol": "SASL_SSL",
        "option.sasl.password": "******",
        "option.ssl.ca.location": "",
        "option.sasl.username": "******",
        "option.linger.ms": "5",
    }
    assert {one.secret for one in settings.values} >= {"in the text", "the engine"}


@pytest.mark.parametrize(
    "name",
    [
        "sasl.password",
        "ssl.key.password",
        "ssl.keystore.password",
        "ssl.key.pem",
        "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config",
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "sasl.oauthbearer.assertion.private.key.pem",
    ],
)
def test_options_that_are_secret(name: str) -> None:
    settings = settings_of({KAFKA: f"option.{name}=hidden"})
    assert "hidden" not in repr(settings.kafka)
    assert [one.shown for one in settings.values if one.key.name == f"option.{name}"] == ["******"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("isolation.level", "is set by etl, since nothing may be lost or doubled: delete the line"),
        ("enable.auto.commit", "is set by etl"),
        ("auto.commit.enable", "is set by etl"),
        ("enable.auto.offset.store", "is set by etl"),
        ("auto.offset.reset", "is set by etl"),
        ("enable.partition.eof", "is set by etl"),
        ("enable.idempotence", "is set by etl"),
        ("acks", "is set by etl"),
        ("request.required.acks", "is set by etl"),
        ("transactional.id", "is set by etl"),
        ("partition.assignment.strategy", "is set by etl"),
        ("queuing.strategy", "is set by etl"),
        ("partitioner", "is set by etl"),
        ("group.instance.id", "is set by etl"),
        ("allow.auto.create.topics", "is set by etl"),
        ("group.id", f"is the key groupId of {IN_KAFKA}: write it there"),
        ("client.id", "is the key clientId of this file: write it there"),
        ("bootstrap.servers", f"is the key servers of this file, or the variable {SERVERS_VARIABLE}: write it there"),
        ("metadata.broker.list", "is the key servers of this file"),
        ("plugin.library.paths", "would load programs of others into etl: delete the line"),
        ("ssl.engine.location", "would load programs of others into etl"),
        ("test.mock.num.brokers", "is for tests of the Kafka client, which then talks to no broker: delete the line"),
        ("on_delivery", "is not an option of the Kafka client: names have small letters and digits"),
        ("SASL.PASSWORD", "is not an option of the Kafka client"),
        ("sasl..password", "is not an option of the Kafka client"),
        ("", "is not an option of the Kafka client"),
    ],
)
def test_options_that_are_refused(name: str, message: str) -> None:
    [problem] = problems_of({KAFKA: f"# ours\noption.{name}=s3cret"})
    assert problem.startswith(f"/c/{KAFKA}:2: option.{name}: {message}")
    assert "s3cret" not in problem


def test_an_option_that_starts_a_program_is_refused_in_a_text_that_others_may_write() -> None:
    texts = {KAFKA: "option.sasl.kerberos.kinit.cmd=/bin/sh\noption.linger.ms=5"}
    layers = read_layers(texts, "file:/c", "demo", {}, {KAFKA: "anyone may write it"})
    assert [str(problem) for problem in layers.problems] == [
        f"/c/{KAFKA}:1: option.sasl.kerberos.kinit.cmd: is refused: anyone may write it, and users who may write this "
        "text could run programs as etl, or receive its messages; close it to others, or delete the line"
    ]


def test_a_company_takes_an_option_back() -> None:
    texts = {KAFKA: "option.sasl.username=etl\noption.linger.ms=5", f"companies/demo/{KAFKA}": "option.linger.ms="}
    assert settings_of(texts).kafka.connection.options == {"sasl.username": "etl"}


def test_one_output_without_texts_of_its_own() -> None:
    [output] = settings_of(WRITING).kafka.outputs
    assert (output.name, output.topic, output.progress_topic) == ("out", "OUT_MIGRATION", "OUT_MIGRATION.progress")
    assert (output.image, output.tombstone, output.record_id, output.to_bo_code) == (
        "changes",
        False,
        "unique",
        "composite",
    )
    assert (output.unlinks, output.when_too_large, output.batch_records) == (False, "error", 50_000)
    assert output.files == "id"
    assert (output.business_objects, output.fields, output.topics) == ((), {}, ("OUT_MIGRATION",))


def test_outputs_with_texts_fall_back_key_by_key() -> None:
    base = "hasOutMigrationKafka=true\ntopic=ALL\noutImage=full\noutTombstone=true\nfields.Client=IIN"
    texts = BROKERS | {
        OUT_KAFKA: base,
        CRM: "topic=CRM\noutTombstone=false\nbusinessObjects=Client, Order\nfields.Order=no, day\nbatchRecords=100",
        "configs/OutMigrationKafkaConfig.bi.txt": "",
        "companies/demo/configs/OutMigrationKafkaConfig.own.txt": "topic=OWN",
        "companies/other/configs/OutMigrationKafkaConfig.strange.txt": "topic=STRANGE",
    }
    outputs = {output.name: output for output in settings_of(texts).kafka.outputs}
    assert list(outputs) == ["bi", "crm", "own"]
    assert (outputs["bi"].topic, outputs["bi"].tombstone, outputs["bi"].fields) == ("ALL", True, {"Client": ("IIN",)})
    crm = outputs["crm"]
    assert (crm.topic, crm.image, crm.tombstone, crm.batch_records) == ("CRM", "full", False, 100)
    assert crm.business_objects == ("Client", "Order")
    assert crm.fields == {"Client": ("IIN",), "Order": ("no", "day")}
    assert outputs["own"].topic == "OWN"


def test_objects_have_topics_of_their_own() -> None:
    texts = WRITING | {
        DISTRIBUTION: "# the vendor's\nClient: OUT_CLIENT\nOrder: 'OUT_ORDER'\n",
        CRM: "topic=CRM\nbusinessObjects=Client",
        "configs/OutMigrationKafkaConfig.bi.txt": "",
    }
    bi, crm = settings_of(texts).kafka.outputs
    assert (bi.topic_of("Client"), bi.topic_of("Order"), bi.topic_of("Person")) == (
        "OUT_CLIENT",
        "OUT_ORDER",
        "OUT_MIGRATION",
    )
    assert bi.topics == ("OUT_MIGRATION", "OUT_CLIENT", "OUT_ORDER")
    assert crm.topics == ("OUT_CLIENT",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- Client\n", ":1: is not a map"),
        ("just words", ":1: is not a map"),
        ("Client: [a, b]\n", ":1: Client: has a list or a map"),
        ("Client: {topic: a}\n", ":1: Client: has a list or a map"),
        ("Client: a\nClient: b\n", ":2: Client: is there twice"),
        ("Client: a\nBad Code: b\n", ":2: a key is not the code of a business object"),
        ("[a]: b\n", ":1: a key is not the code of a business object"),
        ("Client:\n", ":1: Client: is not the name of a topic"),
        ("Client: 'open\n", ":2: is not YAML"),
        ("Client: a\n\tOrder: b", ":2: is not YAML"),
        ("a: b\n---\nc: d\n", ":2: is not YAML"),
    ],
)
def test_distributions_that_are_none(text: str, problem: str) -> None:
    found = problems_of(WRITING | {DISTRIBUTION: text})
    assert len(found) == 1
    assert f"{DISTRIBUTION}{problem}" in found[0]
    # The platform may have it in another form, where nothing is written into topics.
    assert not settings_of(READING | {DISTRIBUTION: text}).kafka.outputs


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({IN_KAFKA: "hasInMigrationKafka=true\ntopics=a"}, f"{IN_KAFKA}:1: hasInMigrationKafka: needs brokers"),
        ({OUT_KAFKA: "topic=a\nhasOutMigrationKafka=true"}, f"{OUT_KAFKA}:2: hasOutMigrationKafka: needs brokers"),
        (BROKERS | {IN_KAFKA: "hasInMigrationKafka=true"}, f"{IN_KAFKA}: topics: has no value: name the topics"),
        ({IN_KAFKA: "topics=a,b,a"}, f"{IN_KAFKA}:1: topics: names a twice: delete one"),
        ({IN_KAFKA: "allowedBusinessObjects=A,A"}, f"{IN_KAFKA}:1: allowedBusinessObjects: names A twice"),
        ({IN_KAFKA: "allowedFields=A.b, A.b"}, f"{IN_KAFKA}:1: allowedFields: names A.b twice"),
        ({OUT_KAFKA: "businessObjects=A,B,B"}, f"{OUT_KAFKA}:1: businessObjects: names B twice"),
        ({IN_KAFKA: "topics=a\nerrorTopic=a"}, f"{IN_KAFKA}:2: errorTopic: a would be read again"),
        ({IN_KAFKA: "topics=a,a.errors"}, f"{IN_KAFKA}:1: topics: a.errors would be read again"),
        ({IN_KAFKA: f"topics={'x' * 245}"}, f"{IN_KAFKA}: errorTopic: has no value, and "),
        (
            BROKERS | {OUT_KAFKA: "hasOutMigrationKafka=on"},
            f"{OUT_KAFKA}: topic: has no value: name the topic that the",
        ),
        (WRITING | {CRM: "progressTopic=OUT_MIGRATION"}, f"{CRM}:1: progressTopic: must be another topic"),
        (
            WRITING | {CRM: "topic=a", CRM.replace("crm", "b"): "topic=b\nprogressTopic=a"},
            "OutMigrationKafkaConfig.b.txt:2: progressTopic: a has the records of the output crm: name another topic",
        ),
        (
            WRITING | {CRM: "topic=a", CRM.replace("crm", "b"): "topic=a.progress"},
            f"{CRM}: progressTopic: a.progress has the records of the output b: name another topic",
        ),
        (WRITING | READING | {CRM: "topic=IN_MIGRATION"}, f"{CRM}:1: topic: IN_MIGRATION is also read by {IN_KAFKA}"),
        (
            READING | {OUT_KAFKA: "hasOutMigrationKafka=true\ntopic=IN_MIGRATION.errors"},
            f"{OUT_KAFKA}:2: topic: IN_MIGRATION.errors is also read by",
        ),
        (
            WRITING | READING | {DISTRIBUTION: "Client: IN_MIGRATION"},
            ": IN_MIGRATION is also read by",
        ),
        (
            WRITING | {CRM: "businessObjects=Client\nfields.Order=no"},
            f"{CRM}:1: businessObjects: lacks Order, whose fields are named below",
        ),
        (
            BROKERS
            | {
                OUT_KAFKA: "hasOutMigrationKafka=true",
                CRM: "businessObjects=Client,Order",
                DISTRIBUTION: "Client: OUT_CLIENT",
            },
            f"{CRM}: topic: has no value: name the topic that the records of Order of the output crm go into",
        ),
        ({CRM: "hasOutMigrationKafka=true"}, f"{CRM}:1: hasOutMigrationKafka: unknown key"),
        ({CRM: "outImag=full"}, f"{CRM}:1: outImag: unknown key; did you mean outImage?"),
        ({CRM: "fields.bad code=x"}, f"{CRM}:1: this line has no key"),
        ({CRM: "fields.bad-code=x"}, f"{CRM}:1: fields.bad-code: does not end in the code of a business object"),
        (
            {"configs/OutMigrationKafkaConfig.my crm.txt": ""},
            "configs/OutMigrationKafkaConfig.my crm.txt: is not read: the name of an output has at most 40 letters",
        ),
        (
            {"configs/OutMigrationKafkaConfig.crm-recovery.txt": ""},
            "configs/OutMigrationKafkaConfig.crm-recovery.txt: is not read: the name of an output does not end with "
            "-recovery",
        ),
        (
            {"configs/InMigrationKafkaConfg.txt": ""},
            f"configs/InMigrationKafkaConfg.txt: is not read; did you mean {IN_KAFKA}?",
        ),
        ({IN_KAFKA: "unknownId=make"}, f"{IN_KAFKA}:1: unknownId: 'make' is not one of error, create"),
        ({IN_KAFKA: "errorLimit=101"}, f"{IN_KAFKA}:1: errorLimit: '101' is not a number from 0 to 100 (percent)"),
        ({IN_KAFKA: "recordCleanHours=0"}, f"{IN_KAFKA}:1: recordCleanHours: '0' is not a number from 1"),
        ({IN_KAFKA: "allowedFields=IIN"}, f"{IN_KAFKA}:1: allowedFields: is not a list of fields"),
    ],
)
def test_settings_that_contradict_each_other(texts: dict[str, str], problem: str) -> None:
    found = problems_of(texts)
    assert len(found) == 1, found
    assert problem in found[0]


def test_the_schedules_of_the_file() -> None:
    text = "deleteRecords = off\n# applyRefBoi = 10:00\ndeleteUnActualRecords=23:45\nsomethingElse = 1:00"
    times = settings_of({KAFKA_SCHEDULE: text}).kafka.in_migration.schedules
    assert times.delete_records.is_off
    assert times.apply_references.is_off
    assert times.delete_references.pattern.strip() == "23:45"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("deleteRecords = 25:00", ":1:17: deleteRecords: '25:00' is not a time of day"),
        ("deleteRecord = 10:00", ":1: deleteRecord: is not read; did you mean deleteRecords?"),
        ("applyRefBoi 10:00", ":1: this line has no =: write applyRefBoi = pattern"),
        ("applyRefBoi = 1:00\napplyRefBoi = 2:00", ":2: applyRefBoi: is already on line 1"),
        ("deleteUnactualRecords = 23:30", "did you mean deleteUnActualRecords?"),
    ],
)
def test_schedules_that_are_none(line: str, problem: str) -> None:
    [found] = problems_of({KAFKA_SCHEDULE: line})
    assert problem in found


@pytest.mark.parametrize("pattern", ["repeat every 5 hour", "repeat every 10 min", "23:30"])
def test_the_patterns_as_the_guide_writes_them(pattern: str) -> None:
    assert not settings_of(
        {KAFKA_SCHEDULE: f"applyRefBoi = {pattern}"}
    ).kafka.in_migration.schedules.apply_references.is_off
