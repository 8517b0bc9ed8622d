"""Faults injected into the engine's statements, and the check that the property test finds them."""

import re
from collections.abc import Callable

import pytest
from hypothesis import Phase, settings

from etl.database import SqlTemplates
from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_database import Database
from tests.properties.test_in_migration import SETTINGS, check
from tests.statements import check_statements_exist

Change = Callable[[str], str]


def replace(pattern: str, by: str) -> Change:
    return lambda sql: re.sub(pattern, by, sql)


def nothing(sql: str) -> str:
    return "select 1 where false"


def inject_fault(monkeypatch: pytest.MonkeyPatch, statement: str, change: Change) -> None:
    """Changes the statement of this name from now on."""
    check_statements_exist([statement])
    render = SqlTemplates.text

    def text(self: SqlTemplates, name: str, /, **names: object) -> str:
        sql = render(self, name, **names)
        return change(sql) if name == statement else sql

    monkeypatch.setattr(SqlTemplates, "text", text)


def check_is_found(server: EmbeddedServer, template: Database) -> None:
    """Fails when the property test passes in spite of the fault."""
    quick = settings(SETTINGS, max_examples=1000, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    with pytest.raises((AssertionError, EtlError)):
        check(server, template, quick)
