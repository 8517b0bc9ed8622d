"""A source's blocks, checked: good rows as COPY takes them, bad rows to the rejects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files.block import Block
from etl.files.checks import check
from etl.files.copy_text import copy_text
from etl.files.letters import lacking_letters
from etl.files.rejects import Faults, Rejects
from etl.files.sources import TableFile
from etl.files.trial import Trial


@dataclass
class Loading:
    """One pass through a file, with its counts."""

    pair: TableFile
    max_value_bytes: int
    rejects: Rejects
    progress: Callable[[str, int, int], None]
    rows: int = 0
    rounded: int = 0
    trial: Trial | None = None
    encoding: str = "UTF8"


def loaded_blocks(loading: Loading, *, with_lines: bool = False) -> Iterator[memoryview]:
    """The good rows of a file in COPY's text format; with their lines in a first column if asked."""
    source = loading.pair.source
    for block in source.blocks():
        columns, faults = _checked(loading, block)
        if loading.trial:
            loading.trial.judge(block.lines, columns, faults)
        if with_lines:
            columns = [pa.array(block.lines).cast(pa.string()), *columns]
        if faults or block.malformed:
            loading.rejects.add(block, faults)
        if faults:
            good = np.ones(len(block.lines), bool)
            good[list(faults)] = False
            columns = [column.filter(pa.array(good)) for column in columns]
        loading.rows += len(block.lines) - len(faults)
        yield from copy_text(columns)
        loading.progress(source.name, block.done, source.size)


def _checked(loading: Loading, block: Block) -> tuple[list[pa.Array], Faults]:
    faults: Faults = {}
    for (row, number), reason in block.faults.items():
        faults.setdefault(row, []).append((number, reason))
    columns = []
    for number, (column, values) in enumerate(zip(loading.pair.source.layout.columns, block.columns, strict=True)):
        checked = check(column, values, loading.max_value_bytes)
        for row, reason in checked.faults.items():
            if (row, number) not in block.faults:
                faults.setdefault(row, []).append((number, reason))
        for row, reason in lacking_letters(checked.texts, loading.encoding).items():
            faults.setdefault(row, []).append((number, reason))
        loading.rounded += checked.rounded
        columns.append(checked.texts)
    for row, reason in _rows_without_id(loading, columns):
        faults.setdefault(row, []).append((None, reason))
    return columns, faults


def _rows_without_id(loading: Loading, columns: list[pa.Array]) -> Iterator[tuple[int, str]]:
    table, layout = loading.pair.table, loading.pair.source.layout
    positions = [position for name in table.any_of if (position := layout.position(name)) is not None]
    groups = [(positions, " and ".join(table.any_of))] if positions else []
    groups += [([position], name) for name in table.all_of if (position := layout.position(name)) is not None]
    for group, name in groups:
        if any(columns[position].null_count == 0 for position in group):
            continue
        empty = pc.is_null(columns[group[0]])
        for position in group[1:]:
            empty = pc.and_(empty, pc.is_null(columns[position]))
        for row in pc.indices_nonzero(empty).to_pylist():
            yield row, f"{name} {'are both' if len(table.any_of) > 1 else 'is'} empty: nothing says whose row it is"
