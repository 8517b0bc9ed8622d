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

from etl.files.export import Export, Exported, ExportFormat, Snapshot, export_tables
from etl.files.fill import Filled, Filling, Progress, fill_files
from etl.files.folder import fill_folder
from etl.files.sources import FileFormat, TableFile, pairs
from etl.files.submit import HandOverWay, handing_over
from etl.files.target import InTable, in_tables

__all__ = [
    "Export",
    "ExportFormat",
    "Exported",
    "FileFormat",
    "Filled",
    "Filling",
    "HandOverWay",
    "InTable",
    "Progress",
    "Snapshot",
    "TableFile",
    "export_tables",
    "fill_files",
    "fill_folder",
    "handing_over",
    "in_tables",
    "pairs",
]
