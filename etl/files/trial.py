"""Tries single cells and rows at the server, after COPY refused one that our checks passed.

A live table may be narrower than the metadata (a domain, a condition, a shorter type), and PostgreSQL may read a value
otherwise than we do: then the row is rejected, not the file. It costs a function call per cell, so it is asked only
after a COPY has failed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import sqlalchemy

from etl.database import Connection, SqlTemplates, copy_in, execute, fetch_all, rollback_transaction
from etl.files.block import Lines
from etl.files.copy_text import copy_text
from etl.files.rejects import Faults

_sql = SqlTemplates(__package__)
_OF_A_ROW = ("22", "23502", "23514")  # a value, a null, a condition


def is_of_a_row(sqlstate: str) -> bool:
    """Whether an error of COPY is about a value of one row."""
    return sqlstate.startswith(_OF_A_ROW)


class Trial:
    """Tables of the session's own in which rows are tried."""

    def __init__(self, connection: Connection, variables: dict[str, object]) -> None:
        self._connection = connection
        self._copy = _sql("copy_cells", **variables)

    def judge(self, lines: Lines, columns: Sequence[pa.Array], faults: Faults) -> None:
        """Adds to the faults of a block what the server refuses of its other rows."""
        good = [row for row in range(len(lines)) if row not in faults]
        taken = pa.array(good, pa.int64())
        texts = [pa.array(lines).cast(pa.string()).take(taken), *(column.take(taken) for column in columns)]
        execute(self._connection, _sql("clear_trial"))
        copy_in(self._connection, self._copy, copy_text(texts))
        row_of = {int(line): row for row, line in enumerate(lines)}
        for found in fetch_all(self._connection, _sql("faults")):
            reason = f"is refused by the table: {found.reason}"
            faults.setdefault(row_of[found.line], []).append((found.column_index, reason))


@contextmanager
def trying(engine: sqlalchemy.Engine, variables: dict[str, object]) -> Iterator[Trial]:
    """A trial of rows of one table, which is rolled back. `variables`: schema, table and the columns of the file."""
    with rollback_transaction(engine) as connection:
        for statement in _sql.script("make_trial", **variables):
            execute(connection, statement)
        yield Trial(connection, variables)
