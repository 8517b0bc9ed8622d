"""Where the folders beside the code lie: inside an installed package, or at the top of a checkout."""

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `ddl_templates`, `docs` or `zk_config`.

    A wheel carries them inside the package; a checkout (and an editable install) keeps them at its top.
    """
    package = Path(__file__).parent
    for candidate in (package / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the installation of etl lacks its folder {name}: install it again")
