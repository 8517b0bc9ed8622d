"""Faults injected into the engine's statements, and the check that the property test finds them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import Phase, settings

from etl.database import SqlTemplates
from etl.embedded import EmbeddedServer
from etl.errors import EtlError
from tests.fix_database import Database
from tests.properties.test_in_migration import SETTINGS, check
from tests.statements import check_statements_exist

Change = Callable[[str], str]
# Examples in which a fault must be found.
_MOST = 300


def replace(pattern: str, by: str) -> Change:
    return lambda sql: re.sub(pattern, by, sql)


def nothing(sql: str) -> str:
    return "select 1 where false"


@dataclass
class InjectedFault:
    """`rendered`, `changed`: how often the statement was rendered, and how often that differed from the engine's."""

    statement: str
    rendered: int = 0
    changed: int = 0


# Of the test under way.
INJECTED: list[InjectedFault] = []


def check_all_are_injected() -> None:
    """A change that finds nothing to change in its statement would prove nothing."""
    unchanged = [fault for fault in INJECTED if not fault.changed]
    assert not unchanged, f"nothing was changed: {unchanged}"


def inject_fault(monkeypatch: pytest.MonkeyPatch, statement: str, change: Change) -> None:
    """Changes the statement of this name from now on."""
    check_statements_exist([statement])
    fault, render = InjectedFault(statement), SqlTemplates.text
    INJECTED.append(fault)

    def text(self: SqlTemplates, name: str, /, **names: object) -> str:
        sql = render(self, name, **names)
        if name != statement:
            return sql
        changed = change(sql)
        fault.rendered += 1
        fault.changed += changed != sql
        return changed

    monkeypatch.setattr(SqlTemplates, "text", text)


def check_is_found(server: EmbeddedServer, template: Database) -> None:
    """Fails when the property test passes in spite of the fault."""
    quick = settings(SETTINGS, max_examples=_MOST, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    with pytest.raises((AssertionError, EtlError)) as found:
        check(server, template, quick)
    print(str(found.value)[-2000:])
