"""Every fenced block of README and docs/ is run or checked by a test, and blocks that no other test takes are here."""

import json
import re
import shlex
from pathlib import Path

import pytest

from etl.config import ConfigAddress
from etl.settings.logging import LOGGING
from etl.settings.logging.file import read_log_structure
from etl.web.directory_login import LOGIN_PATH
from scripts.domain import _CLIENT
from tests.documentation import CHECKOUT, DIRECTORY, SERVICE, blocks
from tests.unit.settings.reading import settings_of

_DOCS = "tests/acceptance/docs"
_PAGES, _HERE = f"{_DOCS}/test_pages.py", "tests/unit/test_blocks.py"
_PACKAGES = "tests/acceptance/test_packages.py"
_HOW_TO = f"{_DOCS}/test_how_to.py::test_the_pages_can_be_followed"
_PAGILA = f"{_DOCS}/test_pagila.py"
_OPERATIONS = "tests/integration/operations"
# Page -> language -> the tests that run or check its blocks. Pictures and drawings are in no language here.
TESTS: dict[str, dict[str, str]] = {
    "README.md": dict.fromkeys(("sh", "sql", "yaml", "cron", "service"), f"{_DOCS}/test_readme.py"),
    "docs/adopt.md": dict.fromkeys(("csv", "json", "psql", "sh"), f"{_OPERATIONS}/test_adopt.py"),
    "docs/backup.md": {
        "sh": f"{_OPERATIONS}/test_page.py {_OPERATIONS}/test_pgbackrest.py",
        "shell": f"{_PACKAGES}::test_a_service_is_set_up_as_the_pages_say",
    },
    "docs/business-object.md": {
        "sh": "tests/unit/cli/test_metadata_schema.py",
        "sql": "tests/integration/ddl/test_business_object_page.py",
        "yaml": "tests/integration/ddl/test_business_object_page.py tests/unit/cli/test_metadata_schema.py",
    },
    "docs/commit-checks.md": dict.fromkeys(("sh", "yaml", "text"), f"{_DOCS}/test_commit_checks.py"),
    "docs/console.md": {"sh": f"{_DOCS}/test_web.py"},
    "docs/contract.md": {"sh": "tests/acceptance/test_contract.py"},
    "docs/directory.md": {
        "conf": f"{_HERE}::test_the_settings_of_the_directory",
        "http": f"{_HERE}::test_the_request_of_a_sign_in",
        "sh": "tests/integration/directory/test_check.py tests/integration/directory/test_domain_sync.py",
        "shell": f"{_HERE}::test_the_packages_of_the_client_of_directories",
    },
    "docs/erase.md": {"sh": f"{_OPERATIONS}/test_erase.py::test_the_commands_of_the_page_run"},
    "docs/errors.md": {"sh": f"{_PAGES}::test_the_commands_of_the_pages_run"},
    "docs/files.md": dict.fromkeys(("csv", "sh"), "tests/integration/files/test_page.py"),
    **{
        f"docs/how-to/{page}.md": dict.fromkeys(languages.split(), _HOW_TO)
        for page, languages in {
            "add-a-field": "sh text yaml",
            "change-a-type": "sh text yaml",
            "dates": "sh sql",
            "large-load": "sh",
            "missing-row": "sh sql",
            "read-a-file": "sh sql",
            "remove-a-link": "sh sql text",
            "set-up-a-partner": "sh sql",
        }.items()
    },
    "docs/how-to/model-a-database.md": dict.fromkeys(("sql", "yaml"), _PAGILA),
    "docs/incident.md": {"sh": f"{_OPERATIONS}/test_incident_page.py"},
    "docs/install.md": {
        "make": f"{_HERE}::test_the_parts_of_the_packages",
        "sh": (
            f"{_PACKAGES}::test_the_bundle_installs_without_network "
            f"{_PACKAGES}::test_the_debian_package_installs_and_goes"
        ),
        "shell": (
            f"{_PACKAGES}::test_the_wheel_installs_as_a_tool {_PACKAGES}::test_a_service_is_set_up_as_the_pages_say "
            f"{_PACKAGES}::test_the_commands_for_a_cluster_fit_the_chart"
        ),
        "yaml": "tests/unit/test_chart.py",
    },
    "docs/kafka-out.md": {
        **dict.fromkeys(("sh", "sql"), f"{_DOCS}/test_kafka.py"),
        "json": "tests/integration/kafka_out/test_records.py::test_a_change_has_what_changed_and_the_unique_fields",
    },
    "docs/kafka-records.md": dict.fromkeys(("json", "sql"), "tests/integration/kafka_records/test_page.py"),
    "docs/kafka.md": {
        **dict.fromkeys(("conf", "service", "sh"), f"{_DOCS}/test_kafka.py"),
        "properties": "tests/unit/test_docs.py::test_the_options_of_the_kafka_page_are_settings",
    },
    "docs/monitoring.md": {
        "json": f"{_PAGES}::test_the_events_of_the_monitoring_page_hold_what_it_says",
        "sh": f"{_PAGES}::test_the_commands_of_the_monitoring_page_run",
        "sql": "tests/integration/engine/test_information.py",
    },
    "docs/move.md": dict.fromkeys(("sh", "sql"), f"{_OPERATIONS}/test_move.py"),
    "docs/operator.md": {
        "sh": f"{_PAGES}::test_the_commands_of_the_pages_run",
        "sql": f"{_PAGES}::test_the_view_of_the_operator_page_answers",
        "text": f"{_OPERATIONS}/test_incident_page.py",
    },
    "docs/partner.md": {"sql": f"{_PAGES}::test_the_partner_page_runs"},
    "docs/partner.ru.md": {"sql": "tests/unit/test_docs.py::test_the_partner_page_is_the_same_in_russian"},
    "docs/privileges.md": dict.fromkeys(("sh", "sql"), _PAGES),
    "docs/python.md": {"python": "tests/integration/files/test_tables_in_memory.py::test_the_page"},
    "docs/readers.md": dict.fromkeys(("sh", "sql"), "tests/integration/outputs/test_readers.py"),
    "docs/recovery-steps.md": dict.fromkeys(("sh", "sql"), f"{_OPERATIONS}/test_recovery_steps.py"),
    "docs/recovery.md": {"sh": f"{_OPERATIONS}/test_recover.py::test_the_commands_of_the_page_run"},
    "docs/reference/commands.md": {"text": "tests/unit/test_reference_pages.py"},
    "docs/reference/zookeeper.md": {"text": "tests/unit/test_reference_pages.py"},
    "docs/scheduler.md": {"python": f"{_DOCS}/test_scheduler.py"},
    "docs/repair.md": {"sh": f"{_OPERATIONS}/test_repair.py::test_the_commands_of_the_page_run"},
    "docs/security.md": {"url": f"{_HERE}::test_the_url_of_a_tree_that_is_signed_in_to"},
    "docs/service.md": {
        "sh": f"{_PAGES}::test_the_commands_of_the_service_page_run",
        "shell": f"{_PACKAGES}::test_a_service_is_set_up_as_the_pages_say",
        "text": f"{_HERE}::test_the_log_of_the_service_page",
    },
    "docs/speed.md": {"make": "tests/unit/test_docs.py"},
    "docs/store.md": {
        "sh": f"{_PAGES}::test_the_commands_of_the_pages_run",
        "sql": "tests/integration/merge/test_origin.py",
    },
    "docs/tutorial.md": dict.fromkeys(("sh", "sql", "text", "yaml"), f"{_DOCS}/test_tutorial.py"),
    "docs/upgrade.md": {
        "sh": f"{_OPERATIONS}/test_upgrade_page.py",
        "sql": "tests/integration/upgrade/test_restored.py",
        "text": "tests/unit/test_docs.py::test_the_versions_of_this_program_are_reported",
    },
    "docs/versions.md": {"sh": f"{_PAGES}::test_the_commands_of_the_pages_run"},
    "docs/web.md": {"sh": f"{_DOCS}/test_web.py"},
}
# Drawings.
_INDENTED = "upgrade.md"  # in a list; its test reads the page itself
_NOT_RUN = {("README.md", "text"), ("docs/architecture.md", "mermaid")}


