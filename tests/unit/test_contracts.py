"""The contracts between packages in setup.cfg: each finds what it forbids, and none misses a package."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import etl

pytestmark = pytest.mark.slow  # each test starts a process of its own

PACKAGE = Path(etl.__file__).parent
CHECKOUT = PACKAGE.parent

WRONG_IMPORTS = {
    "metadata/stray.py": "import sqlalchemy",
    "runs/stray.py": "import etl.merge",
    "settings/stray.py": "import etl.config",
    "database/stray.py": "import etl.settings",
    "merge/stray.py": "import etl.sources",
    "store/stray.py": "import etl.merge",
    "outputs/stray.py": "import etl.merge",
    "sources/in_tables/stray.py": "import psycopg",
    "files/stray.py": "import etl.merge",
    "cli/stray.py": "import kazoo.client",
    "engine/stray.py": "import confluent_kafka.admin",
    "kafka/stray.py": "import etl.store",
    "settings/kafka_stray.py": "import etl.kafka",
    "errors.py": "import etl.resources",
    "embedded/stray.py": "import etl.database",
    "runs/plan.py": "import sqlalchemy",
    "engine/record_stray.py": "import msgspec",
    "sources/directory/stray.py": "import ldap.controls",
    "sources/directory/names.py": "import etl.database",
    "monitoring/stray.py": "import prometheus_client",
    "engine/trace_stray.py": "import opentelemetry.trace",
    "settings/schedule/stray.py": "import etl.settings.parse",
    "web/pages/stray.py": "import starlette",
    "monitoring/serving_stray.py": "import uvicorn",
    "engine/web_stray.py": "import etl.web",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGE, tmp_path / "etl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "setup.cfg", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_code_keeps_the_contracts(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


def test_a_stray_folder_is_noticed(copy: Path) -> None:
    (copy / "etl" / "attic").mkdir()
    (copy / "etl" / "attic" / "__init__.py").touch()
    result = lint(copy)
    assert result.returncode == 1
    assert "attic" in result.stdout


@pytest.mark.parametrize("module", WRONG_IMPORTS)
def test_a_wrong_import_is_noticed(copy: Path, module: str) -> None:
    file = copy / "etl" / module
    with file.open("a") as text:
        text.write(f"\n{WRONG_IMPORTS[module]}\n")
    result = lint(copy)
    assert result.returncode == 1
    assert module.split("/")[0].removesuffix(".py") in result.stdout


def test_every_folder_is_a_package() -> None:
    """A folder without __init__.py would be a package to Python and nothing to the linter."""
    files = [file for file in PACKAGE.rglob("*.py") if "__pycache__" not in file.parts]
    assert not [file for file in files if not (file.parent / "__init__.py").exists()]


def test_modules_that_import_each_other_are_noticed(copy: Path) -> None:
    folder = copy / "etl" / "engine"
    (folder / "one.py").write_text('"""One."""\n\nimport etl.engine.other\n')
    (folder / "other.py").write_text('"""Other."""\n\nimport etl.engine.one\n')
    result = lint(copy)
    assert result.returncode == 1
    assert "acyclic" in result.stdout
