"""How the tests get Apache Kafka: what is fetched, verified and unpacked; no broker starts here."""

import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import brokers
from scripts.brokers import key_store, new_id, verify
from scripts.services import make_certificates
from tests.documentation import CHECKOUT

NAMES = ("kafka", "brokers.py", "services.py", "kafka.sha256")


@pytest.fixture
def jars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two jars, which are what the list says."""
    folder, digests = tmp_path / "jars", tmp_path / "kafka.sha256"
    folder.mkdir()
    lines = []
    for name in ("a.jar", "b.jar"):
        (folder / name).write_text(name)
        lines.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n")
    digests.write_text("".join(lines))
    monkeypatch.setattr(brokers, "DIGESTS", digests)
    return folder


def test_the_jars_of_the_list_are_taken(jars: Path) -> None:
    verify(jars)


def test_other_jars_are_refused(jars: Path) -> None:
    (jars / "a.jar").write_text("another")
    (jars / "c.jar").touch()
    with pytest.raises(SystemExit, match=r"Maven gave other jars than kafka.sha256 lists: a\.jar, c\.jar"):
        verify(jars)


def test_a_missing_jar_is_refused(jars: Path) -> None:
    (jars / "b.jar").unlink()
    with pytest.raises(SystemExit, match=r"lists: b\.jar"):
        verify(jars)


def test_the_list_has_the_version_that_is_fetched() -> None:
    names = [line.split()[1] for line in (CHECKOUT / "scripts/kafka.sha256").read_text().splitlines()]
    assert f"kafka_2.13-{brokers.VERSION}.jar" in names
    assert len(set(names)) == len(names)


def test_ids_are_those_of_kafka() -> None:
    for one in (new_id() for _ in range(100)):
        assert len(one) == 22
        assert not one.startswith("-")


def test_a_key_store_holds_the_authorities(tmp_path: Path) -> None:
    make_certificates(tmp_path / "tls")
    bundle = "# comment\n" + (tmp_path / "tls/ca.pem").read_text() + (tmp_path / "tls/client.pem").read_text()
    stored = key_store([bundle])
    assert stored[:12] == bytes.fromhex("feedfeed 00000002 00000002")
    for name in ("ca", "client"):
        assert ssl.PEM_cert_to_DER_cert((tmp_path / f"tls/{name}.pem").read_text()) in stored
    assert stored[-20:] == hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + stored[:-20]).digest()


class Machine:
    """A checkout with the scripts alone, and a machine on which only some programs are."""

    def __init__(self, folder: Path) -> None:
        self.services, self._folder, self._programs = folder / ".services", folder, folder / "programs"
        (folder / "scripts").mkdir()
        self._programs.mkdir()
        for name in NAMES:
            shutil.copy(CHECKOUT / "scripts" / name, folder / "scripts")

    def give(self, name: str, text: str) -> None:
        """A program of this machine, as a script of Python."""
        program = self._programs / name
        program.write_text(f"#!{sys.executable}\n{text}")
        program.chmod(0o755)

    def start(self) -> "subprocess.Popen[str]":
        """The script, started."""
        environ = {**os.environ, "PATH": str(self._programs)}
        words = [sys.executable, str(self._folder / "scripts/kafka"), "start"]
        return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def message(self) -> str:
        """What a start that fails says."""
        process = self.start()
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (1, "")
        return err


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.slow
def test_without_java_and_apt_it_says_what_to_install(machine: Machine) -> None:
    assert machine.message() == (
        "kafka: this machine lacks default-jre-headless and maven and has no apt-get: install Java 17 and Maven by "
        "hand, or use a running broker: ETL_TEST_KAFKA=host:port for tests, etl demo --kafka --servers host:port\n"
    )


@pytest.mark.slow
def test_a_maven_that_fails_leaves_nothing(machine: Machine) -> None:
    machine.give("java", "")
    machine.give("mvn", "import sys; sys.exit('no such artifact')")
    assert "no such artifact" in machine.message()
    assert sorted(path.name for path in machine.services.iterdir()) == ["kafka", "lock"]


@pytest.mark.slow
def test_jars_that_are_not_those_of_the_list_are_not_kept(machine: Machine) -> None:
    machine.give("java", "")
    machine.give(
        "mvn",
        "import pathlib, sys\n"
        "[folder] = [word.split('=')[1] for word in sys.argv if word.startswith('-DoutputDirectory=')]\n"
        "pathlib.Path(folder).mkdir()\n"
        "(pathlib.Path(folder) / 'kafka_2.13-4.3.1.jar').touch()\n",
    )
    assert "kafka: Maven gave other jars than kafka.sha256 lists: " in machine.message()
    assert sorted(path.name for path in machine.services.iterdir()) == ["kafka", "lock"]


@pytest.mark.slow
def test_a_killed_start_is_forgotten_by_the_next(machine: Machine) -> None:
    machine.give("java", "")
    pipe = machine.services.parent / "pipe"
    os.mkfifo(pipe)
    machine.give("mvn", f"import os, time; open({str(pipe)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    process = machine.start()
    fetcher = int(pipe.read_text())
    [fetching] = machine.services.glob("kafka.*")
    process.send_signal(signal.SIGKILL)
    os.kill(fetcher, signal.SIGKILL)
    process.communicate(timeout=60)
    assert not (machine.services / f"kafka-{brokers.VERSION}").exists()
    machine.give("mvn", "import sys; sys.exit('asked again')")
    assert "asked again" in machine.message()
    assert not fetching.exists()
