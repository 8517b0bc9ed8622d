"""Every command of docs/kafka.md and docs/kafka-out.md runs, in order, as a stranger would type them."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import pytest

from etl.cli.kafka import kafka
from tests.acceptance.service import Service
from tests.documentation import CHECKOUT, KAFKA, KAFKA_OUT, Block, blocks, business_objects
from tests.fix_company import PATIENCE_SECONDS, STORE, MakeSite, Site, inherited
from tests.fix_kafka import kafka_script

# In the text of a page.
_ELSEWHERE = {"forget-output"}
# What is refused as it stands: no recovery has been killed.
_REFUSED = {"etl kafka recover --continue": "there is no unfinished recovery"}


@dataclass
class Stranger:
    """Someone who follows a page in a shell that remembers its variables; `broker` is the folder of the broker."""

    site: Site
    broker: Path
    environ: dict[str, str]
    services: ExitStack = field(default_factory=ExitStack)
    typed: list[str] = field(default_factory=list)

    def shell(self, line: str) -> str:
        kept = self.site.home / "environment"
        script = self.site.home / "typed.sh"
        python, brokers = shlex.quote(sys.executable), shlex.quote(str(CHECKOUT / "scripts/kafka"))
        words = [
            f'function scripts/kafka {{ {python} {brokers} --home {shlex.quote(str(self.broker))} "$@"; }}',
            line,
            f"code=$?\nenv -0 > {shlex.quote(str(kept))}\nexit $code",
        ]
        script.write_text("\n".join(words))
        with open(self.site.home / "out", "w+") as out, open(self.site.home / "err", "w+") as err:
            # Files, as a broker that stays would keep pipes open.
            done = subprocess.run(
                ["bash", script], cwd=self.site.home, env=self.environ, stdout=out, stderr=err, timeout=300, check=False
            )
            for stream in (out, err):
                stream.seek(0)
            said, fault = out.read(), err.read()
        assert (done.returncode, "Traceback" in fault) == (0, False), (line, said, fault)
        pairs = (pair.partition("=") for pair in kept.read_text().split("\0") if pair)
        self.environ = {name: value for name, _, value in pairs}
        return said

    def etl(self, line: str) -> str:
        """A line that needs no shell."""
        words = shlex.split(Template(line).safe_substitute(self.environ), comments=True)
        done = self.site.etl(*words[1:], MYBPM_KAFKA_SERVERS=self.environ["MYBPM_KAFKA_SERVERS"])
        refusal = _REFUSED.get(line, "")
        assert (done.code, refusal in done.err) == (2 if refusal else 0, True), (line, done)
        return done.out

    def serve(self, line: str) -> None:
        _, *words = shlex.split(line)
        service = Service(self.site.start_program(*words, MYBPM_KAFKA_SERVERS=self.environ["MYBPM_KAFKA_SERVERS"]))
        self.services.callback(end, service)

    def follow(self, block: Block) -> None:
        match block.language:
            case "sh":
                for line in block.lines:
                    if "$BATCH" in line:
                        newest = f"select max(number) from {STORE}.unit where source = 'kafka' and kind = 'batch'"
                        self.environ["BATCH"] = str(self.site.value(newest))
                    self.typed.append(line.split("#")[0].strip())
                    self.etl(line) if line.startswith("etl ") else self.shell(line)
            case "conf":
                path, _, text = block.text.partition("\n")
                self.site.write(path.removeprefix("# "), text)
            case "service":
                for line in block.lines:
                    self.serve(line)
            case "sql":
                assert self.site.look(block.text.replace("store_demo", STORE))


def end(service: Service) -> None:
    if service.process.poll() is None:
        service.process.terminate()
    service.process.wait(PATIENCE_SECONDS)
    service.wait_for_exit()


@pytest.fixture
def stranger(make_site: MakeSite, tmp_path: Path) -> Iterator[Stranger]:
    documents = {path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()}
    site, broker = make_site(documents), tmp_path / "broker"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {"PATH": path, **inherited(), "HOME": str(site.home), "LANG": "C.UTF-8"}
    found = Stranger(site, broker, environ | site.environ | {"ETL_CONFIG": site.url})
    try:
        with found.services:
            yield found
    finally:
        kafka_script(broker, "stop")


@pytest.mark.nightly
def test_the_pages_of_kafka_can_be_followed(stranger: Stranger) -> None:
    # The broker ends with the last block but one of the first page; the second page needs it too.
    *first, trial, play = [block for block in blocks(KAFKA) if block.language in ("sh", "conf", "service")]
    for block in first:
        stranger.follow(block)
    stranger.follow(play)
    for block in blocks(KAFKA_OUT):
        stranger.follow(block)
    stranger.follow(trial)
    named = {word for line in stranger.typed for word in shlex.split(line)[2:3] if line.startswith("etl kafka ")}
    assert named | {"in"} | _ELSEWHERE == set(kafka.commands)
    played = [line for line in stranger.typed if line.startswith("etl partner play")]
    assert len(played) == 2
    assert {row["name"] for row in stranger.site.look(f"select name from {STORE}.kafka_output")} == {"out"}


def test_topics_are_made_once(stranger: Stranger) -> None:
    for block in [block for block in blocks(KAFKA) if block.language in ("sh", "conf")][:3]:
        stranger.follow(block)
    first = json.loads(stranger.etl("etl kafka make-topics --partitions 3 --json"))["topics"]
    assert [(one["topic"], one["made"]) for one in first] == [
        (name, True) for name in ("partners", "partners.errors", "changes", "changes.progress")
    ]
    again = stranger.etl("etl kafka make-topics --partitions 3")
    assert again.count(": is there; it ") == 4
    checked = json.loads(stranger.etl("etl kafka check --json"))["findings"]
    assert {one["level"] for one in checked} == {"ok"}
