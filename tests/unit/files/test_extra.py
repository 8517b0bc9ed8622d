"""Without the extra the two commands say in one line what to install; the others never ask for it."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # each test starts a process of its own

_BARE = """
import sys
sys.modules[{module!r}] = None
from etl.cli import main
sys.argv = ["etl", {word!r}, "--help"]
main()
"""


def bare(module: str, word: str) -> subprocess.CompletedProcess[str]:
    program = _BARE.format(module=module, word=word)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("module", "word"), [("pyarrow", "fill"), ("openpyxl", "export")])
def test_one_line_says_what_is_missing(module: str, word: str) -> None:
    done = bare(module, word)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "etl: reading and writing files needs further packages: pip install 'etl[files]'\n"


def test_other_commands_do_without() -> None:
    assert bare("pyarrow", "run").returncode == 0
