"""Apache Kafka on this machine, for tests and trials; scripts/kafka is its command.

Kafka comes as jars by Maven, once, and must be what scripts/kafka.sha256 says. Java and Maven are those of the machine
or, if it lacks them, Debian's packages, unpacked into .services/ of the checkout. Nothing needs root.
"""

import argparse
import base64
import hashlib
import os
import secrets
import shutil
import signal
import ssl
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from scripts.services import (
    JAVA_PACKAGE,
    READY_SECONDS,
    SERVICES,
    UNPACKED,
    Program,
    alone,
    fail,
    first,
    free_ports,
    install,
    java,
    make_certificates,
    run,
    stop,
    wait_for,
)

VERSION = "4.3.1"
# By which etl knows the brokers.
VARIABLE = "MYBPM_KAFKA_SERVERS"
JARS = SERVICES / f"kafka-{VERSION}"
DIGESTS = Path(__file__).resolve().with_name("kafka.sha256")
POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
"""
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

# A test's broker is small and short-lived: no time for the best machine code, no second thread to collect garbage.
OPTIONS = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
LOGGING = """\
status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %m (%c)%n
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
"""
STARTED = "Kafka Server started"
# Between choosing free ports and binding them another program may take one.
ATTEMPTS = 3

# Internal topics have few partitions and groups do not wait for members that may come: tests start often. A killed
# broker is taken back once its session has ended.
SETTINGS = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{secure_listener}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{secure_listener}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
controller.listener.names=CONTROLLER
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.dirs={folder}/data
default.replication.factor={replicas}
min.insync.replicas={least}
offsets.topic.num.partitions=4
offsets.topic.replication.factor={replicas}
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor={replicas}
transaction.state.log.min.isr={least}
share.coordinator.state.topic.num.partitions=2
share.coordinator.state.topic.replication.factor={replicas}
share.coordinator.state.topic.min.isr={least}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
group.consumer.min.heartbeat.interval.ms=200
group.consumer.heartbeat.interval.ms=500
auto.create.topics.enable=false
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
"""
# Who comes without a name is a superuser, and gives the ACLs of others.
SECURE_SETTINGS = """\
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
ssl.keystore.type=PEM
ssl.keystore.location={home}/tls/server-and-key.pem
ssl.truststore.type=PEM
ssl.truststore.location={home}/tls/ca.pem
listener.name.secure.ssl.client.auth=requested
sasl.enabled.mechanisms=PLAIN
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_engine="s3cret of kafka";
"""


# What a folder of data holds before the first start, and a file that Kafka's own tool writes.
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk"
META = f"version=1\ncluster.id={CLUSTER}\nnode.id={{node}}\ndirectory.id={{directory}}\n"
CHECKPOINT = JARS / "bootstrap.checkpoint"


class Node(Program):
    """One broker of a folder."""

    def __init__(self, home: Path, number: int) -> None:
        super().__init__(home / str(number), "server.properties")
        self.number = number

    def configure(self, text: str) -> None:
        """Writes the settings and, before the first start, the folder of data, which gets its name at the end."""
        self.folder.mkdir(exist_ok=True)
        self.settings.write_text(text)
        data, fresh = self.folder / "data", self.folder / "data.new"
        if data.exists():
            return
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        if CHECKPOINT.exists():
            shutil.copy(CHECKPOINT, fresh)
        (fresh / "meta.properties").write_text(META.format(node=self.number, directory=new_id()))
        fresh.rename(data)

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        """Starts the broker; has_started() says when it takes requests."""
        return self.launch(*command("kafka.Kafka", *options), str(self.settings))

    def has_started(self) -> bool:
        """Whether it takes requests."""
        return self.has_said(STARTED)

    def value(self, key: str) -> str:
        """A value of its settings."""
        lines = (line.partition("=") for line in self.settings.read_text().splitlines())
        return next(value for name, _, value in lines if name == key)

    def address(self, listener: str) -> str:
        """host:port of one of its listeners; empty if it has none of that name."""
        found = [word.partition("://") for word in self.value("advertised.listeners").split(",")]
        return next((place for name, _, place in found if name == listener), "")


