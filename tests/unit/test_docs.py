"""The tables of docs/ against the code they tell about."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from etl import errors
from etl.cli import etl as group
from etl.contract import contract_files
from etl.merge.errors.catalogue import CATALOGUE
from etl.monitoring import MEASURES
from etl.runs import Kind
from etl.settings.catalogue import FILES, OUT_VERSION_DEFAULT, OUT_VERSION_VARIABLE
from etl.settings.directory_keys import DIRECTORY_FILE
from etl.settings.kafka_keys import KAFKA as KAFKA_CONFIG
from etl.settings.kafka_keys import KAFKA_FILES, REFUSED_OPTIONS
from etl.settings.keys import KeyFile
from etl.settings.logging import LOGGING, read_log_structure
from etl.settings.schedule.file import KAFKA_PATTERNS
from etl.settings.schedule.parse import parse_schedule
from etl.simulator import SCENARIOS
from etl.simulator.kafka import RECORD_SCENARIOS
from etl.simulator.reading import READER_SCENARIOS
from scripts.bench.rounds import ALONE, BESIDE, CHAIN, ON_DEMAND
from scripts.reference.exit_codes import CODES, COMMANDS
from tests.contracts import company
from tests.documentation import (
    CHECKOUT,
    CONTRACT,
    DIRECTORY,
    DIRECTORY_FAULTS,
    ERRORS,
    GUARANTEES,
    KAFKA,
    KAFKA_FAULTS,
    KAFKA_OUT,
    MONITORING,
    OPERATIONS_FAULTS,
    OPERATOR,
    PARTNER,
    READERS,
    SERVICE,
    SPEED,
    UPGRADE,
    blocks,
    check_command,
    table,
    words,
)
from tests.monitoring_files import rules, used
from tests.unit.contract.test_kafka_part import WITH_KAFKA
from tests.unit.settings.reading import settings_of

# Of the error tree, of a run with rejected rows, and of signals.
EXIT_CODES = {one.exit_code for one in vars(errors).values() if hasattr(one, "exit_code")} | {0, 1, 130, 143}

TEXT = OPERATOR.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_every_key_is_reported_with_its_default(file: KeyFile) -> None:
    reported: dict[str, str] = {}
    page = DIRECTORY if file is DIRECTORY_FILE else KAFKA if file in KAFKA_FILES else OPERATOR
    for names, default, _ in table(page, f"`{file.path}`"):
        defaults = words(default) or [""] * len(words(names))
        reported |= dict(zip(words(names), defaults, strict=True))
    families = {family.name: "" for family in file.families}
    assert reported == {key.name: key.default for key in file.keys} | families


def test_every_schedule_of_kafka_is_reported_with_its_default() -> None:
    rows = table(KAFKA, "method | default")
    assert {words(row[0])[0]: words(row[1])[0] for row in rows} == KAFKA_PATTERNS


def test_the_options_of_the_kafka_page_are_settings() -> None:
    [text] = [block.text for block in blocks(KAFKA) if block.language == "properties"]
    options = settings_of({KAFKA_CONFIG: text}, environ={"KAFKA_PASSWORD": "x"}).kafka.connection.options
    assert len(options) == len(text.splitlines())
    page = KAFKA.read_text(encoding="utf-8")
    named = re.findall(
        r"`([a-z]+(?:\.[a-z]+)+|acks)`", page.partition("is refused: ")[2].partition("`option.sasl.k")[0]
    )
    assert len(named) == 9
    assert set(named) <= set(REFUSED_OPTIONS)


@pytest.mark.parametrize("page", [KAFKA, KAFKA_OUT], ids=lambda page: page.name)
def test_every_command_of_the_kafka_pages_can_be_parsed(page: Path) -> None:
    """They run in tests/acceptance/docs/test_kafka.py."""
    lines = [line for block in blocks(page) if block.language in ("sh", "service") for line in block.lines]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("etl ")]
    assert len(commands) > 2
    for given in commands:
        check_command(["1" if word.startswith("$") else word for word in given])


def test_every_scenario_of_records_is_reported() -> None:
    assert [words(row[0])[0] for row in table(KAFKA, "scenario | what the partner's program does")] == list(
        RECORD_SCENARIOS
    )


def test_the_version_variable_is_reported() -> None:
    assert f"`{OUT_VERSION_VARIABLE}` (default `{OUT_VERSION_DEFAULT}`)" in TEXT


def test_the_versions_of_this_program_are_reported() -> None:
    runner = CliRunner().invoke(group, ["--version"])
    [shown] = [block.text for block in blocks(UPGRADE) if block.language == "text"]
    assert shown == runner.output


def test_every_code_of_err_is_reported_with_cause_and_cure() -> None:
    rows = [[cell.replace("`", "") for cell in row] for row in table(ERRORS, "code | cause | cure")]
    assert rows == [[fault.code, fault.cause, fault.cure] for fault in CATALOGUE]


def test_alerts_and_dashboard_read_metrics_that_there_are() -> None:
    read = {metric for metric, _ in used()}
    assert read
    assert read <= {measure.prometheus_name for measure in MEASURES}


def test_every_alert_is_reported() -> None:
    reported = [words(alert)[0] for alert, _ in table(MONITORING, "alert | fires")]
    assert reported == [rule["alert"] for rule in rules()]


@pytest.mark.parametrize(
    ("page", "faults"),
    [(KAFKA_FAULTS, 47), (OPERATIONS_FAULTS, 32), (DIRECTORY_FAULTS, 42)],
    ids=["kafka", "operations", "directory"],
)
def test_every_fault_has_a_test(page: Path, faults: int) -> None:
    rows = table(page, "fault | what happens | test")
    assert [int(fault.split()[0]) for fault, _, _ in rows] == list(range(1, faults + 1))
    for fault, _, tests in rows:
        assert words(tests), fault
        for path, _, name in (one.partition("::") for one in words(tests)):
            file = CHECKOUT / path if path.startswith("tests/") else CHECKOUT / "tests/integration" / path
            assert f"def {name}(" in file.read_text(encoding="utf-8"), f"{fault}: {path}::{name}"


def test_the_partner_page_is_the_same_in_russian() -> None:
    """Its SQL, which tests/acceptance/docs/test_pages.py runs, its chapters, and the names in its tables and texts."""
    pages = [path.read_text(encoding="utf-8") for path in (PARTNER, PARTNER.with_suffix(".ru.md"))]
    english, russian = (
        [block for block in blocks(path) if block.language == "sql"]
        for path in (PARTNER, PARTNER.with_suffix(".ru.md"))
    )
    assert english == russian
    assert len({len(re.findall(r"(?m)^## ", page)) for page in pages}) == 1
    named, named_in_russian = ({word for word in re.findall(r"`([^`\n]+)`", page) if word.isascii()} for page in pages)
    assert named - named_in_russian == {"in_<object>", "in_<object>_<field>", "in_<object>_<field>_<member>"}


def test_every_guarantee_names_its_test() -> None:
    named = [words(row[2])[0] for row in table(GUARANTEES, "what | why | test")]
    assert len(named) == 6
    assert not [path for path in named if not (CHECKOUT / path).is_file()]


def test_every_exit_code_is_reported() -> None:
    rows = table(OPERATOR, "code | what happened | what to do")
    assert {int(code) for row in rows for code in row[0].split(",")} == EXIT_CODES == set(CODES)


def test_every_command_with_exit_codes_of_its_own_exists() -> None:
    for command in COMMANDS:
        found: click.Command | None = group
        for name in command.split()[1:]:
            assert isinstance(found, click.Group)
            found = found.get_command(click.Context(found), name)
        assert found, command


def test_every_kind_of_task_is_reported() -> None:
    assert {kind for kind in Kind if f"`{kind}`" in TEXT} == set(Kind)


def test_every_scenario_of_the_partner_is_reported() -> None:
    assert [words(row[0]) for row in table(CONTRACT, "scenario | what the partner's program does")] == [
        [name] for name in SCENARIOS
    ]


def test_every_scenario_of_a_reader_is_reported() -> None:
    assert [words(row[0]) for row in table(READERS, "scenario | what the reader's program does")] == [
        [name] for name in READER_SCENARIOS
    ]


def test_every_file_of_a_contract_is_reported() -> None:
    reported = {name for row in table(CONTRACT, "file | what it is") for name in words(row[0])}
    files = contract_files(company(), WITH_KAFKA, grants="")
    folders = r"(schemas|kafka/records|kafka/outputs)/(\w+/)?\w+"
    shown = (re.sub(folders, lambda found: f"{found[1]}/{'*/' if found[2] else ''}*", path) for path in files)
    assert reported == set(shown)


def test_every_scenario_variable_and_verb_of_the_benchmark_is_reported() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    [exported] = re.findall(r"(?m)^export (BENCH.*)$", makefile)
    assert {words(row[0])[0] for row in table(SPEED, "variable | meaning")} == set(exported.split())
    scenarios = [words(row[0])[0] for row in table(SPEED, "scenario | what the partner delivers")]
    assert sorted(scenarios) == sorted((*CHAIN, *BESIDE, *ON_DEMAND, *ALONE))
    [commands] = [block for block in blocks(SPEED) if block.language == "make"]
    for line in commands.lines:
        verb, *settings = shlex.split(line, comments=True)[1:]
        assert re.search(rf"(?m)^{verb}:", makefile), line
        assert {setting.partition("=")[0] for setting in settings} <= set(exported.split()), line


def test_every_pattern_of_the_service_page_is_a_schedule() -> None:
    moments = [words(row[0]) for row in table(SERVICE, "pattern | moments")]
    spans = [words(row[0]) for row in table(SERVICE, "pattern | spans, to be joined with moments")]
    assert sum(map(len, moments)) == 7
    for pattern in (pattern for row in moments for pattern in row):
        assert parse_schedule(pattern)[1] == (), pattern
    for pattern in (pattern for row in spans for pattern in row):
        assert parse_schedule(f"({pattern}) * 10:00")[1] == (), pattern
    text = " ".join(SERVICE.read_text(encoding="utf-8").split())
    for pattern in re.findall(r"`((?:from|повт|с |17)[^`]*)`", text):
        assert not [fault for fault in parse_schedule(pattern)[1] if "no times" not in fault.message], pattern


def test_the_log_of_the_service_page_is_sound() -> None:
    [text] = [block.text for block in blocks(SERVICE) if block.language == "text"]
    assert read_log_structure({LOGGING: text}, "place")[1] == []