def fences(path: Path) -> set[str]:
    """The languages of all fenced blocks; an empty one for a block without."""
    opened, found = False, set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            if not opened:
                # `blocks` sees none that is indented.
                assert line.startswith("```") or path.name == _INDENTED, f"{path}: begin it at the margin: {line}"
                found.add(line.strip().removeprefix("```"))
            opened = not opened
    assert not opened, path
    return found


def test_every_block_has_a_test() -> None:
    """A block of another language, or of another page, needs a test that takes it and a line in TESTS."""
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    found = {(str(page.relative_to(CHECKOUT)), language) for page in pages for language in fences(page)}
    assert found - _NOT_RUN == {(page, language) for page, tests in TESTS.items() for language in tests}


@pytest.mark.parametrize("page", TESTS)
def test_the_tests_of_blocks_are_there(page: str) -> None:
    for test in {test for tests in TESTS[page].values() for test in tests.split()}:
        file, _, name = test.partition("::")
        assert f"def {name or 'test_'}" in (CHECKOUT / file).read_text(encoding="utf-8"), test


def test_the_log_of_the_service_page() -> None:
    [text] = [block.text for block in blocks(SERVICE) if block.language == "text"]
    structure, problems = read_log_structure({LOGGING: text}, LOGGING)
    assert (bool(structure), list(problems)) == (True, [])


