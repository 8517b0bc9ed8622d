"""One value that a person has typed, checked as a cell of a file is."""

import pyarrow as pa

from etl.errors import ConfigurationError
from etl.files.checks import check
from etl.files.target import InColumn


def cell_text(column: InColumn, text: str, max_value_bytes: int) -> str | None:
    """The value as the database gets it, None for null. Raises ConfigurationError with the reason for a bad one."""
    checked = check(column, pa.array([text], pa.string()), max_value_bytes)
    if checked.faults:
        raise ConfigurationError(f"{column.name} {checked.faults[0]}")
    value: str | None = checked.texts[0].as_py()
    return value
