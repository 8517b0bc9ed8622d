"""The reference pages are those that the code gives: `python -m scripts.reference` writes them again."""

import json
import subprocess
import sys

from scripts.reference import FOLDER
from tests.documentation import CHECKOUT

_PAGES = "import json; from scripts.reference import pages; print(json.dumps(pages()))"


def test_they_are_current() -> None:
    # In a process of its own: click keeps the option --help as the first caller of a command has it.
    made = subprocess.run([sys.executable, "-c", _PAGES], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} == json.loads(made.stdout)
