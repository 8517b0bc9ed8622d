"""The package `etl.engine` imports its modules when they are asked for, and shows type checkers the same names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from etl import engine

_FILE = Path(engine.__file__)


def _imports_for_type_checkers() -> dict[str, set[str]]:
    tree = ast.parse(_FILE.read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    found: dict[str, set[str]] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module
        found.setdefault(node.module.removeprefix("etl.engine."), set()).update(alias.name for alias in node.names)
    return found


def test_type_checkers_see_what_a_program_gets() -> None:
    assert {module: set(names.split()) for module, names in engine._MODULES.items()} == _imports_for_type_checkers()
    assert sorted(name for names in engine._MODULES.values() for name in names.split()) == sorted(engine.__all__)
    assert all(getattr(engine, name) is not None for name in engine.__all__)


def test_no_module_has_the_name_of_what_the_package_has() -> None:
    """Python would put the module there once something imports it."""
    assert not {path.stem for path in _FILE.parent.iterdir()} & set(engine.__all__)


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'runonce'"):
        engine.runonce  # type: ignore[attr-defined]  # noqa: B018


def test_a_look_at_the_marker_imports_no_command_beside_it() -> None:
    names = "etl.engine.instances etl.engine.pins etl.engine.repair etl.engine.status etl.engine.undoing"
    code = f"import sys, etl.cli.run; print([name for name in {names.split()} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]", ended.stdout
