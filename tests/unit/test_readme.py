"""What README.md says of make, exit codes and folders is so."""

import re

from tests.documentation import CHECKOUT, README, blocks, table, words
from tests.unit.test_docs import EXIT_CODES

TEXT = README.read_text(encoding="utf-8")


def test_its_first_commands_run_the_demos_and_the_tests() -> None:
    first = blocks(README)[0]
    assert [line.split("#")[0].strip() for line in first.lines] == ["make demo", "make demo-kafka", "make test"]


def test_every_verb_of_make_exists() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE))
    assert named >= {"demo", "test", "help", "check"}
    assert not [verb for verb in named if not re.search(rf"(?m)^{verb}:", makefile)]


def test_every_exit_code_is_reported() -> None:
    codes = {int(code) for row in table(README, "exit code") for code in row[0].split(",")}
    assert codes == EXIT_CODES


def test_every_folder_is_reported() -> None:
    reported = {folder for row in table(README, "folder") for folder in words(row[0])}
    packages = {f"etl/{init.parent.name}" for init in (CHECKOUT / "etl").glob("*/__init__.py")}
    assert reported >= packages
    assert not [folder for folder in reported if not (CHECKOUT / folder).is_dir()]


def test_its_links_lead_to_files() -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    assert not [target for target in targets if not (CHECKOUT / target).is_file()]


def test_it_names_no_host_of_a_registry() -> None:
    assert "http" not in TEXT
    assert not re.search(r"pypi|github|gitlab|npmjs", TEXT, re.IGNORECASE)


def test_it_names_where_to_begin_to_read_the_code() -> None:
    introduction = TEXT.partition("## Install")[0]
    named = set(re.findall("`(etl/[^`]+)`", introduction))
    assert named == {"etl/engine/run.py", "etl/merge/rows/single_fields.py"}
    assert not [path for path in named if not (CHECKOUT / path).is_file()]
    assert "(docs/architecture.md)" in introduction
