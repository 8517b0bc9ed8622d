"""The files of a folder, each with the table that it is named after, in the order in which they are adopted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.errors import ConfigurationError, Problem
from etl.files import TableFile, open_rows, suggestion, typed_suffix
from etl.metadata import Company
from etl.operations.adopt.layouts import AdoptedLayout, AdoptionStep, layouts
from etl.quoting import fold, shown

_KINDS: Final = ".csv, .csv.gz, .parquet, .jsonl or .jsonl.gz"
_SHOWN: Final = 20


@dataclass(frozen=True)
class AdoptedFiles:
    """What is adopted in one transaction: a file, and for instances the file of their further external ids."""

    layout: AdoptedLayout
    file: TableFile
    ids: TableFile | None = None

    @property
    def files(self) -> tuple[TableFile, ...]:
        return (self.file, self.ids) if self.ids else (self.file,)


def open_files(folder: Path, company: Company) -> list[AdoptedFiles]:
    """Opens all files of the folder. Raises ConfigurationError with every name, header or file that does not fit."""
    known = layouts(company)
    order = list(known)
    found: dict[str, TableFile] = {}
    problems: list[Problem | str] = []
    for path in _files(folder):
        try:
            layout = _layout_of(path, known)
            if fold(layout.name) in found:
                raise ConfigurationError(Problem(f"{layout.name} has two files: keep one of them", str(path)))
            found[fold(layout.name)] = open_rows(path, layout.table)
        except ConfigurationError as fault:
            problems += fault.problems
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", str(path)))
    ids = {known[name].object.code: file for name, file in found.items() if known[name].step is AdoptionStep.IDS}
    wanted = {name: file for name, file in found.items() if known[name].step is not AdoptionStep.IDS}
    with_instances = {known[name].object.code for name in wanted if known[name].step is AdoptionStep.INSTANCES}
    problems += [
        Problem(f"has ids of instances that are in no file: {code}.csv is missing", str(file.path))
        for code, file in ids.items()
        if code not in with_instances
    ]
    if problems:
        raise ConfigurationError(*problems)
    if not wanted:
        raise ConfigurationError(Problem(f"has no file that ends with {_KINDS}: {_examples(known)}", str(folder)))
    ordered = sorted(wanted, key=lambda name: (known[name].step, order.index(name)))
    return [_files_of(known[name], wanted[name], ids) for name in ordered]


def _files_of(layout: AdoptedLayout, file: TableFile, ids: dict[str, TableFile]) -> AdoptedFiles:
    return AdoptedFiles(layout, file, ids.get(layout.object.code) if layout.step is AdoptionStep.INSTANCES else None)


def _files(folder: Path) -> Iterator[Path]:
    """Without hidden ones and folders."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigurationError(Problem(f"cannot be read: {error.strerror}", str(folder))) from error
    yield from (one for one in entries if not one.name.startswith(".") and not one.is_dir())


def _layout_of(path: Path, known: dict[str, AdoptedLayout]) -> AdoptedLayout:
    suffix = typed_suffix(path.name)
    if not suffix:
        raise ConfigurationError(Problem(f"is of no known kind: the name must end with {_KINDS}", str(path)))
    stem = path.name[: -len(suffix)]
    layout = known.get(fold(stem))
    if layout is None:
        names = [one.name for one in known.values()]
        message = f"{shown(stem)} is no table that can be adopted{suggestion(stem, names)}; {_examples(known)}"
        raise ConfigurationError(Problem(message, str(path)))
    return layout


def _examples(known: dict[str, AdoptedLayout]) -> str:
    names = [one.name for one in sorted(known.values(), key=lambda one: one.step)]
    return "tables: " + ", ".join(names[:_SHOWN] + (["…"] if len(names) > _SHOWN else []))
