"""The runner dies, freezes, loses its connection or is refused at each of its round trips: the outcome is the same.

The suite injects a fault at every 19th round trip, with one mode after the other. ETL_CRASH takes other runs too: the
first one of a company, small and large, one that is stopped, one that copies its tables, one of a full set, one of two
workers. There `each` injects one mode at every round trip, another one with another ETL_CRASH_SEED, and `all` every
mode at every one.
"""

import os
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from etl.embedded import EmbeddedServer
from tests.crash.batch import TWO_OBJECTS, deliver_first, deliver_full_set, deliver_large, deliver_two
from tests.crash.harness import Harness, open_harness
from tests.crash.proxy import Mode
from tests.fix_database import Database

EVERYTHING = "ETL_CRASH" in os.environ
ALL_MODES = os.environ.get("ETL_CRASH") == "all"
SEED = int(os.environ.get("ETL_CRASH_SEED", "0"))
_SUITE_EVERY = 19
# More than there are processors: a trial also waits, for retries and for processes that end.
HARNESSES = 3
Trial = tuple[int, Mode]

# Runs under test, by what is handed over and what the configuration says.
RUNS: dict[str, dict[str, Any]] = {"small": {}}
if EVERYTHING:
    RUNS |= {
        "first": {"handed_over": deliver_first},
        "large first": {"handed_over": deliver_large, "chunkRows": 1000},
        "stopped": {"errorLimit": 0},
        "copied": {"copyTables": "true"},
        "full set": {"handed_over": deliver_full_set},
        "two workers": {"workers": 2, "documents": TWO_OBJECTS, "handed_over": deliver_two},
    }


@contextmanager
def open_harnesses(
    open_one: Callable[[Path], AbstractContextManager[Harness]], folder: Path
) -> Iterator[list[Harness]]:
    """HARNESSES of them, each with a database of its own, to run trials side by side."""
    with ExitStack() as stack:
        yield [stack.enter_context(open_one(folder / str(number))) for number in range(HARNESSES)]


def sweep(
    harnesses: Sequence[Harness], trials: Sequence[Trial], run_trial: Callable[[Harness, int, Mode], Any]
) -> list[str]:
    """Runs all trials; returns the messages of those that failed."""
    free: queue.Queue[Harness] = queue.Queue()
    for harness in harnesses:
        free.put(harness)

    def try_one(trial: Trial) -> str:
        harness = free.get()
        try:
            run_trial(harness, *trial)
        except AssertionError as error:
            return str(error)
        finally:
            free.put(harness)
        return ""

    with ThreadPoolExecutor(len(harnesses)) as pool:
        return [wrong for wrong in pool.map(try_one, trials) if wrong]


def trials_of(number: int, suite_every: int) -> list[Trial]:
    """The faults of a run with this number of round trips. `suite_every` has no divisor in common with the number of
    modes, so that each has its turn."""
    modes = list(Mode)
    if ALL_MODES:
        return [(at, mode) for at in range(1, number + 1) for mode in modes]
    every, shift = (1, SEED) if EVERYTHING else (suite_every, 0)
    return [(at, modes[(at + shift) % len(modes)]) for at in range(1, number + 1, every)]


@pytest.mark.parametrize("run", RUNS)
def test_every_round_trip(run: str, server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    with open_harnesses(lambda folder: open_harness(server, template, folder, **RUNS[run]), tmp_path) as harnesses:
        numbers = {len(harness.trips) for harness in harnesses}
        assert len(numbers) == 1 or harnesses[0].workers > 1
        number = max(numbers)
        assert number > 150
        wrong = sweep(harnesses, trials_of(number, _SUITE_EVERY), Harness.run_trial)
    if wrong:
        pytest.fail(f"{len(wrong)} trials went wrong:\n" + "\n\n".join(wrong))
