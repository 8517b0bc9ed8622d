"""Structures of the platform -> documents of business objects.

Receives a file: the structure export (`.mybpm.zip`) or a `load-bo-structure` answer (JSON). Returns YAML texts by code
and a list of what could not be carried. Never extracts a file, and never believes what an archive says of its own size.
"""

from etl.metadata.platform_export.read import Imported, read_structure

__all__ = ["Imported", "read_structure"]
