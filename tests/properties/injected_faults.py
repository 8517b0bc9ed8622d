"""Faults injected into the engine's statements, and the check that the property test finds them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
# SQLSTATEs of statements that are no SQL, or name or compare what does not fit.
_NO_SQL = ("426", "427", "428")


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


@contextmanager
def must_be_found() -> Iterator[None]:
    """Fails unless what it encloses does: by a check or an error of the engine, and not since the changed statement is
    no longer SQL, which any test would find."""
    with pytest.raises((AssertionError, pytest.fail.Exception, EtlError)) as found:
        yield
    refused = [one for one in _causes(found.value) if str(getattr(one, "sqlstate", None) or "").startswith(_NO_SQL)]
    assert not refused, f"the changed statement is no SQL: {refused[0]}"
    print(str(found.value)[-2000:])


def _causes(error: BaseException) -> list[BaseException]:
    """With the error itself; a chain of contexts may be a ring."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or following.__context__
    return found


def check_is_found(server: EmbeddedServer, template: Database) -> None:
    """Fails when the property test passes in spite of the fault."""
    quick = settings(SETTINGS, max_examples=_MOST, phases=[Phase.generate], database=None, report_multiple_bugs=False)
    with must_be_found():
        check(server, template, quick)
