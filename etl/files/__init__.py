"""Files: loads CSV, Parquet and Excel into in_ tables; writes out_ tables into Parquet and CSV.

Receives paths, metadata and an engine. Returns what was loaded, rejected and written. Never merges a row and never
reads the golden store: filling is what a partner does, exporting what a reader does.
"""

from etl.errors import ConfigurationError

try:
    import numpy  # noqa: F401
    import openpyxl  # noqa: F401
    import pyarrow  # noqa: F401
except ImportError as error:
    raise ConfigurationError("reading and writing files needs further packages: pip install 'etl[files]'") from error

from etl.files.arrow_source import from_arrow
from etl.files.as_table import ReadTable, drop_tables, open_rows, read_as_table, typed_suffix
from etl.files.checking import CheckedTable
from etl.files.copy_text import cells_of
from etl.files.export import Export, Exported, ExportFormat, Snapshot, export_tables, read_batches, read_chosen
from etl.files.fill import Filled, Filling, Progress, fill_files
from etl.files.folder import fill_folder
from etl.files.in_memory import read_rejects, rows_table
from etl.files.one_cell import cell_text
from etl.files.refused_rows import take_out_refused
from etl.files.rejects import RowFault
from etl.files.sources import FileFormat, TableFile, is_workbook, known_suffix, pairs
from etl.files.staged import Keys, StagedRows, load_staged, try_staged
from etl.files.submit import HandOverWay, hand_over, handing_over
from etl.files.target import CellType, InColumn, InTable, field_column, find_table, in_tables, suggestion
from etl.files.trial import is_of_a_row

__all__ = [
    "CellType",
    "CheckedTable",
    "Export",
    "ExportFormat",
    "Exported",
    "FileFormat",
    "Filled",
    "Filling",
    "HandOverWay",
    "InColumn",
    "InTable",
    "Keys",
    "Progress",
    "ReadTable",
    "RowFault",
    "Snapshot",
    "StagedRows",
    "TableFile",
    "cell_text",
    "cells_of",
    "drop_tables",
    "export_tables",
    "field_column",
    "fill_files",
    "fill_folder",
    "find_table",
    "from_arrow",
    "hand_over",
    "handing_over",
    "in_tables",
    "is_of_a_row",
    "is_workbook",
    "known_suffix",
    "load_staged",
    "open_rows",
    "pairs",
    "read_as_table",
    "read_batches",
    "read_chosen",
    "read_rejects",
    "rows_table",
    "suggestion",
    "take_out_refused",
    "try_staged",
    "typed_suffix",
]
