"""The chart for Helm, packed with the version of etl: Helm reads it, and Kubernetes' schemas fit what it makes."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

from scripts.packages.steps import CHECKOUT, VERSION, PackagingError, pack, run

FOLDER = Path(__file__).with_name("chart")
HELM_VERSION = "4.3.1"
# The oldest Go that compiles this Helm, by its go.mod.
GO_VERSION = (1, 26)
_MODULE = f"helm.sh/helm/v4/cmd/helm@v{HELM_VERSION}"
_HELM = CHECKOUT / f".services/helm-{HELM_VERSION}/helm"
_GO_NEEDED = (
    f"the chart is checked by Helm, which Go {GO_VERSION[0]}.{GO_VERSION[1]} or newer compiles: install it, "
    "and put the folder with its program go into PATH"
)


def build(into: Path) -> Path:
    """Builds the archive after Helm and Kubernetes' schemas have found nothing wrong with any set of values."""
    program = helm()
    archive = into / f"etl-chart-{VERSION}.tgz"
    with tempfile.TemporaryDirectory() as made:
        packed = pack(_filled(Path(made) / "etl"), Path(made) / archive.name)
        for values in value_sets():
            run(program, "lint", "--strict", "--quiet", packed, "--values", values)
            check(render(packed, values), values.name)
        shutil.copyfile(packed, archive)
    return archive


def value_sets() -> list[Path]:
    """Examples, each another way to give the configuration."""
    return sorted((FOLDER / "examples").glob("*.yaml"))


def helm() -> Path:
    """Helm, compiled by Go the first time; it asks no cluster."""
    need_go()
    if not _HELM.exists():
        _HELM.parent.mkdir(parents=True, exist_ok=True)
        # Another process may compile it too: it appears whole.
        with tempfile.TemporaryDirectory(dir=_HELM.parent) as made:
            environ = {"GOBIN": made, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
            run("go", "install", "-trimpath", "-ldflags", "-s -w", _MODULE, environ=environ)
            Path(made, "helm").replace(_HELM)
    return _HELM


def need_go() -> None:
    """PackagingError unless there is a Go that is new enough."""
    if not shutil.which("go"):
        raise PackagingError(f"the program go is missing; {_GO_NEEDED}")
    said = run("go", "version", environ={"GOTOOLCHAIN": "local"}).strip()
    if not is_new_enough(said):
        raise PackagingError(f"`go version` says {said!r}; {_GO_NEEDED}")


def is_new_enough(said: str) -> bool:
    """Of the answer of `go version`."""
    found = re.search(r"\bgo(\d+)\.(\d+)", said)
    return found is not None and (int(found[1]), int(found[2])) >= GO_VERSION


def render(chart: Path, values: Path, *options: str) -> str:
    """What Helm would send to a cluster, as YAML."""
    return run(helm(), "template", "etl", chart, "--values", values, *options)


def check(manifests: str, named: str) -> None:
    """PackagingError when something is not as Kubernetes' schemas, which lie in kubernetes-validate, have it."""
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / named
        file.write_text(manifests)
        try:
            said = run(sys.executable, "-m", "kubernetes_validate", "--strict", file)
        except PackagingError as error:
            if "No module named" in str(error):
                raise PackagingError("kubernetes_validate is missing: .venv/bin/pip install '.[packages]'") from error
            raise
    if not said:
        raise PackagingError(f"{named} makes nothing")
    # Of a kind without a schema it only warns.
    if faults := [line for line in said.splitlines() if not line.startswith("INFO")]:
        raise PackagingError(f"{named} is not checked whole:\n" + "\n".join(faults))


def _filled(folder: Path) -> Path:
    """The chart with the version of etl; modes are the same for every account."""
    shutil.copytree(FOLDER, folder)
    described = folder / "Chart.yaml"
    described.write_text(described.read_text().replace("@VERSION@", VERSION))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder
