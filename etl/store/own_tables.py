"""The fixed tables and functions of a golden store, as a part with a version of its own."""

from typing import Final

from etl.database import Part

STORE: Final = Part(
    "store",
    "etl.store",
    "migrations",
    (
        ("journal", "written_by"),
        ("unit_number", "highest"),
        ("links_served", "position"),
        ("boi_reference", "restored_by"),
        ("file_alias", "run"),
        ("stored_file", "content"),
        ("ended_file_alias", "ended_by"),
        ("err", "severity"),
    ),
)
