"""A Debian of its own in a folder: base of the image, and the clean machine on which packages are tried."""

import os
from collections.abc import Sequence
from pathlib import Path

from scripts.packages.steps import PackagingError, fixed, need, run


def release_name() -> str:
    """The name of this machine's Debian, which the root gets."""
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    raise PackagingError("/etc/os-release names no release of Debian: packages are built on Debian")


def bootstrap(target: Path, *hooks: str, packages: Sequence[str] = (), without_documents: bool = False) -> Path:
    """Makes a minimal Debian, a folder or a .tar, from the sources of this machine's apt, with further packages.

    A hook is a line of shell in which "$1" is the root.
    """
    program = need("mmdebstrap", "mmdebstrap")
    options = [f"--customize-hook={hook}" for hook in hooks]
    # A root by a user who is none has other owners, unless the kernel lends them.
    mode = "root" if os.geteuid() == 0 else "unshare"
    documents = ("doc", "man", "locale", "info") if without_documents else ()
    options += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in documents]
    included = ("python3", "adduser", *packages)
    command = (program, f"--mode={mode}", "--variant=minbase", f"--include={','.join(included)}", *options)
    run(*command, release_name(), target, _sources(), environ=fixed())
    return target


def _sources() -> str:
    """The address from which this machine's apt gets Debian: it names the mirror of a closed network too."""
    listed = run(need("apt-get", "apt"), "indextargets", "--format", "$(CREATED_BY) $(RELEASE) $(REPO_URI)")
    for line in listed.splitlines():
        kind, suite, address = line.split(" ", 2)
        if kind == "Packages" and suite == release_name():
            return address
    raise PackagingError("apt knows no source of Debian: see /etc/apt/sources.list.d")
