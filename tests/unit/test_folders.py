"""The folders of the checkout: what is installed, and how many files lie together."""

import configparser
from collections import Counter
from pathlib import Path

import etl

PACKAGE = Path(etl.__file__).parent
CHECKOUT = PACKAGE.parent


def test_every_package_is_installed() -> None:
    setup = configparser.ConfigParser()
    setup.read(CHECKOUT / "setup.cfg")
    packaged = set(setup["options"]["packages"].split())
    packages = {".".join(init.parent.relative_to(CHECKOUT).parts) for init in PACKAGE.rglob("__init__.py")}
    folders = {"etl.ddl_templates", "etl.docs", "etl.zk_config"}
    assert packaged == packages | folders


def test_no_folder_is_crowded() -> None:
    """A folder of more files is no map: it is cut into folders by what belongs together."""
    files = [file for top in ("etl", "ddl_templates", "tests", "scripts") for file in (CHECKOUT / top).rglob("*")]
    counts = Counter(file.parent for file in files if file.is_file() and file.suffix != ".pyc")
    assert not {str(folder): number for folder, number in counts.items() if number > 40}
