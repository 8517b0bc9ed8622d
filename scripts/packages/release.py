"""Checksums of a folder, and their signature."""

import hashlib
from pathlib import Path

from scripts.packages.steps import need, run

SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.asc"


def write_sums(folder: Path) -> Path:
    """SHA256SUMS of all files below a folder, as sha256sum --check reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (SUMS, SIGNATURE))
    sums = folder / SUMS
    sums.write_text("".join(f"{_digest(path)}  {path.relative_to(folder)}\n" for path in files))
    # The signature of other contents.
    (folder / SIGNATURE).unlink(missing_ok=True)
    return sums


def sign(folder: Path, key: str) -> Path:
    """A signature of the checksums by a key of gpg, whose passphrase its agent asks for."""
    signature = folder / SIGNATURE
    gpg = (need("gpg", "gnupg"), "--batch", "--yes", "--armor", "--local-user", key)
    run(*gpg, "--output", signature, "--detach-sign", folder / SUMS)
    return signature


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
