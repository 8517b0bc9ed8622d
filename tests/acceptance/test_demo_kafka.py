"""`etl demo --kafka` as a newcomer meets it: by `make demo-kafka`, with a broker of its own that ends with it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documentation import CHECKOUT
from tests.fix_company import PATIENCE_SECONDS, ended, inherited, start_etl, until
from tests.fix_kafka import admin_at
from tests.integration.kafka.test_broker_script import accepts
from tests.json_answers import read_answer

_SCRIPT = CHECKOUT / "scripts/kafka"


def beside_a_broker(home: Path, *command: str) -> "subprocess.Popen[str]":
    """As the Makefile starts it."""
    environ = {"PATH": os.environ["PATH"], **inherited(), "HOME": str(home), "ETL_HOME": str(home), "LANG": "C.UTF-8"}
    words = [sys.executable, str(_SCRIPT), "run", *command]
    return subprocess.Popen(words, env=environ, cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_it_shows_the_way_from_topic_to_topic(open_folder: Path) -> None:
    result = ended(beside_a_broker(open_folder, sys.executable, "-m", "etl", "demo", "--kafka"))
    # Where it is missing, Kafka is fetched first.
    said = [line for line in result.err.splitlines() if not line.startswith("kafka: ")]
    assert (result.code, said) == (0, [])
    assert "\x1b" not in result.out
    lines = [line.rstrip() for line in result.out.splitlines()]
    # How long the paths of a checkout and of a home are is not the demo's choice.
    assert max(len(line) for line in lines if " --config " not in line) <= 100
    for line in (
        "  3,905 merged",
        "     50 ignored, as their recordIds had come before",
        "      7 rejected",
        "  in_NaturalPerson                        2,000       ·         ·       ·       ·",
        "20 links ClientClaim.CoClient → NaturalPerson: waiting until both ends are there.",
        "  505 merged",
        "25 links that waited found both ends.",
        "  in_NaturalPerson                           20     120         ·      15       ·",
        "  Claim 0999  761081.5000  NEW       Newman",
        "  2,155 NaturalPerson",
        '        "apiValue": "new.220@example.org",',
    ):
        assert line in lines, result.out
    codes = re.findall(r"^  ([A-Z_]+)  \$", result.out, re.MULTILINE)
    assert codes == ["BAD_JSON", "BAD_VALUE", "OPTION_UNKNOWN", "UNKNOWN_FIELD"]
    assert not (open_folder / "postgres/postmaster.pid").exists()
    assert sum(line.startswith("demo-kafka: ") for line in (CHECKOUT / "Makefile").read_text().splitlines()) == 1


@pytest.mark.nightly
def test_it_stays_until_ctrl_c_and_leaves_no_topic(open_folder: Path, kafka_url: str) -> None:
    environ = {"ETL_HOME": str(open_folder)}
    words = ("demo", "--kafka", "--servers", kafka_url, "--stay", "--json")
    with start_etl(*words, environ=environ, cwd=open_folder) as process:
        try:
            assert process.stdout
            found = read_answer(process.stdout.readline())
            mine = set(found["topics"].values())
            assert mine <= topics(kafka_url)
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
    first, second = found["loads"]
    assert first["records"] == {"messages": 3962, "merged": 3905, "known": 50, "rejected": 7}
    assert second["records"] == {"messages": 505, "merged": 505}
    assert (first["written"], second["written"]) == (3915, 230)
    assert found["written"] == {"NaturalPerson": 2155, "LegalPerson": 415, "ClientClaim": 1575}
    until(lambda: not mine & topics(kafka_url), "its topics are deleted")


def topics(servers: str) -> set[str]:
    return set(admin_at(servers).list_topics(timeout=30).topics)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "etl: say which broker to use: --servers host:port, or MYBPM_KAFKA_SERVERS; in a checkout `make dem"),
        (["--servers", "nonsense"], 2, "etl: 'nonsense' names no broker: write host:port"),
    ],
)
def test_without_a_broker_it_says_so(open_folder: Path, words: list[str], code: int, said: str) -> None:
    check_refusal(open_folder, words, code, said)


@pytest.mark.nightly
def test_a_broker_that_does_not_answer(open_folder: Path) -> None:
    check_refusal(open_folder, ["--servers", "127.0.0.1:1"], 4, "etl: Kafka does not answer")


def check_refusal(open_folder: Path, words: list[str], code: int, said: str) -> None:
    environ = {"ETL_HOME": str(open_folder)}
    result = ended(start_etl("demo", "--kafka", *words, environ=environ, cwd=open_folder))
    assert (result.code, result.out, len(result.err.splitlines())) == (code, "", 1)
    assert result.err.startswith(said)


@pytest.mark.parametrize("number", [0, signal.SIGTERM], ids=["by itself", "asked to end"])
def test_a_broker_ends_with_the_command_beside_it(open_folder: Path, number: int) -> None:
    then = "exec sleep 600" if number else "exit 7"
    process = beside_a_broker(open_folder, "bash", "-c", f"echo $MYBPM_KAFKA_SERVERS; {then}")
    assert process.stdout
    address = process.stdout.readline().strip()
    assert re.fullmatch(r"127\.0\.0\.1:\d+", address), process.communicate()
    if number:
        assert accepts(address)
        process.send_signal(number)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == (128 + number if number else 7)
    assert not accepts(address)