def test_the_url_of_a_tree_that_is_signed_in_to() -> None:
    [text] = [block.text.strip() for block in blocks(CHECKOUT / "docs/security.md") if block.language == "url"]
    found = ConfigAddress.from_url(text)
    assert (found.user, found.auth, found.ca, found.chroot) == ("USER", "sasl", "/etc/etl/ca.pem", "/mybpm")


def test_the_request_of_a_sign_in() -> None:
    [text] = [block.text for block in blocks(DIRECTORY) if block.language == "http"]
    head, body = text.split("\n\n")
    method, target, _ = head.splitlines()[0].split()
    assert re.findall(r"(?m)^([\w-]+):", head) == ["X-Etl-Password", "Content-Type"]
    assert set(json.loads(body)) == {"login", "password"}
    assert (method, target.partition("?")[0]) == ("POST", LOGIN_PATH)


def test_the_settings_of_the_directory() -> None:
    [text] = [block.text for block in blocks(DIRECTORY) if block.language == "conf"]
    path, _, text = text.partition("\n")
    found = settings_of({path.removeprefix("# "): text}, environ={"AD_PASSWORD": "secret"}).directory
    assert (found.is_used, found.base) == (True, "OU=Staff,DC=corp,DC=test")


def test_the_packages_of_the_client_of_directories() -> None:
    """Those by which scripts/directory compiles it."""
    [text] = [block.text for block in blocks(DIRECTORY) if block.language == "shell"]
    system, client = [shlex.split(line) for line in text.splitlines()]
    assert system[:2] == ["apt-get", "install"]
    assert set(system[2:]) - {"-y", "--no-install-recommends"} == set(_CLIENT.values())
    assert client == ["pip", "install", "etl[directory]"]


def test_the_parts_of_the_packages() -> None:
    from scripts.packages.__main__ import BUILDERS

    [text] = [block.text for block in blocks(CHECKOUT / "docs/install.md") if block.language == "make"]
    assert re.findall(r"some: (.*)", text) == [" ".join(BUILDERS)]
    assert set(re.findall(r'PACKAGES="([^"]*)"', text)) == {"bundle"} <= set(BUILDERS)
