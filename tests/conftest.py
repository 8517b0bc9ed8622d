"""Fixtures by concern lie in fix_*.py; here is only what holds for every test."""

import gc
import os
import secrets
import tempfile
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from tests.sweeps import leave_cases_to_nightly

# In this order: fix_company imports fix_database, and pytest has to rewrite the asserts of a module before its import.
pytest_plugins = ["tests.fix_database", "tests.fix_zookeeper", "tests.fix_kafka", "tests.fix_company", "tests.fix_web"]
pytest_plugins += ["tests.fix_browser", "tests.fix_restore", "tests.fix_directory"]

# Fresh examples in every run, and what it takes to see a failure again: the blob of the example, the seed of the run.
hypothesis.settings.register_profile("etl", derandomize=False, print_blob=True, deadline=None)
# `make unit` is asked often: each time a few others.
hypothesis.settings.register_profile("unit", parent=hypothesis.settings.get_profile("etl"), max_examples=20)
hypothesis.settings.load_profile("etl")


# Each test makes a database, which is some three hundred files: a third of the time of many, on a disk.
_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 8 << 30


def _keep_files_in_memory() -> None:
    """Where there is plenty of it, and no folder for temporary files was given."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    place = os.statvfs(_MEMORY)
    if place.f_bavail * place.f_frsize >= _ENOUGH_BYTES and not place.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    _keep_files_in_memory()
    if hasattr(config, "workerinput"):
        gc.disable()  # until all is collected: there is hardly any garbage before
    if config.getoption("hypothesisseed", None) is None:
        config.option.hypothesisseed = str(secrets.randbelow(2**32))


# Fixtures that a test reaches, directly or through others -> the mark it gets for them.
_NEEDS = {
    "server": "database",
    "open_folder": "database",
    "zookeeper_server": "zookeeper",
    "own_zookeeper": "zookeeper",
    "kafka_url": "kafka",
    "kafka_brokers": "kafka",
    "secure_kafka": "kafka",
    "_start_domain": "directory",
    "openldap": "directory",
}
# Real processes, signals and waits, minutes in all.
_SLOW = ("acceptance", "browser", "crash", "properties")
# Their subject is what comes after the preparation of store and out_ version; single modules of them are `first_run`.
_PREPARED = tuple(
    name if name == "browser" else f"integration/{name}"
    for name in (
        "browser",
        "cli",
        "engine",
        "files",
        "freshness",
        "hooks",
        "kafka_in",
        "kafka_out",
        "kafka_records",
        "logs",
        "merge",
        "operations",
        "outputs",
        "telemetry",
        "web",
    )
)
_TESTS = Path(__file__).parent
# Of tests with these marks `make test` takes only some cases (tests/sweeps.py).
_COSTLY = ("database", "directory", "kafka", "zookeeper", "slow")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Derives the marks from the fixtures of each test, before pytest selects by them."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in _NEEDS:
                item.add_marker(_NEEDS[fixture])
        for mark in _marks_of(item.path.parent):
            item.add_marker(mark)
    # A test that is named is run as it is named.
    if not any("::" in argument for argument in config.args):
        leave_cases_to_nightly(item for item in items if any(map(item.get_closest_marker, _COSTLY)))


@cache
def _marks_of(parent: Path) -> tuple[str, ...]:
    """The marks of all tests in a folder."""
    folder = f"{parent.relative_to(_TESTS).as_posix()}/" if parent.is_relative_to(_TESTS) else ""
    marks = {"slow": _SLOW, "prepared": _PREPARED}
    return tuple(mark for mark, names in marks.items() if folder.startswith(tuple(f"{name}/" for name in names)))


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: the garbage collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"hypothesis: --hypothesis-seed={config.getoption('hypothesisseed')}", f"files: {tempfile.gettempdir()}"]
