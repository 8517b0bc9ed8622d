"""The runner dies, freezes, loses its connection or is refused at each of its round trips: the end is always the same.

The suite strikes at every round trip, with one mode after the other; `make crash` strikes with every mode at
every one, and in other runs too: the first one of a company, small and large, one that is stopped, one that copies
its tables, one of two workers.
"""

import os
import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from etl.database.embedded import EmbeddedServer
from tests.crash.batch import TWO_OBJECTS, deliver_first, deliver_large, deliver_two
from tests.crash.lab import Lab, open_lab
from tests.crash.proxy import Mode
from tests.fix_database import Database

EVERYTHING = "ETL_CRASH" in os.environ
# More than there are processors: a trial also waits, for retries and for processes that end.
LANES = 3
Trial = tuple[int, Mode]

# Runs to strike at, by what is handed over and what the configuration says.
RUNS: dict[str, dict[str, Any]] = {"small": {}}
if EVERYTHING:
    RUNS |= {
        "first": {"handed_over": deliver_first},
        "large first": {"handed_over": deliver_large, "chunkRows": 1000},
        "stopped": {"errorLimit": 0},
        "copied": {"copyTables": "true"},
        "two workers": {"workers": 2, "documents": TWO_OBJECTS, "handed_over": deliver_two},
    }


@contextmanager
def lanes(open_one: Callable[[Path], AbstractContextManager[Lab]], folder: Path) -> Iterator[list[Lab]]:
    """Labs that are tried side by side."""
    with ExitStack() as stack:
        yield [stack.enter_context(open_one(folder / str(lane))) for lane in range(LANES)]


def sweep(labs: Sequence[Lab], trials: Sequence[Trial], try_at: Callable[[Lab, int, Mode], Any]) -> list[str]:
    """Tries everything; what went wrong, in words."""
    free: queue.Queue[Lab] = queue.Queue()
    for lab in labs:
        free.put(lab)

    def try_one(trial: Trial) -> str:
        lab = free.get()
        try:
            try_at(lab, *trial)
        except AssertionError as error:
            return str(error)
        finally:
            free.put(lab)
        return ""

    with ThreadPoolExecutor(len(labs)) as pool:
        return [wrong for wrong in pool.map(try_one, trials) if wrong]


def rotating(number: int) -> list[Trial]:
    modes = list(Mode)
    return [(at, modes[at % len(modes)]) for at in range(1, number + 1)]


def all_modes(number: int) -> list[Trial]:
    return [(at, mode) for at in range(1, number + 1) for mode in Mode]


@pytest.mark.parametrize("run", RUNS)
def test_every_round_trip(run: str, server: EmbeddedServer, template: Database, tmp_path: Path) -> None:
    with lanes(lambda folder: open_lab(server, template, folder, **RUNS[run]), tmp_path) as labs:
        numbers = {len(lab.trips) for lab in labs}
        assert len(numbers) == 1 or labs[0].workers > 1
        number = max(numbers)
        assert number > 150
        wrong = sweep(labs, all_modes(number) if EVERYTHING else rotating(number), Lab.try_at)
    if wrong:
        pytest.fail(f"{len(wrong)} trials went wrong:\n" + "\n\n".join(wrong))
