"""The pages that come from the code alone."""

from pathlib import Path
from typing import Final

from scripts.reference.commands import commands
from scripts.reference.configuration import configuration
from scripts.reference.environment import environment
from scripts.reference.exit_codes import exit_codes
from scripts.reference.metrics import metrics
from scripts.reference.zookeeper import zookeeper

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs/reference"


def pages() -> dict[str, str]:
    """Name of the file -> its text."""
    return {
        "commands.md": commands(),
        "configuration.md": configuration(),
        "environment.md": environment(),
        "exit-codes.md": exit_codes(),
        "metrics.md": metrics(),
        "zookeeper.md": zookeeper(),
    }
