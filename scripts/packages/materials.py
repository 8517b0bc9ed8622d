"""The bill of materials: what an installation of the bundle consists of, as CycloneDX."""

import sys
import tempfile
from pathlib import Path

from scripts.packages import bundle, distributions
from scripts.packages.steps import VERSION, PackagingError, run


def build(into: Path) -> Path:
    """Lists an environment into which the bundle's wheels are installed."""
    listed = into / f"etl-{VERSION}.cdx.json"
    with tempfile.TemporaryDirectory() as made:
        folder, environment = Path(made) / "bundle", Path(made) / "installed"
        bundle.fill(folder, distributions.build(into))
        run("sh", folder / "install.sh", environment, environ={"PYTHON": sys.executable})
        program = (sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON")
        try:
            run(*program, "--pyproject", _described(Path(made)), "-o", listed, environment / ".venv")
        except PackagingError as error:
            if "No module named" in str(error):
                raise PackagingError("cyclonedx_py is missing: .venv/bin/pip install '.[packages]'") from error
            raise
    return listed


def _described(folder: Path) -> Path:
    """cyclonedx_py takes name and version of the whole from a pyproject.toml with a table `project`."""
    described = folder / "pyproject.toml"
    described.write_text(f'[project]\nname = "etl"\nversion = "{VERSION}"\nlicense = "Apache-2.0"\n')
    return described
