"""The long checks, one named part after the other; each leaves a line in docs/nightly.md.

    make nightly                       all parts
    make nightly NIGHTLY="crash bench" some

A part takes at most an hour on two cores and needs no other. NIGHTLY_SEED repeats a part with the seed of its line. The
exit code is 1 when a part has failed.
"""

import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs/nightly.md"
LIMIT_SECONDS = 3600.0
# What a part that is out of time may still need to end its servers.
GRACE_SECONDS = 60.0

PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "--numprocesses", "2", "--dist", "worksteal")
SEED = "{seed}"
_HEAD = """\
# Nightly

The long checks that `make nightly` makes, in parts of at most an hour: `make nightly NIGHTLY="crash bench"` makes some.
Each run of a part replaces its line here. `NIGHTLY_SEED` repeats a part with the seed of its line.

| part | what it does | result | minutes | commit | date (UTC) | seed |
| --- | --- | --- | ---: | --- | --- | --- |
"""


@dataclass(frozen=True)
class Command:
    """A program with its arguments and what it finds in the environment; {seed} stands for the seed of the run."""

    arguments: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One of the long checks; its commands run one after the other until one fails."""

    name: str
    meaning: str
    commands: tuple[Command, ...]

    @property
    def has_seed(self) -> bool:
        """Whether anything in it is random."""
        return any(SEED in word for one in self.commands for word in (*one.arguments, *one.environ.values()))


def _pytest(*arguments: str, **environ: str) -> Command:
    return Command((*PYTEST, f"--hypothesis-seed={SEED}", *arguments), environ)


def _on(versions: str, *arguments: str) -> Command:
    """Tests on one PostgreSQL, or shared out among several; all if none is named."""
    return Command((PYTHON, "-m", "scripts.postgresql", *versions.split(), "--", *_pytest(*arguments).arguments))


_LAYOUT_TESTS = (
    "tests/integration/merge",
    "tests/integration/outputs",
    "tests/integration/engine",
    "tests/integration/contract/test_pack_loads.py",
    "tests/acceptance/test_openflights.py",
    "tests/acceptance/test_openflights_versions.py",
)

_KAFKA_TESTS = (
    "tests/integration/kafka",
    "tests/integration/kafka_in",
    "tests/integration/kafka_out",
    "tests/integration/kafka_records",
    "tests/acceptance/test_openflights_topic.py",
    "tests/acceptance/test_kafka_load.py",
)
_KAFKA_CRASHES = "tests/crash/test_kafka.py"
_KAFKA_HISTORIES = "tests/properties/test_records_and_rows.py"


def _lengths(**lengths: str) -> dict[str, str]:
    """Lengths that the environment may change; `make kafka` has the hour of load, and each round trip in each mode."""
    return {name: os.environ.get(name, value) for name, value in lengths.items()}


_OPERATIONS_TESTS = (
    "tests/integration/operations",
    "tests/integration/database/test_server_upgrade_killed.py",
    "tests/integration/upgrade/test_online_killed.py",
    "tests/integration/upgrade/test_restored.py",
    "tests/integration/upgrade/test_two_wheels.py",
    "tests/integration/engine/test_restored_links.py",
    "tests/acceptance/test_openflights_restored.py",
)

_PACKAGES_TESTS = "tests/acceptance/test_packages.py"
_STATISTICS_TESTS = "tests/acceptance/test_old_statistics.py"

PARTS = (
    Part(
        "bench",
        "a short benchmark, whose ratios must stay within their bounds",
        (
            Command(
                (PYTHON, "-m", "scripts.bench", "--check"),
                {
                    "BENCH_PICTURES": "",
                    "BENCH_ROWS": "100000",
                    "BENCH_SCENARIOS": "first_load unchanged changed_1 delta_1",
                },
            ),
        ),
    ),
    Part(
        "crash",
        "a fault at every round trip, its kind by the seed, and 1,000 at random times; proves that it finds bugs",
        (_pytest("tests/crash", "-m", "", ETL_CRASH="each", ETL_CRASH_FAULTS="1000", ETL_CRASH_SEED=SEED),),
    ),
    Part(
        "properties",
        "200 random histories of 50 steps beside the model, and others of two sources, records and versions",
        (
            _pytest(
                "tests/properties", "-m", "not negative_control", ETL_PROPERTY_EXAMPLES="200", ETL_PROPERTY_STEPS="50"
            ),
        ),
    ),
    Part(
        "injected-faults",
        "proves that random histories find bugs: each of these faults of a statement is found",
        (_pytest("tests/properties", "-m", "negative_control", ETL_PROPERTY_EXAMPLES="100"),),
    ),
    Part(
        "kafka",
        "topics in and out with all cases, OpenFlights by topic, 15 minutes of load with faults; finds bugs",
        (_pytest(*_KAFKA_TESTS, "-m", "", **_lengths(ETL_KAFKA_LOAD_MINUTES="15", ETL_TEST_CUTS="60")),),
    ),
    Part(
        "kafka-crash",
        "a fault at every round trip of who reads a topic; 50 random histories of records and rows; finds bugs",
        (
            _pytest(_KAFKA_CRASHES, "-m", "", **_lengths(ETL_CRASH="all", ETL_KAFKA_STEP="3")),
            _pytest(_KAFKA_HISTORIES, "-m", "", **_lengths(ETL_PROPERTY_EXAMPLES="200")),
        ),
    ),
    Part(
        "bench-kafka",
        "a short benchmark of topics, whose ratios must stay within their bounds",
        (Command((PYTHON, "-m", "scripts.bench.kafka", "--check"), {"BENCH_ROWS": "50000", "BENCH_REPEATS": "3"}),),
    ),
    Part(
        "directory",
        "a domain of 5,000 people: syncs, the day after, logins and groups beside a plain model; time and memory",
        (
            _pytest("tests/integration/directory", "-m", ""),
            Command((PYTHON, "-m", "scripts.bench.directory", "--check"), {"BENCH_REPEATS": "3"}),
        ),
    ),
    Part(
        "web",
        "pages of the console beside 10 million errors, each in 200 ms; 100 open ones cost no more than one",
        (Command((PYTHON, "-m", "scripts.bench.web")),),
    ),
    Part(
        "layouts",
        "import, store and out in three databases, then on three servers",
        tuple(_pytest(*_LAYOUT_TESTS, ETL_TEST_LAYOUT=layout) for layout in ("databases apart", "three servers")),
    ),
    Part(
        "coverage",
        "95 % of the branches of etl/ are taken",
        (Command((PYTHON, "-m", "scripts.postgresql", "14", "18", "--", PYTHON, "-m", "scripts.covered")),),
    ),
    Part(
        "whole",
        "what `make test` takes only in part: all cases of tests with parameters, each layout, a million rows",
        (_on("14 18", "tests", "-m", "nightly", f"--ignore={_STATISTICS_TESTS}", f"--ignore={_PACKAGES_TESTS}"),),
    ),
    Part(
        "operations",
        "backup, restore and verification: all cases, in one database and in three, on PostgreSQL 14 and 18",
        (_on("14 18", *_OPERATIONS_TESTS, "-m", ""),),
    ),
    Part(
        "statistics",
        "undo, waiting, errors, clean and versions beside a journal of two million rows, with old statistics",
        # Newer servers find a good plan for some statements even without statistics.
        (_on("14", _STATISTICS_TESTS, "-m", ""),),
    ),
    Part(
        "packages",
        "packages are built, installed in a clean Debian and by tools; demo, service, completion; the chart is checked",
        (
            Command((PYTHON, "-m", "pip", "install", "--quiet", "--editable", ".[packages]")),
            # In one process, as its fixtures are most of the work.
            _pytest(_PACKAGES_TESTS, "-m", "nightly", "--numprocesses", "0"),
        ),
    ),
    Part("postgres-14", "all tests on PostgreSQL 14", (_on("14"),)),
    Part("postgres-18", "all tests on PostgreSQL 18", (_on("18"),)),
)


@dataclass(frozen=True)
class Entry:
    """A line of the page."""

    part: str
    meaning: str
    result: str
    minutes: str
    commit: str
    date: str
    seed: str

    @classmethod
    def of_line(cls, line: str) -> "Entry":
        """Of a row of the table."""
        return cls(*(cell.strip() for cell in line.strip().strip("|").split("|")))

    def as_line(self) -> str:
        """As a row of the table."""
        cells = (self.part, self.meaning, self.result, self.minutes, self.commit, self.date, self.seed)
        return f"| {' | '.join(cells)} |"


def never(part: Part) -> Entry:
    """The line of a part that was not run yet."""
    return Entry(part.name, part.meaning, "not run yet", "", "", "", "")


def page_with(text: str, entry: Entry | None, parts: Sequence[Part] = PARTS) -> str:
    """The page's text with an entry in the place of its part's old one; each part has a line, and nothing else has."""
    entries = [Entry.of_line(line) for line in re.findall(r"(?m)^\| [\w-]+ \|.*\|$", text)]
    known = {one.part: one for one in entries}
    if entry:
        known[entry.part] = entry
    lines = [replace(known.get(part.name, never(part)), meaning=part.meaning).as_line() for part in parts]
    return _HEAD + "\n".join(lines) + "\n"


def chosen(names: str, parts: Sequence[Part] = PARTS) -> list[Part]:
    """The parts with these names in the order of the page, all if there is no name; SystemExit names unknown ones."""
    wanted = names.split()
    if unknown := set(wanted) - {part.name for part in parts}:
        known = ", ".join(part.name for part in parts)
        raise SystemExit(f"NIGHTLY: there is no part {', '.join(sorted(unknown))}, only {known}")
    return [part for part in parts if not wanted or part.name in wanted]


def perform(part: Part, seed: int, *, limit: float = LIMIT_SECONDS, grace: float = GRACE_SECONDS) -> str:
    """Runs a part's commands; returns `passed`, or what has failed."""
    deadline = time.monotonic() + limit
    for command in part.commands:
        arguments = [word.replace(SEED, str(seed)) for word in command.arguments]
        environ = {name: value.replace(SEED, str(seed)) for name, value in command.environ.items()}
        # What chooses a part is not for the tests: they try this program too.
        around = {name: value for name, value in os.environ.items() if name not in ("NIGHTLY", "NIGHTLY_SEED")}
        code = _run(arguments, around | environ, deadline, grace)
        if code is None:
            return f"failed: not done after {limit / 60:.0f} minutes"
        if code:
            return f"failed with exit code {code}"
    return "passed"


