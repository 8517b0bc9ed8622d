"""The reference pages are those that the code gives: `python -m scripts.reference` writes them again."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import etl
from scripts.reference.environment import GIVEN, OPEN_TELEMETRY, OWN
from scripts.reference.pages import FOLDER
from tests.documentation import CHECKOUT

_PAGES = "import json; from scripts.reference.pages import pages; print(json.dumps(pages()))"
_OF_OTHERS = re.compile(r"(ETL|MYBPM|OTEL|XDG)_[A-Z_]+")


def test_they_are_current() -> None:
    # In a process of its own: click keeps the option --help as the first caller of a command has it.
    made = subprocess.run([sys.executable, "-c", _PAGES], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    pages = json.loads(made.stdout)
    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in pages} == pages


def variables(tree: ast.Module) -> Iterator[str]:
    """The environment variables that a module names: by a beginning of ours, or where it reads the environment."""
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if _OF_OTHERS.fullmatch(text):
                yield text
            case (
                ast.Call(func=ast.Attribute(value=read, attr="get"), args=[key, *_])
                | ast.Subscript(value=read, slice=key)
                | ast.Compare(left=key, ops=[ast.In()], comparators=[read])
            ) if ast.unparse(read).endswith("environ"):
                name = key.value if isinstance(key, ast.Constant) else constants.get(ast.unparse(key))
                if isinstance(name, str):
                    yield name


def test_every_variable_that_the_code_reads_is_on_the_page() -> None:
    package = Path(etl.__file__).parent
    found = {name for path in package.rglob("*.py") for name in variables(ast.parse(path.read_text(encoding="utf-8")))}
    named = {*OWN, *OPEN_TELEMETRY, *GIVEN}
    assert found - named == {"ETL_HOOK_"}  # a beginning, of which docs/security.md has more
    assert {name for name in named - found if not name.startswith("PG")} == set()


def test_a_variable_is_found() -> None:
    text = 'KEY = "A"\nx = os.environ["TZ"], environ.get(KEY), "B" in environ, "ETL_LOG", data["no"]'
    assert set(variables(ast.parse(text))) == {"A", "B", "ETL_LOG", "TZ"}
