"""The named SQL statements of the engine, for tests that replace some."""

from collections.abc import Iterable
from pathlib import Path

import etl


def check_statements_exist(names: Iterable[str]) -> None:
    """An injected fault in a statement that was renamed would change nothing."""
    known = {path.stem for path in Path(etl.__file__).parent.rglob("sql/*.sql")}
    unknown = sorted(set(names) - known)
    assert not unknown, f"no statements of the engine: {unknown}"
