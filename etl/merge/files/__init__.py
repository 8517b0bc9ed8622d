"""Stores the contents of in_fileStorage, each once for all its names, and fills the fields that wait for them."""

from etl.merge.files.upload import has_files, upload_files

__all__ = [
    "has_files",
    "upload_files",
]
