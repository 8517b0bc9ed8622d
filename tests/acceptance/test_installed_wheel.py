"""The wheel, installed outside the checkout, has everything that the checkout has."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import etl

CHECKOUT = Path(etl.__file__).parents[1]
SOURCES = (
    "etl",
    "ddl_templates",
    "docs",
    "zk_config",
    "share",
    "setup.cfg",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)

# What an installation has to show: each data file of the package with its path, seen through the door of resources.
LIST_FILES = """
from etl.resources import folder
for name in ("ddl_templates", "zk_config"):
    top = folder(name)
    print(*(path.relative_to(top.parent) for path in sorted(top.rglob("*")) if path.is_file()), sep="\\n")
"""


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr + result.stdout
    return result.stdout


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by way of the source archive, in a copy: the checkout stays free of build folders."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    run(sys.executable, "-m", "build", cwd=copy)
    (built,) = (copy / "dist").glob("etl-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, outside: Path) -> Path:
    """The folder of programs of a fresh environment that has etl from the wheel alone."""
    run(sys.executable, "-m", "venv", "--without-pip", outside / "venv", cwd=outside)
    bin_folder = outside / "venv" / "bin"
    # What is compiled is never used but for a few modules.
    options = ("--quiet", "--disable-pip-version-check", "--no-compile")
    run(sys.executable, "-m", "pip", "--python", bin_folder / "python", "install", *options, wheel, cwd=outside)
    return bin_folder


def files(top: str) -> set[str]:
    return {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / top).rglob("*") if path.is_file()}


def test_the_command_runs(installed: Path, outside: Path) -> None:
    assert etl.__version__ in run(installed / "etl", "--version", cwd=outside)


def test_templates_and_defaults_are_found(installed: Path, outside: Path) -> None:
    found = run(installed / "python", "-c", LIST_FILES, cwd=outside).split("\n")
    assert set(filter(None, found)) == files("ddl_templates") | files("zk_config")


def test_statements_and_type_marks_are_there(installed: Path, outside: Path) -> None:
    code = "import etl, pathlib; print(*pathlib.Path(etl.__file__).parent.rglob('*'), sep='\\n')"
    package = {
        path for path in run(installed / "python", "-c", code, cwd=outside).split("\n") if "site-packages" in path
    }
    names = {path.split("site-packages/")[1] for path in package}
    expected = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "etl").rglob("*.*") if path.suffix != ".pyc"}
    assert expected <= names


def test_man_pages_and_completion_lie_where_man_and_the_shells_look(installed: Path, outside: Path) -> None:
    top = installed.parent
    found = {str(path.relative_to(top)) for path in (top / "share").rglob("*") if path.is_file()}
    assert found == files("share")
    completion = "source share/bash-completion/completions/etl; COMP_WORDS=(etl generate-d); COMP_CWORD=1; "
    asked = completion + '_etl_completion etl; echo "${COMPREPLY[@]}"'
    environ = {"PATH": f"{installed}:/usr/bin:/bin"}
    result = subprocess.run(["bash", "-c", asked], cwd=top, env=environ, capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("generate-ddl\n", "")


def test_pages_are_shown(installed: Path, outside: Path) -> None:
    for topic, page in {"tutorial": "tutorial.md", "dates": "how-to/dates.md"}.items():
        assert run(installed / "etl", "help", topic, cwd=outside) == (CHECKOUT / "docs" / page).read_text("utf-8")


def test_the_license_comes_along(wheel: Path) -> None:
    listing = run(sys.executable, "-m", "zipfile", "-l", wheel, cwd=wheel.parent)
    assert "licenses/LICENSE" in listing
