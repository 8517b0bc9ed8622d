"""Build the packages of this checkout into a folder.

    python -m scripts.packages                      all of them, into build/packages
    python -m scripts.packages bundle debian        some, and what they need
    python -m scripts.packages --sign KEY           signs the checksums with this key of gpg

A package that cannot be built here fails with a sentence that says what is missing; the others are built all the same,
and the exit code is 1.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.packages import bundle, chart, debian, distributions, image, materials, release
from scripts.packages.steps import CHECKOUT, PackagingError

BUILDERS: dict[str, Callable[[Path], Path]] = {
    "distributions": distributions.build,
    "bundle": bundle.build,
    "debian": debian.build,
    "image": image.build,
    "chart": chart.build,
    "materials": materials.build,
}


def main(arguments: list[str]) -> int:
    """Builds the packages that are named; 1 when one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.packages", description="Build the packages of etl.")
    parser.add_argument("part", nargs="*", help=f"some of: {', '.join(BUILDERS)}")
    parser.add_argument("--into", type=Path, default=CHECKOUT / "build/packages", metavar="FOLDER")
    parser.add_argument("--sign", metavar="KEY", help="a key of gpg, which signs the checksums")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.part) - set(BUILDERS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(BUILDERS)}")
    # Modes of files are a part of packages.
    os.umask(0o022)
    folder = chosen.into.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in chosen.part or BUILDERS:
        try:
            print(f"{name}: {BUILDERS[name](folder).name}", flush=True)
        except PackagingError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr, flush=True)
    try:
        release.write_sums(folder)
        if chosen.sign:
            release.sign(folder, chosen.sign)
    except PackagingError as error:
        failed = True
        print(f"release: {error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