def new_id() -> str:
    """An id as Kafka writes them; the first letter is no -."""
    first_byte, *others = secrets.token_bytes(16)
    return base64.urlsafe_b64encode(bytes((first_byte & 0x7F, *others))).decode().rstrip("=")


def command(main: str, *options: str) -> list[str]:
    """The words that start a Java program of Kafka."""
    shared = [f"-XX:SharedArchiveFile={class_archive()}"] if class_archive().exists() and not options else []
    logging = f"-Dlog4j2.configurationFile={JARS / 'log4j2.properties'}"
    # Jars in the order in which the archive of classes has them.
    jars = ":".join(map(str, sorted(JARS.glob("*.jar"))))
    return [str(java()), *OPTIONS, *shared, *options, logging, "-cp", jars, main]


def class_archive() -> Path:
    """The classes of a running broker, prepared for the java of this machine: it starts in half the time."""
    program = (java() or Path("java")).resolve()
    return JARS / f"classes-{hashlib.sha256(f'{program} {program.stat().st_mtime_ns}'.encode()).hexdigest()[:8]}.jsa"


def ensure_installed() -> None:
    """Fetches what is missing; a killed start leaves nothing half made."""
    install(
        lambda: {JAVA_PACKAGE: java()} | ({} if JARS.exists() else {"maven": maven()}),
        "install Java 17 and Maven by hand, or use a running broker: ETL_TEST_KAFKA=host:port for tests, "
        "etl demo --kafka --servers host:port",
    )
    for left in SERVICES.glob("kafka.*"):  # of a start that was killed
        shutil.rmtree(left)
    if not JARS.exists():
        fetch()
    if not (CHECKPOINT.exists() and class_archive().exists()):
        make_class_archive()


def maven() -> Path | None:
    """The program `mvn`, of the machine or unpacked here."""
    return first(Path(shutil.which("mvn") or ""), UNPACKED / "usr/share/maven/bin/mvn")


def fetch() -> None:
    """Fetches the jars and verifies them; the folder gets its name at the end."""
    print(f"kafka: fetching Apache Kafka {VERSION} with Maven", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="kafka.", dir=SERVICES) as name:
        fresh = Path(name)
        (fresh / "pom.xml").write_text(POM)
        jars = fresh / "jars"
        where = (f"-Dmaven.repo.local={fresh / 'repository'}", f"-DoutputDirectory={jars}", "-DincludeScope=runtime")
        environ = {"JAVA_HOME": str((java() or Path()).resolve().parent.parent), "MAVEN_OPTS": maven_options(fresh)}
        run(maven() or "mvn", "--batch-mode", "--quiet", "--file", fresh / "pom.xml", *where, GOAL, environ=environ)
        verify(jars)
        (jars / "log4j2.properties").write_text(LOGGING)
        jars.rename(JARS)


def verify(jars: Path) -> None:
    """Ends the script unless exactly the jars of the list are there, each with its content."""
    lines = (line.split() for line in DIGESTS.read_text().splitlines())
    wanted = {name: digest for digest, name in lines}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars.iterdir()}
    if found != wanted:
        wrong = sorted(name for name, _ in wanted.items() ^ found.items())
        fail(f"Maven gave other jars than {DIGESTS.name} lists: {', '.join(dict.fromkeys(wrong))}")


def maven_options(folder: Path) -> str:
    """What Maven's Java needs: an unpacked one has no authorities to trust, since no script of its packages has run."""
    given = os.environ.get("MAVEN_OPTS", "")
    program = java()
    if not program or (program.resolve().parent.parent / "lib/security/cacerts").exists():
        return given
    paths = ssl.get_default_verify_paths()
    bundles = [Path(paths.cafile)] if paths.cafile else UNPACKED.glob("usr/share/ca-certificates/**/*.crt")
    (folder / "cacerts").write_bytes(key_store(bundle.read_text() for bundle in bundles))
    return f"{given} -Djavax.net.ssl.trustStore={folder / 'cacerts'}"


