"""The signal that bounds a stop never is how the process ends, whenever it comes."""

import subprocess
import sys

import pytest

from tests.sweeps import mostly_nightly

_TASKS = [0.001 * number for number in range(1, 40, 2)]
_PROGRAM = """
import os, signal, sys, time
from etl.engine.service import signals
signals._TASK_SECONDS, signals._CLOSING_SECONDS = {task}, {closing}
class Slow:
    def __del__(self, sleep=time.sleep):
        sleep({slow})
slow = Slow()  # it goes when Python clears the modules, after the signals have their defaults back
asked = signals.Signals()
os.kill(os.getpid(), signal.SIGTERM)
try:
    asked.check()
except BaseException:
    sys.exit(128 + signal.SIGTERM)
"""


@pytest.mark.parametrize("task", mostly_nightly([0.2, *_TASKS], always=[0.2, *_TASKS[::10]]))
def test_a_stopped_process_ends_with_143(task: float) -> None:
    """The first is certain to fall into the last steps, the others fall anywhere."""
    program = _PROGRAM.format(task=task, closing=task, slow=0.6 if task == 0.2 else 0)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (143, "")
