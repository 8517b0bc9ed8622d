"""`etl kafka check`: each thing that can be wrong with brokers and topics is found, and what to do about it is said."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from confluent_kafka.admin import AclOperation, ResourceType

from etl.kafka import Producer
from etl.monitoring import Finding
from etl.monitoring.kafka_check import check_kafka
from etl.settings import KafkaConnection
from etl.settings.kafka_distribution import DISTRIBUTION
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, SERVERS_VARIABLE
from tests.fix_kafka import KafkaCluster, MakeTopic, SecureKafka, make_topic_at
from tests.integration.kafka.clients import Log, a_name, connect, consume_until, member
from tests.integration.kafka.test_security import Acls

pytestmark = pytest.mark.slow

CLIENT = """
code: Client
fields:
  - {code: IIN, type: INPUT_TEXT, isUnique: true, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: NAME, type: INPUT_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}
"""
WORKERS = "consumers/InMigration.workerCount"


class Tree:
    """A configuration in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seconds = folder, 30.0
        self.write("companies/demo/business-objects/Client.yaml", CLIENT)

    def write(self, path: str, *lines: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def url(self) -> str:
        return f"file:{self.folder}"

    def check(self, environ: Mapping[str, str] | None = None) -> list[Finding]:
        found = list(check_kafka(self.url, "demo", environ or {}, seconds=self.seconds))
        for one in found:
            assert bool(one.do) == (one.level != "ok"), one
        return found

    def faults(self, environ: Mapping[str, str] | None = None) -> list[tuple[str, str, str]]:
        """What is not in order: level, what, what was found."""
        return [(one.level.value, one.what, one.found) for one in self.check(environ) if one.level != "ok"]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree")


@pytest.fixture
def site(tree: Tree, kafka_url: str, make_topic: MakeTopic) -> "Site":
    """All is in order."""
    return Site(tree, kafka_url, make_topic)


class Site:
    def __init__(self, tree: Tree, servers: str, make_topic: MakeTopic) -> None:
        self.tree, self.read, self.written = tree, make_topic("", partitions=6), make_topic()
        self.errors = make_topic(f"{self.read}.errors", max_message_bytes=2_000_000)
        self.progress = make_topic(f"{self.written}.progress", cleanup_policy="compact")
        tree.write(KAFKA, f"servers={servers}")
        tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={self.read}", "allowedBusinessObjects=Client")
        tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", f"topic={self.written}", "fields.Client=IIN")


def test_all_is_in_order(site: Site, kafka_url: str) -> None:
    with Producer(connect(kafka_url)) as producer:
        producer.send(site.read, None, b"x")
    assert site.tree.faults() == []
    said = {one.what: one.found for one in site.tree.check()}
    assert said["brokers"].endswith(f": {kafka_url}")
    assert said["reading"] == f"topics {site.read} as group etl-demo"
    assert said["output out"] == f"topics {site.written}, progress in {site.progress}"
    assert said[f"error topic {site.errors}"] == "1 partition"
    assert said["group etl-demo"] == "may be joined"
    lines = [one.found for one in site.tree.check() if one.what == f"topic {site.read}"]
    assert lines[0].endswith("6 partitions, at most 1 records")
    assert lines[1] == "records of at most 1,048,588 bytes, kept for 7 days (delete)"
    assert lines[2].endswith(" seconds old")


def test_the_command(site: Site) -> None:
    words = [sys.executable, "-m", "etl", "--config", site.tree.url, "kafka", "check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"ok      topic {site.read}: id " in done.stdout
    site.tree.write(WORKERS, "comeKafkaInMigration=7")
    site.tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={site.read},{site.read}.none")
    done = subprocess.run([*words, "--json"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert not found["ok"]
    assert {one["level"] for one in found["findings"]} == {"ok", "warning", "error"}


def test_nothing_is_switched_on_and_no_broker_is_named(tree: Tree) -> None:
    assert tree.faults() == [
        ("warning", "reading", "hasInMigrationKafka is false: no records are read"),
        ("warning", "writing", "hasOutMigrationKafka is false: no changes are written"),
        ("error", "brokers", "none are named"),
    ]


def test_a_faulty_configuration(tree: Tree) -> None:
    tree.write(IN_KAFKA, "hasInMigrationKafka=perhaps", "topic=x")
    assert [(level, what) for level, what, _ in tree.faults()] == [("error", "configuration")] * 2


def test_brokers_that_do_not_answer(tree: Tree) -> None:
    tree.seconds = 1
    found = tree.faults({SERVERS_VARIABLE: "127.0.0.1:9"})
    assert found[-1][:2] == ("error", "brokers")
    assert found[-1][2].startswith("Kafka does not answer: ")
    assert found[-1][2].endswith("(servers 127.0.0.1:9)")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["option.security.protocol=SASL_PLAINTEXT", "option.sasl.mechanisms=GSSAPI"], "has no Kerberos (GSSAPI)"),
        (["option.security.protocol=SASL_PLAINTEXT"], "has no Kerberos (GSSAPI)"),
        (
            ["# slow", "option.linger.mss=5"],
            "configs/KafkaConfig.txt:3: option.linger.mss: is not an option of the Kafka",
        ),
        (
            ["option.socket.timeout.ms=soon"],
            "KafkaConfig.txt:2: option.socket.timeout.ms: the Kafka client refuses its options",
        ),
    ],
)
def test_options_that_are_none(tree: Tree, lines: list[str], problem: str) -> None:
    tree.write(KAFKA, "servers=127.0.0.1:9", *lines)
    [*_, (level, what, found)] = tree.faults()
    assert (level, what) == ("error", "options")
    assert problem in found


@pytest.mark.parametrize(
    ("workers", "problem"),
    [
        (7, "7 workers share 6 partitions: some have nothing to do"),
        (4, "4 workers do not divide its 6 partitions evenly"),
        (5, "5 workers do not divide its 6 partitions evenly"),
        (1, ""),
        (2, ""),
        (3, ""),
        (6, ""),
    ],
)
def test_the_number_of_workers(site: Site, workers: int, problem: str) -> None:
    """The vendor's rules for consumers: not more than partitions, and a divisor of them."""
    site.tree.write(WORKERS, f"comeKafkaInMigration={workers}")
    assert site.tree.faults() == ([("warning", f"topic {site.read}", problem)] if problem else [])


def test_topics_that_are_not_there(tree: Tree, kafka_url: str) -> None:
    tree.write(KAFKA, f"servers={kafka_url}")
    tree.write(IN_KAFKA, "hasInMigrationKafka=true", "topics=no-in")
    tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", "topic=no-out")
    tree.write(DISTRIBUTION, "Client: no-client")
    assert tree.faults() == [
        ("error", "topic no-in", "does not exist"),
        (
            "warning",
            "error topic no-in.errors",
            "does not exist: rejected records wait in the golden store until then",
        ),
        ("error", "output out: topic no-out", "does not exist"),
        ("error", "output out: topic no-client", "does not exist"),
        (
            "error",
            "output out: progress topic no-out.progress",
            "does not exist: no record can be written exactly once",
        ),
    ]


def test_limits_that_do_not_suit(tree: Tree, kafka_url: str, make_topic: MakeTopic) -> None:
    read = make_topic("", max_message_bytes=20_000_000, cleanup_policy="compact", retention_ms=-1)
    make_topic(f"{read}.errors", max_message_bytes=20_000_000)
    written = make_topic("", cleanup_policy="compact")
    make_topic(f"{written}.progress", partitions=2)
    tree.write(KAFKA, f"servers={kafka_url}")
    tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={read}")
    tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", f"topic={written}")
    output, progress = f"output out: topic {written}", f"output out: progress topic {written}.progress"
    assert tree.faults() == [
        ("warning", f"topic {read}", "it takes 20,000,000 bytes, and records over 10,485,760 are rejected"),
        (
            "warning",
            f"topic {read}",
            "it is compacted: of several changes of one key Kafka keeps the last, others may never be read",
        ),
        (
            "warning",
            f"error topic {read}.errors",
            f"it takes 20,000,000 bytes, {read} 20,000,000: the largest records lose their values here",
        ),
        (
            "error",
            output,
            "it is compacted, and records have changed fields alone: readers would lose the others",
        ),
        ("error", progress, "has 2 partitions"),
        ("error", progress, "has cleanup.policy=delete: progress expires, and an output would begin without it"),
    ]
    tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", f"topic={written}", "outImage=full")
    assert output not in {what for _, what, _ in tree.faults()}


def test_a_clock_that_is_ahead(site: Site, kafka_url: str) -> None:
    """Fault 43."""
    with Producer(connect(kafka_url)) as producer:
        producer.send(site.read, None, b"x", timestamp_ms=int((time.time() + 1_800) * 1_000))
    [(level, what, found)] = site.tree.faults()
    assert (level, what) == ("warning", f"topic {site.read}")
    assert found == "its newest record is 30 minutes younger than now: a clock is wrong"


def test_codes_that_the_metadata_does_not_have(site: Site) -> None:
    site.tree.write(
        IN_KAFKA,
        "hasInMigrationKafka=true",
        f"topics={site.read}",
        "allowedBusinessObjects=Clinet",
        "allowedFields=Client.IIM,Order.no",
    )
    site.tree.write(DISTRIBUTION, f"Cleint: {site.written}")
    site.tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", f"topic={site.written}", "fields.Client=IIN,NAMES")
    assert site.tree.faults() == [
        ("error", "reading", "there is no business object Clinet; did you mean Client?"),
        ("error", "reading", "there is no business object Order"),
        ("error", "reading", "Client has no field IIM; did you mean IIN?"),
        ("error", "output out", "there is no business object Cleint; did you mean Client?"),
        ("error", "output out", "Client has no field NAMES; did you mean NAME?"),
    ]


def test_one_replica_in_a_cluster(tree: Tree, kafka_cluster: KafkaCluster) -> None:
    read = kafka_cluster.make_topic()
    kafka_cluster.make_topic(f"{read}.errors", max_message_bytes=2_000_000)
    alone = kafka_cluster.make_topic(replicas=1)
    kafka_cluster.make_topic(f"{alone}.errors", max_message_bytes=2_000_000)
    tree.write(KAFKA, f"servers={kafka_cluster.servers.split(',')[2]}")
    tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={read},{alone}")
    assert tree.faults()[1:] == [
        ("warning", f"topic {alone}", "each partition is on one broker alone, and is away with it")
    ]
    [brokers] = [one.found for one in tree.check() if one.what == "brokers"]
    assert brokers.endswith(kafka_cluster.servers.replace(",", ", "))


def secure_lines(kafka: SecureKafka, password: str) -> list[str]:
    return [
        f"servers={kafka.secure}",
        "option.security.protocol=SASL_SSL",
        f"option.ssl.ca.location={kafka.tls / 'ca.pem'}",
        "option.sasl.mechanisms=PLAIN",
        f"option.sasl.username={kafka.user}",
        f"option.sasl.password={password}",
    ]


def test_who_is_not_let_in(tree: Tree, secure_kafka: SecureKafka) -> None:
    """Fault 42: the message has no secret."""
    tree.write(KAFKA, *secure_lines(secure_kafka, "wr0ng"))
    [*_, (level, what, found)] = tree.faults()
    assert (level, what) == ("error", "brokers")
    assert found.startswith("Kafka refuses the sign-in: ")
    assert "uthentication failed" in found
    assert "wr0ng" not in found


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_foreign_consumer_in_the_group(site: Site, kafka_url: str, protocol: str) -> None:
    """It takes partitions, and what it reads is not merged."""
    group, log, idle = a_name("g"), Log(), Log()
    site.tree.write(
        IN_KAFKA, "hasInMigrationKafka=true", f"topics={site.read}", f"groupId={group}", "allowedBusinessObjects=Client"
    )
    ours = KafkaConnection(kafka_url, "etl", {"group.protocol": protocol}, "K.txt")
    with member(ours, group, [site.read], log) as consumer:
        consume_until(consumer, lambda _: len(log.of("assigned")) == 6)
        assert site.tree.faults() == []
    stranger = connect(kafka_url, group__protocol=protocol)
    with member(stranger, group, [site.read], log := Log()) as consumer:
        consume_until(consumer, lambda _: len(log.of("assigned")) == 6)
        [(level, what, found)] = site.tree.faults()
        assert (level, what) == ("error", f"group {group}")
        assert found.startswith("`etl-test` at 127.0.0.1 (member `")
        assert found.endswith(f"and has what is not merged then: {site.read}: partitions 0, 1, 2, 3, 4, 5")
    with member(stranger, group, [site.written], idle) as consumer:
        consume_until(consumer, lambda _: len(idle.of("assigned")) == 1)
        [(level, _, found)] = site.tree.faults()
        assert (level, found.endswith("and may be given partitions")) == ("warning", True), found


def test_acls_that_are_missing(tree: Tree, secure_kafka: SecureKafka) -> None:
    """Faults 40 and 42: each missing ACL is named."""
    read, written = (make_topic_at(secure_kafka.plain) for _ in range(2))
    errors = make_topic_at(secure_kafka.plain, f"{read}.errors")
    progress = make_topic_at(secure_kafka.plain, f"{written}.progress", cleanup_policy="compact")
    tree.write(KAFKA, *secure_lines(secure_kafka, secure_kafka.password))
    tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={read}", f"groupId={a_name('g')}")
    tree.write(OUT_KAFKA, "hasOutMigrationKafka=true", f"topic={written}")
    acls = Acls(secure_kafka)
    try:
        for topic in (read, errors, written, progress):
            acls.allow(ResourceType.TOPIC, topic, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
        found = {(level, what, text) for level, what, text in tree.faults()}
        assert ("error", f"topic {read}", "its ACLs do not allow READ") in found
        assert (
            "warning",
            f"error topic {errors}",
            "its ACLs do not allow WRITE: rejected records wait in the golden store until then",
        ) in found
        assert ("error", f"output out: topic {written}", "its ACLs do not allow WRITE") in found
        for operation in ("READ", "WRITE"):
            text = f"its ACLs do not allow {operation}"
            assert ("error", f"output out: progress topic {progress}", text) in found
        assert [what for _, what, text in found if "Group authorization failed" in text]
        closed = make_topic_at(secure_kafka.plain)
        tree.write(IN_KAFKA, "hasInMigrationKafka=true", f"topics={closed}")
        [text] = [text for _, what, text in tree.faults() if what == f"topic {closed}"]
        assert "have an administrator of Kafka allow it (ACL)" in text
    finally:
        acls.forget()
