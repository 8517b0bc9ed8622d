"""Takes rows out of a checked file that the table itself refuses, though our checks passed them.

A live table may be narrower than the metadata: a condition, a domain, a shorter type. See trial.py.
"""

from pathlib import Path

import sqlalchemy

from etl.database import SqlTemplates, copy_in, execute, fetch_all, rollback_transaction
from etl.files.copy_text import cells_of
from etl.files.rejects import append_reject
from etl.files.staged import StagedRows, blocks_of, table_variables
from etl.private_files import new_private_file

_sql = SqlTemplates(__package__)

_Refused = dict[int, list[tuple[int | None, str]]]


def take_out_refused(engine: sqlalchemy.Engine, schema: str, staged: StagedRows, rejects: Path) -> int:
    """Moves the rows that the server refuses to the reject file; returns how many. Each is tried by itself, which takes
    far longer than a COPY, so it is asked only after one has failed."""
    refused = _refused(engine, schema, staged)
    part = staged.path.with_name(f".{staged.path.name}.part")
    with staged.path.open("rb") as rows, new_private_file(part) as kept:
        for row in rows:
            line = int(row[: row.index(b"\t")])
            if line in refused:
                _reject(staged, rejects, line, cells_of(row.decode())[1:], refused[line])
            else:
                kept.write(row)
    part.replace(staged.path)
    return len(refused)


def _refused(engine: sqlalchemy.Engine, schema: str, staged: StagedRows) -> _Refused:
    variables = table_variables(schema, staged.table, staged.columns)
    found: _Refused = {}
    with rollback_transaction(engine) as connection:
        for statement in _sql.script("make_trial", **variables):
            execute(connection, statement)
        copy_in(connection, _sql("copy_cells", **variables), blocks_of(staged.path))
        for row in fetch_all(connection, _sql("faults")):
            found.setdefault(row.line, []).append((row.column_index, row.reason))
    return found


def _reject(
    staged: StagedRows, rejects: Path, line: int, cells: list[str | None], faults: list[tuple[int | None, str]]
) -> None:
    named = [(staged.columns[at] if at is not None else "", at, why) for at, why in faults]
    columns = "; ".join(name for name, _, _ in named if name)
    values = "; ".join(cells[at] or "" for _, at, _ in named if at is not None)
    reason = "; ".join(f"{name} is refused by the table: {why}".strip() for name, _, why in named)
    append_reject(rejects, staged.columns, [staged.source, str(line), columns, values, reason, *cells])
