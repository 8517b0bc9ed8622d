"""A browser on this machine, for tests and pictures; scripts/browser is its command."""

import os
import shutil
import sys
from pathlib import Path

from scripts.services import SERVICES, UNPACKED, alone, fail, first, install, run

PACKAGE, FONT = "chromium-headless-shell", "fonts-dejavu-core"
PROGRAM, FONT_FILE = f"usr/bin/{PACKAGE}", "usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
ADVICE = "install Chromium's headless shell by hand, and name its program in ETL_TEST_BROWSER=/path/to/program"
# Where Debian keeps the program behind the script of its package, which knows only the path of an installed one.
BEHIND = "usr/lib/chromium/chromium-headless-shell"


def files() -> dict[str, Path | None]:
    """The file by which each package is known, on the machine or unpacked here."""
    return {
        PACKAGE: first(Path("/", PROGRAM), UNPACKED / BEHIND, UNPACKED / PROGRAM),
        FONT: first(Path("/", FONT_FILE), UNPACKED / FONT_FILE),
    }


def provide() -> tuple[Path, dict[str, str]]:
    """The program, and what its environment must have."""
    with alone(SERVICES):
        lacking = [package for package, file in files().items() if not file]
        if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
            print(f"browser: installing {' and '.join(lacking)}", file=sys.stderr, flush=True)
            run("apt-get", "-qq", "update")
            noninteractive = {"DEBIAN_FRONTEND": "noninteractive"}
            run("apt-get", "-qq", "install", "-y", "--no-install-recommends", *lacking, environ=noninteractive)
        else:
            install(files, ADVICE)
        program = files()[PACKAGE]
    if program is None:
        fail(f"{PACKAGE} is installed, but its program is not there")
    return program, _environ(program)


def _environ(program: Path) -> dict[str, str]:
    if not program.is_relative_to(UNPACKED):
        return {}
    # Some packages have folders of their own (pulseaudio) that their libraries name as they are when installed.
    libraries = sorted({str(one.parent) for one in UNPACKED.glob("usr/lib/*-linux-gnu*/**/lib*.so*")})
    return {"LD_LIBRARY_PATH": ":".join(libraries), "XDG_DATA_HOME": str(UNPACKED / "usr/share")}


def main(usage: str) -> None:
    """Prints the program, then lines for its environment."""
    if sys.argv[1:]:
        sys.exit(usage)
    found, environ = provide()
    print(found, *(f"{name}={value}" for name, value in environ.items()), sep="\n")
