"""The image for containers: a minimal Debian with the package, and an account without privileges."""

import tempfile
from pathlib import Path

from scripts.packages import debian
from scripts.packages.roots import bootstrap
from scripts.packages.steps import VERSION, moment, need, run

# A number, so that Kubernetes can see that it is not root.
USER = 10001
_HOOKS = (
    f'chroot "$1" groupadd --system --gid {USER} etl',
    f'chroot "$1" useradd --system --uid {USER} --gid {USER} --home-dir /var/lib/etl --shell /usr/sbin/nologin etl',
    'chroot "$1" dpkg --install /etl.deb',
    'rm "$1/etl.deb"; rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*.log "$1"/var/log/apt',
    'install -d -o 10001 -g 10001 -m 0750 "$1/var/log/etl"',
)
_ENVIRONMENT = ("ETL_CONFIG=file:/etc/etl", "ETL_HOME=/var/lib/etl", "ETL_LOG=/var/log/etl", "LC_ALL=C.UTF-8")


def build(into: Path) -> Path:
    """Builds it as an archive that podman, docker and skopeo load; nothing of it is run."""
    archive = into / f"etl-{VERSION}-image.tar"
    buildah = (need("buildah", "buildah"), "--storage-driver", "vfs")
    package = debian.build(into)
    with tempfile.TemporaryDirectory() as made:
        root = bootstrap(Path(made) / "root.tar", f'cp {package} "$1/etl.deb"', *_HOOKS, without_documents=True)
        stored = (*buildah, "--root", Path(made) / "storage", "--runroot", Path(made) / "run")
        container = run(*stored, "from", "scratch").strip()
        run(*stored, "add", container, root, "/")
        run(*stored, "config", *_settings(), container)
        archive.unlink(missing_ok=True)
        run(*stored, "commit", "--quiet", "--timestamp", moment(), container, f"oci-archive:{archive}:etl:{VERSION}")
        run(*stored, "rm", container)
    return archive


def _settings() -> list[str]:
    environment = [word for one in _ENVIRONMENT for word in ("--env", one)]
    volumes = ["--volume", "/var/lib/etl", "--volume", "/var/log/etl"]
    labels = ["--label", "org.opencontainers.image.title=etl", "--label", f"org.opencontainers.image.version={VERSION}"]
    command = ["--user", str(USER), "--entrypoint", '["/usr/bin/etl"]', "--cmd", "run --loop", "--workingdir", "/"]
    return [*environment, *volumes, *labels, *command, "--port", "8080"]
