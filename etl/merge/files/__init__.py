"""Contents of in_fileStorage into the store, each once under all its names, and to the fields that wait for them."""

from etl.merge.files.upload import has_files, upload_files

__all__ = [
    "has_files",
    "upload_files",
]
