"""What commands refuse before they ask a server, and what they say of a configuration without one."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from etl.cli import etl
from etl.errors import ConfigurationError

CLIENT = "code: Client\nfields:\n  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A company with one object, and nothing else."""
    tree = tmp_path / "tree"
    write(tree, "configs/InMigrationConfig.txt", "companyCode=demo\n")
    write(tree, "companies/demo/business-objects/Client.yaml", CLIENT)
    return tree


def write(tree: Path, path: str, text: str) -> None:
    target = tree / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def call(tree: Path, *words: str) -> Result:
    return CliRunner().invoke(etl, ["--config", f"file:{tree}", *words])


def refused(tree: Path, *words: str) -> str:
    found = call(tree, *words).exception
    assert isinstance(found, ConfigurationError)
    return str(found)


FROM_WHERE = "say from where, once: --offset, --time, --beginning"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("kafka seek --topic t", f"{FROM_WHERE} or --end"),
        ("kafka seek --topic t --beginning --end", f"{FROM_WHERE} or --end"),
        ("kafka seek --topic t --time soon", "soon is no time: write 2026-11-28T10:00:00Z"),
        ("kafka seek --topic t --time 1969-12-31", "topics have no times before 1970: use --beginning"),
        ("kafka replay --topic t --offset 1 --time 2026-11-28T10:00:00Z", FROM_WHERE),
        ("kafka recover --continue --give-up", "--continue and --give-up stand alone"),
        ("kafka recover --give-up --topic t", "--continue and --give-up stand alone"),
        ("kafka recover --continue --exclude-bo-codes C", "--continue and --give-up stand alone"),
        ("recover", "say --to out or --to mirror; or --continue, or --give-up"),
        ("recover --continue --to out", "--continue and --give-up stand alone"),
        ("recover --give-up --bo-codes C", "--continue and --give-up stand alone"),
        ("recover --to out --bo-codes ,", "has no code: write codes of business objects"),
        ("kafka dead-letters resend", "say which dead letters: ids, --topic or --code"),
        ("runs list --by-hour --source in_tables", "--by-hour sums up batches of records: --source kafka"),
        ("grants --json", "--json goes with --check"),
        ("generate-ddl --allow-drop", "--allow-drop goes with --diff or --apply"),
        ("generate-ddl --apply --diff", "--diff prints and --apply makes: choose one of them"),
        ("generate-ddl --direction out --with-grants r", "--with-grants belongs to the in_ tables"),
        ("fill", "say which files: etl fill [TABLE] FILE…"),
        ("run --loop --dry-run", "--loop goes with neither --dry-run nor --accept"),
        ("run --join --dry-run", "--join does not go with --dry-run"),
        ("restore", "name the folder of a backup, or one of --hold and --activate"),
        ("restore --hold --activate", "name the folder of a backup, or one of --hold and --activate"),
        ("restore --drill --hold", "name the folder of a backup, or one of --hold and --activate"),
        ("restore folder --hold", "name the folder of a backup, or one of --hold and --activate"),
        ("restore --hold --no-privileges", "--only and --no-privileges are for a restore into the configured"),
        ("restore folder --drill --no-privileges", "--only and --no-privileges are for a restore into the configured"),
        (f"hold --reason {'x' * 5_000}", "--reason has between 1 and"),
        ("drain --shut-out --host h", "--shut-out is for all hosts: what a host has left, another one takes over"),
        ("demo --web --kafka", "--web goes with the demo of in_ tables: not with --kafka"),
        ("partner play --test-topic t --test-database d", "--test-topic is for records alone"),
        ("partner play --test-topic t --url postgresql://h/d", "--test-topic is for records alone"),
        ("partner play --reader r", "say where confirmations may be made up: --test-database NAME"),
    ],
)
def test_options_that_do_not_go_together(tree: Path, words: str, said: str) -> None:
    done = call(tree, *words.split())
    assert done.exit_code == click.UsageError.exit_code
    assert said in " ".join(done.output.replace("│", " ").split())