def key_store(bundles: Iterable[str]) -> bytes:
    """A Java key store (JKS, version 2) of the authorities in texts of PEM, under its usual password."""
    end = "-----END CERTIFICATE-----"
    texts = [part + end for bundle in bundles for part in bundle.split(end)[:-1]]
    certificates = [ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN") :]) for text in texts]
    stored = struct.pack(">III", 0xFEEDFEED, 2, len(certificates))
    for number, certificate in enumerate(certificates):
        alias, kind = str(number).encode(), b"X.509"
        stored += struct.pack(f">IH{len(alias)}sQ", 2, len(alias), alias, 0)
        stored += struct.pack(f">H{len(kind)}sI", len(kind), kind, len(certificate)) + certificate
    return stored + hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + stored).digest()


def make_class_archive() -> None:
    """Runs a broker once and keeps the classes that it has loaded, and the data that Kafka's tool wrote at first."""
    with tempfile.TemporaryDirectory(prefix="kafka.", dir=SERVICES) as name:
        home = Path(name)
        configure(home, 1, secure=False)
        node, archive = Node(home, 1), home / "classes.jsa"
        shutil.rmtree(node.folder / "data")
        run(*command("kafka.tools.StorageTool"), "format", "--cluster-id", CLUSTER, "--config", node.settings)
        shutil.copy(node.folder / "data" / CHECKPOINT.name, home)
        (home / CHECKPOINT.name).rename(CHECKPOINT)
        process = node.start(f"-XX:ArchiveClassesAtExit={archive}")
        try:
            if not wait_for(lambda: node.has_started() or process.poll() is not None, READY_SECONDS):
                fail(f"the first broker does not start:\n{node.log()}")
            node.send(signal.SIGTERM)
            process.wait(READY_SECONDS)
        finally:
            process.kill()
        if not archive.exists():
            fail(f"the first broker left no archive of its classes:\n{node.log()}")
        archive.rename(class_archive())


def nodes(home: Path) -> list[Node]:
    """The brokers of this folder."""
    return [Node(home, number) for number in (1, 2, 3) if (home / str(number) / "server.properties").exists()]


def configure(home: Path, count: int, *, secure: bool) -> None:
    """Gives all brokers free ports and lays out their folders."""
    ports = free_ports(3 * count)
    voters = ",".join(f"{number}@127.0.0.1:{ports[count + number - 1]}" for number in range(1, count + 1))
    for number in range(1, count + 1):
        node = Node(home, number)
        port, controller_port, secure_port = ports[number - 1 :: count]
        text = SETTINGS.format(
            node=number,
            voters=voters,
            port=port,
            controller_port=controller_port,
            secure_listener=f",SECURE://127.0.0.1:{secure_port}" if secure else "",
            folder=node.folder,
            replicas=count,
            least=2 if count == 3 else 1,
        )
        node.configure(text + (SECURE_SETTINGS.format(home=home) if secure else ""))


def start(home: Path, count: int, *, secure: bool) -> str:
    """Starts the brokers that do not run, or all for the first time; their addresses."""
    with alone(SERVICES):
        ensure_installed()
    if (known := nodes(home)) and len(known) != count:
        fail(f"{home} has {len(known)} brokers: start as many, or remove the folder, or name another one with --home")
    if secure and not (home / "tls").exists():
        make_certificates(home / "tls")
    for _ in range(ATTEMPTS):
        if not any(node.pid for node in nodes(home)):
            configure(home, count, secure=secure)
        if launch([node for node in nodes(home) if not node.has_started()]):
            return servers(home)
    stop(nodes(home))
    logs = "\n".join(node.log() for node in nodes(home))
    fail(f"the brokers did not start in {ATTEMPTS} attempts:\n{logs}")


