"""The contract is written where no extra is installed."""

import subprocess
import sys

import pytest

from tests.documentation import CHECKOUT

pytestmark = pytest.mark.slow  # it starts a process of its own, which lacks modules

_PROGRAM = """
import sys
for name in ("confluent_kafka", "msgspec", "orjson", "openpyxl", "pyarrow", "starlette"):
    sys.modules[name] = None
import etl.__main__, etl.cli.contract, etl.contract, etl.contract.kafka.chapter, etl.contract.kafka.files
"""


def test_the_contract_needs_no_extra() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
