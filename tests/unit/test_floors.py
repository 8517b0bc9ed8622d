"""The floors of the house are a contract in setup.cfg: these tests prove that it bites and forgets no room."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import etl

pytestmark = pytest.mark.slow  # each test starts a process of its own

HOUSE = Path(etl.__file__).parent
CHECKOUT = HOUSE.parent

WRONG_IMPORTS = {
    "metadata/stray.py": "import sqlalchemy",
    "plan/stray.py": "import etl.database",
    "settings/stray.py": "import etl.config",
    "database/stray.py": "import etl.settings",
    "handshake/stray.py": "import etl.tasks",
    "store/stray.py": "import etl.inbound",
    "inbound/stray.py": "import psycopg",
    "files/stray.py": "import etl.inbound",
    "cli/stray.py": "import kazoo.client",
    "errors.py": "import etl.resources",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(HOUSE, tmp_path / "etl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "setup.cfg", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_house_keeps_its_floors(copy: Path) -> None:
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


def test_every_room_is_packaged() -> None:
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg")
    packaged = set(setup["options"]["packages"].split())
    rooms = {f"etl.{init.parent.name}" for init in HOUSE.glob("*/__init__.py")}
    folders = {"etl.ddl_templates", "etl.zk_config"}
    assert packaged == {"etl"} | rooms | folders


def test_every_folder_is_a_room() -> None:
    """A folder without __init__.py would be a package to Python and nothing to the linter."""
    files = [file for file in HOUSE.rglob("*.py") if "__pycache__" not in file.parts]
    assert not [file for file in files if not (file.parent / "__init__.py").exists()]
