"""SQL is read like the rest: no line of it is longer than one of Python may be."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_LONGEST = 120
_ENDINGS = ("*.sql", "*.jinja", "*.sql.j2")
# Statements of migrations, which are left as databases have run them: path -> the long lines.
_KEPT = {
    "etl/sources/in_tables/migrations/0002_source.sql": [
        "alter table {{ schema | ident }}.run_fence add column source"
    ],
    "etl/store/migrations/0004_references.sql": [
        "alter table {{ schema | ident }}.boi_reference add constraint boi_reference_one_owner",
        "    'The owner''s instance, where it was there when the link began to wait;",
        "            (select cast(t.at as text) from",
    ],
}
# Released migrations never change.
_RELEASED = ("0000_", "0001_")


def sql_files() -> list[Path]:
    """Relative to the repository; in a fixed order, for parallel tests."""
    found = [path for top in ("etl", "ddl_templates") for ending in _ENDINGS for path in (_ROOT / top).rglob(ending)]
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
    assert set(_KEPT) <= checked
    assert "ddl_templates/store/unique_index.sql.j2" in checked
    assert "etl/contract/sql/check.sql" in checked
    assert not any("migrations/0000_" in path or "migrations/out/0001_" in path for path in checked)


@pytest.mark.parametrize("path", [path for path in sql_files() if is_checked(path)], ids=str)
def test_no_line_is_too_long(path: Path) -> None:
    text = (_ROOT / path).read_text(encoding="utf-8")
    found = [text.splitlines()[number - 1] for number in long_lines(text)]
    kept = _KEPT.get(path.as_posix(), [])
    assert len(found) == len(kept), found
    assert all(line.startswith(start) for line, start in zip(found, kept, strict=True)), found


@pytest.mark.parametrize(("line", "found"), [("x" * 121, [2]), ("x" * 120, []), ("я" * 121, [2]), ("я" * 120, [])])
def test_a_long_line_is_found(line: str, found: list[int]) -> None:
    assert long_lines(f"select 1\n{line}\n") == found
