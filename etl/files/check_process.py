"""`python -m etl.files.check_process`: checks a file that others have sent, in a process of its own.

It gets an order as JSON on standard input, and nothing else: no settings, no secrets, no connection. Memory, time and
what it writes are limited before it opens the file. It prints lines: `p DONE SIZE` while it reads, at the end `r` and
the result as JSON.
"""

import resource
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from etl.errors import ConfigurationError
from etl.files.checking import CheckedTable, check_file
from etl.files.sources import FileFormat, TableFile, pairs
from etl.files.target import InTable
from etl.files.xlsx_archive import Archive

_MACROS: Final = "xl/vbaproject.bin"
_MACRO_SUFFIX: Final = ".xlsm"
_NO_MEMORY: Final = "its check needs more memory than it may have: give it in parts"
_NO_SPACE: Final = "its check needs more space than it may have: give it in parts, or ask an operator to free some"


@dataclass(frozen=True)
class ProcessLimits:
    """What the process may use: bytes of memory, seconds of processor time, bytes of one file that it writes."""

    memory_bytes: int
    processor_seconds: int
    written_bytes: int


@dataclass(frozen=True)
class CheckOrder:
    """`path`: the file, under a name of ours; `name`: what its sender calls it; `folder`: where results go. `table`:
    "" for the one that the file, or each of its sheets, is named after."""

    path: Path
    name: str
    folder: Path
    table: str
    file_format: FileFormat
    tables: dict[str, InTable]
    max_value_bytes: int
    encoding: str
    limits: ProcessLimits


@dataclass(frozen=True)
class CheckResult:
    """What was found in each sheet, in the order of the file, or why nothing could be. `trace`: of a fault of ours."""

    tables: tuple[CheckedTable, ...] = ()
    error: str = ""
    trace: str = field(default="", repr=False)


ORDER: Final = TypeAdapter(CheckOrder)
RESULT: Final = TypeAdapter(CheckResult)


def rows_path(folder: Path, number: int) -> Path:
    """The rows of the table of that number in a result."""
    return folder / f"rows-{number}.copy"


def rejects_path(folder: Path, number: int) -> Path:
    """Its rejected rows; missing if there are none."""
    return folder / f"rejects-{number}.csv"


def perform(order: CheckOrder) -> CheckResult:
    """Checks the file; says why it cannot be read instead of raising."""
    try:
        if order.path.suffix == _MACRO_SUFFIX or _has_macros(order.path):
            return CheckResult(error=f"{order.name}: is a workbook with macros: save it as .xlsx")
        found = pairs(order.tables, order.table or None, [order.path], order.file_format)
        return CheckResult(tuple(_check(order, number, pair) for number, pair in enumerate(found)))
    except ConfigurationError as error:
        return CheckResult(error=_called(order, str(error)))
    except MemoryError:
        return CheckResult(error=f"{order.name}: {_NO_MEMORY}")
    except OSError as error:
        return CheckResult(error=f"{order.name}: {_NO_SPACE} ({error.strerror})")


def main() -> None:
    order = ORDER.validate_json(sys.stdin.buffer.read())
    _limit(order.limits)
    try:
        result = perform(order)
    except Exception:
        result = CheckResult(trace=traceback.format_exc())
    _print("r " + RESULT.dump_json(result).decode())


def _check(order: CheckOrder, number: int, pair: TableFile) -> CheckedTable:
    def progress(source: str, done: int, size: int) -> None:
        _print(f"p {done} {size}")

    rows, rejects = rows_path(order.folder, number), rejects_path(order.folder, number)
    source = _called(order, pair.source.name)
    limits = {"max_value_bytes": order.max_value_bytes, "encoding": order.encoding}
    return check_file(pair, source, rows, rejects, progress, **limits)  # type: ignore[arg-type]


def _has_macros(path: Path) -> bool:
    if path.suffix != ".xlsx":
        return False
    with Archive(path) as archive:
        return _MACROS in archive


def _called(order: CheckOrder, text: str) -> str:
    """A text with the sender's name of the file instead of ours; of advice for the command line nothing is left."""
    named = text.replace(str(order.path), order.name).replace(f"{order.folder}/", "")
    return named.partition("; name the table before the files")[0]


def _limit(limits: ProcessLimits) -> None:
    """No limit of the address space: libraries reserve far more of it than they use."""
    for kind, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.processor_seconds),
        (resource.RLIMIT_FSIZE, limits.written_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _print(line: str) -> None:
    """A parent that is gone ends this process by the error."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