def test_topics_without_brokers_and_without_a_use(tree: Path) -> None:
    assert refused(tree, "kafka", "make-topics") == (
        "say where the brokers are: servers in configs/KafkaConfig.txt, or MYBPM_KAFKA_SERVERS"
    )
    write(tree, "configs/KafkaConfig.txt", "servers=127.0.0.1:1\n")
    done = call(tree, "kafka", "make-topics")
    assert done.output.startswith("Nothing is read or written: see configs/InMigrationKafkaConfig.txt and ")
    assert json.loads(call(tree, "kafka", "make-topics", "--json").output) == {"topics": []}


def test_a_partner_of_records_without_brokers_and_without_objects(tree: Path) -> None:
    said = refused(tree, "partner", "play", "--test-topic", "t")
    assert said.startswith("say which brokers: --servers host:port, or ")
    write(tree, "configs/InMigrationKafkaConfig.txt", "allowedBusinessObjects=Other\n")
    said = refused(tree, "partner", "play", "--test-topic", "t", "--servers", "127.0.0.1:1")
    assert said.startswith("records may load no object: see allowedBusinessObjects in ")


def test_a_configuration_without_companies(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    assert refused(tree, "metadata", "check").endswith(
        "has no company: add companies/<company>/business-objects/<code>.yaml"
    )


def test_nothing_and_nothing_sound_to_import(tree: Path, tmp_path: Path) -> None:
    empty, faulty = tmp_path / "empty", tmp_path / "faulty"
    empty.mkdir()
    assert refused(tree, "config", "import", str(empty)).startswith("there is nothing to import: ")
    write(faulty, "companies/demo/business-objects/Client.yaml", "code: Client\nfields: none\n")
    said = refused(tree, "config", "import", str(faulty))
    assert said.endswith("nothing was written: correct these faults first")
    assert said.startswith("companies/demo/business-objects/Client.yaml:2: Client: ")
    assert (tree / "companies/demo/business-objects/Client.yaml").read_text() == CLIENT


def test_one_file_of_rejects_is_for_one_file(tree: Path, tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path, f"{name}/Client.csv", "in_id,name\n1,x\n")
    done = call(tree, "fill", "--rejects", "r.csv", f"{tmp_path}/a/Client.csv", f"{tmp_path}/b/Client.csv")
    assert done.exit_code == click.UsageError.exit_code
    assert "--rejects names one file: fill one file at a time, or leave it out" in done.output


SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
KAFKA_SCHEDULE = "scheduler/core/InMigrationKafkaScheduler.scheduler-config.txt"


def test_times_of_schedules(tree: Path) -> None:
    write(tree, "configs/KafkaConfig.txt", "servers=127.0.0.1:1\n")
    write(tree, "configs/InMigrationKafkaConfig.txt", "hasInMigrationKafka=true\ntopics=t\n")
    write(tree, SCHEDULE, "tryToStartMigration = off\n")
    write(tree, KAFKA_SCHEDULE, "deleteRecords = 31 feb * 10:00\ndeleteUnActualRecords = 23:30\n")
    lines = call(tree, "config", "schedule", "--next", "1").output.splitlines()
    assert lines[:3] == [
        "The schedule is off: `etl run --loop` starts nothing.",
        "applyRefBoi is off.",
        "deleteRecords: 31 feb * 10:00: this never comes",
    ]
    assert len(lines) == 5
    found = json.loads(call(tree, "config", "schedule", "--next", "2", "--json").output)
    assert (found["is_off"], found["next"], found["kafka"]["deleteRecords"]["next"]) == (True, [], [])
    assert len(found["kafka"]["deleteUnActualRecords"]["next"]) == 2
    write(tree, "configs/InMigrationKafkaConfig.txt", "hasInMigrationKafka=false\n")
    assert "kafka" not in json.loads(call(tree, "config", "schedule", "--json").output)


def test_faults_of_the_configuration_as_json(tree: Path) -> None:
    assert json.loads(call(tree, "config", "check", "--json").output)["ok"] is True
    write(tree, "configs/InMigrationConfig.txt", "companyCode=demo\nchunkRows=many\n")
    done = call(tree, "config", "check", "--json", "--company", "demo")
    assert done.exit_code == ConfigurationError.exit_code
    [problem] = json.loads(done.output)["problems"]
    assert (problem["line"], problem["key"]) == (2, "chunkRows")
    assert problem["path"].endswith("configs/InMigrationConfig.txt")
