"""README and docs as values: their code blocks and tables, so that tests can run and compare them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import etl
from etl.cli import etl as group

CHECKOUT = Path(etl.__file__).parents[1]
README = CHECKOUT / "README.md"
PARTNER = CHECKOUT / "docs/partner.md"
OPERATOR = CHECKOUT / "docs/operator.md"
MONITORING = CHECKOUT / "docs/monitoring.md"
VERSIONS = CHECKOUT / "docs/versions.md"
READERS = CHECKOUT / "docs/readers.md"
PRIVILEGES = CHECKOUT / "docs/privileges.md"
ERRORS = CHECKOUT / "docs/errors.md"
FILES = CHECKOUT / "docs/files.md"
DIRECTORY = CHECKOUT / "docs/directory.md"
DIRECTORY_FAULTS = CHECKOUT / "docs/directory-faults.md"
CONTRACT = CHECKOUT / "docs/contract.md"
SERVICE = CHECKOUT / "docs/service.md"
KAFKA = CHECKOUT / "docs/kafka.md"
KAFKA_FAULTS = CHECKOUT / "docs/kafka-faults.md"
OPERATIONS_FAULTS = CHECKOUT / "docs/operations-faults.md"
KAFKA_OUT = CHECKOUT / "docs/kafka-out.md"
SPEED = CHECKOUT / "docs/speed.md"
GUARANTEES = CHECKOUT / "docs/guarantees.md"
STORE = CHECKOUT / "docs/store.md"
UPGRADE = CHECKOUT / "docs/upgrade.md"

_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$|^<!-- (?P<mark>\w+) -->$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block, or a mark like `<!-- run -->`, which has a language and no text."""

    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip()]


def blocks(path: Path) -> list[Block]:
    """All code blocks and marks in order."""
    found = _BLOCK.finditer(path.read_text(encoding="utf-8"))
    return [Block(match["language"] or match["mark"] or "", match["text"] or "") for match in found]


def business_objects() -> dict[str, str]:
    """README's documents: path in the configuration -> YAML."""
    found = (block.text for block in blocks(README) if block.language == "yaml")
    return {text.splitlines()[0].removeprefix("# "): text for text in found}


def table(path: Path, first_head: str) -> list[list[str]]:
    """The rows of the table whose first column has that head, without head and rule."""
    lines = path.read_text(encoding="utf-8").splitlines()
    [start] = [number for number, line in enumerate(lines) if line.startswith(f"| {first_head} |")]
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def words(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def check_command(words: Sequence[str]) -> None:
    """Fails when a command, given without `etl`, is not there or does not take these options and arguments."""
    context, rest = click.Context(group), list(words)
    command: click.Command = group
    while isinstance(command, click.Group):
        name, *rest = rest
        found = command.get_command(context, name)
        assert found, words
        command = found
    command.make_context(name, rest)
