"""The engine's tables beside the in_ tables, as a part with a version of its own."""

from typing import Final

from etl.database import Part

IMPORT: Final = Part(
    "import",
    "etl.sources.in_tables",
    "migrations",
    (
        ("run", "marker"),
        ("run_fence", "fence"),
        ("runner", "pinned"),
        ("task", "strikes"),
        ("err", "severity"),
        ("migration_receipt", "merged"),
        ("copy_table_info", "copied_at"),
    ),
)