def _run(arguments: Sequence[str], environ: Mapping[str, str], deadline: float, grace: float) -> int | None:
    """The exit code; None when it was ended because time is up, with all that it has started."""
    process = subprocess.Popen(arguments, env=environ, cwd=CHECKOUT, start_new_session=True)
    try:
        return process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process, grace)


def _end(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ends what a command has left, and it itself: at first as Ctrl-C does, so that servers are stopped in order."""
    try:
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # nothing is left
    process.wait()


def commit_now() -> str:
    """The commit of the checkout; a plus says that files differ from it (but for the page)."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout

    changed = git("status", "--porcelain", "--", ":/", f":(exclude){PAGE.relative_to(CHECKOUT)}").strip()
    return git("rev-parse", "--short=10", "HEAD").strip() + ("+" if changed else "")


def main(environ: Mapping[str, str], *, page: Path = PAGE, act: Callable[[Part, int], str] = perform) -> int:
    """Performs the parts that NIGHTLY names and writes each one's line at once."""
    # A shell has it ignored in the background, and then everything started here: no part would report in time.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    results = []
    for part in chosen(environ.get("NIGHTLY", "")):
        seed = int(environ.get("NIGHTLY_SEED") or secrets.randbelow(2**32))
        commit, began = commit_now(), time.monotonic()
        print(f"nightly: {part.name}: {part.meaning} (seed {seed})", flush=True)
        result = act(part, seed)
        entry = Entry(
            part.name,
            part.meaning,
            result,
            f"{(time.monotonic() - began) / 60:.0f}",
            commit,
            f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
            str(seed) if part.has_seed else "none",
        )
        page.write_text(page_with(page.read_text(encoding="utf-8") if page.exists() else "", entry), encoding="utf-8")
        results.append(result)
        print(f"nightly: {part.name}: {result} after {entry.minutes} minutes", flush=True)
    return 0 if all(result == "passed" for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
