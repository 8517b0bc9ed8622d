"""Fixtures by concern lie in fix_*.py; here is only what holds for every test."""

import secrets

import hypothesis
import pytest

# In this order: fix_company imports fix_database, and pytest has to rewrite the asserts of a module before its import.
pytest_plugins = ["tests.fix_database", "tests.fix_zookeeper", "tests.fix_company"]

# Fresh examples in every run, and what it takes to see a failure again: the blob of the example, the seed of the run.
hypothesis.settings.register_profile("etl", derandomize=False, print_blob=True, deadline=None)
hypothesis.settings.load_profile("etl")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("hypothesisseed", None) is None:
        config.option.hypothesisseed = str(secrets.randbelow(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    return f"hypothesis: --hypothesis-seed={config.getoption('hypothesisseed')}"
