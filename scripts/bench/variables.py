"""The variables of a benchmark, looked at before hours of measuring: folders are made, what cannot be is named."""

import os
from pathlib import Path

_NUMBERS = ("BENCH_ROWS", "BENCH_REPEATS", "BENCH_SECONDS")
_FOLDERS = ("BENCH_FOLDER", "BENCH_PICTURES")


def check_variables() -> None:
    """Makes missing folders. Raises SystemExit with what is wrong with a variable."""
    for name in _NUMBERS:
        for number in (os.environ.get(name) or "1").split(","):
            if not number.strip().isdecimal() or int(number) < 1:
                raise SystemExit(f"{name}: {number!r} is not a number of at least 1")
    for name in _FOLDERS:
        if folder := os.environ.get(name):
            _make(name, Path(folder))
    if file := os.environ.get("BENCH_JSON"):
        _make("BENCH_JSON", Path(file).absolute().parent)
        if Path(file).is_dir():
            raise SystemExit(f"BENCH_JSON: {file} is a folder: name a file")
    if (programs := os.environ.get("BENCH_POSTGRES_BIN")) and not (Path(programs) / "postgres").is_file():
        raise SystemExit(f"BENCH_POSTGRES_BIN: {programs} has no postgres: name the folder of a server's programs")


def _make(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"{name}: the folder {folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise SystemExit(f"{name}: the folder {folder} cannot be written")