def launch(stopped: list[Node]) -> bool:
    """Starts brokers and waits for them; False: one has ended, or does not say that it has started."""
    processes = [node.start() for node in stopped if not node.pid]

    def is_over() -> bool:
        return all(node.has_started() for node in stopped) or any(process.poll() is not None for process in processes)

    wait_for(is_over, READY_SECONDS)
    return all(node.has_started() for node in stopped)


def servers(home: Path) -> str:
    """The addresses of the brokers that run, and the secure ones, if there are any, as a second word."""
    running = [node for node in nodes(home) if node.pid]
    words = (",".join(filter(None, (node.address(name) for node in running))) for name in ("PLAINTEXT", "SECURE"))
    return " ".join(filter(None, words))


def chosen(home: Path, numbers: list[int]) -> list[Node]:
    """The brokers of these numbers."""
    known = {node.number: node for node in nodes(home)}
    if missing := [number for number in numbers if number not in known]:
        fail(f"there is no broker {missing[0]} in {home}, only {', '.join(map(str, known)) or 'none'}")
    return [known[number] for number in numbers]


def kill(home: Path, numbers: list[int]) -> None:
    """Ends brokers without a chance to say anything."""
    stop(chosen(home, numbers), signal.SIGKILL)


def resume(home: Path, numbers: list[int]) -> None:
    """Starts brokers again; those that run stay as they are."""
    stopped = [node for node in chosen(home, numbers) if not node.has_started()]
    if not launch(stopped):
        logs = "\n".join(node.log() for node in stopped)
        fail(f"brokers {', '.join(map(str, numbers))} did not start:\n{logs}")


def run_beside(words: list[str]) -> int:
    """Runs a command beside a broker of its own, whose address it has in a variable; its exit code."""
    process: subprocess.Popen[bytes] | None = None
    is_starting, is_asked = False, False

    def take(number: int, _: object) -> None:
        nonlocal is_asked
        if process is None and not is_starting:
            sys.exit(128 + number)
        if number == signal.SIGTERM:  # Ctrl-C reaches the command too
            is_asked = True
            if process:
                process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, take)
    with tempfile.TemporaryDirectory(prefix="etl-kafka-") as name:
        home = Path(name)
        try:
            environ = {**os.environ, VARIABLE: start(home, 1, secure=False)}
            is_starting = True
            try:
                process = subprocess.Popen(words, env=environ)
            except OSError as error:
                fail(f"{words[0]} cannot be run: {error.strerror}")
            if is_asked:  # before its number was known
                process.terminate()
            code = process.wait()
            return 128 - code if code < 0 else code
        finally:
            kill(home, [node.number for node in nodes(home)])


def main(usage: str) -> None:
    """Carries out the verb of the command line."""
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=SERVICES / "kafka", help="folder of the brokers' data and logs")
    verbs = parser.add_subparsers(dest="verb", required=True)
    starting = verbs.add_parser("start", help="start brokers in the background, print their addresses")
    starting.add_argument("count", type=int, choices=(1, 3), nargs="?", default=1, help="how many brokers")
    starting.add_argument("--secure", action="store_true", help="with TLS, SASL and ACLs beside the plain ports")
    verbs.add_parser("servers", help="print the addresses of the brokers that run")
    for verb, text in (("kill", "end brokers as a crash does"), ("resume", "start them again")):
        verbs.add_parser(verb, help=text).add_argument("numbers", type=int, nargs="+", help="their numbers, from 1")
    verbs.add_parser("stop", help="stop all brokers; their data stays")
    beside = verbs.add_parser("run", help=f"run a command beside a broker of its own, with {VARIABLE}")
    beside.add_argument("command", nargs=argparse.REMAINDER, help="the command and its words")
    options = parser.parse_args()
    if options.verb == "run":
        sys.exit(run_beside(options.command or parser.error("say which command to run")))
    home = options.home.resolve()
    with alone(home):
        match options.verb:
            case "start":
                print(start(home, options.count, secure=options.secure))
            case "servers":
                print(servers(home))
            case "kill":
                kill(home, options.numbers)
            case "resume":
                resume(home, options.numbers)
            case "stop":
                stop(nodes(home))
