"""SQL is read like the rest: no line of it is longer than one of Python may be."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_LONGEST = 120
_ENDINGS = ("*.sql", "*.jinja", "*.sql.j2")
# Released migrations never change.
_RELEASED = ("0000_", "0001_")


def sql_files() -> list[Path]:
    """Relative to the repository; in a fixed order, for parallel tests."""
    found = [
        path
        for top in ("etl", "ddl_templates", "scripts")
        for ending in _ENDINGS
        for path in (_ROOT / top).rglob(ending)
    ]
    return sorted(path.relative_to(_ROOT) for path in found)


def is_checked(path: Path) -> bool:
    is_released = path.parts[-3:-1].count("migrations") > 0 and path.name.startswith(_RELEASED)
    return not is_released


def long_lines(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if len(line) > _LONGEST]


def test_sql_is_found_where_it_lies() -> None:
    checked = {path.as_posix() for path in sql_files() if is_checked(path)}
    assert "etl/outputs/versions/sql/window.jinja" in checked
    assert {"etl/merge/rows/sql/ways.jinja", "etl/store/sql/targets.jinja"} <= checked
    assert "ddl_templates/store/unique_index.sql.j2" in checked
    assert {"etl/contract/sql/check.sql", "scripts/bench/sql/floor.sql"} <= checked
    assert not any("migrations/0000_" in path or "migrations/out/0001_" in path for path in checked)


@pytest.mark.parametrize("path", [path for path in sql_files() if is_checked(path)], ids=str)
def test_no_line_is_too_long(path: Path) -> None:
    assert long_lines((_ROOT / path).read_text(encoding="utf-8")) == []


def test_no_rendered_line_is_too_long_to_be_reviewed() -> None:
    """Lists are broken into lines when they are rendered; one condition or expression may be long."""
    rendered = sorted((_ROOT / "tests/cases").rglob("*.sql"))
    assert rendered
    assert not [path for path in rendered if any(len(line) > 360 for line in path.read_text("utf-8").splitlines())]


@pytest.mark.parametrize(("line", "found"), [("x" * 121, [2]), ("x" * 120, []), ("я" * 121, [2]), ("я" * 120, [])])
def test_a_long_line_is_found(line: str, found: list[int]) -> None:
    assert long_lines(f"select 1\n{line}\n") == found
