"""Fills the tables of a version from the golden ones, part by part."""

from etl.outputs.versions.filling.fill import begin, compare_chunk, expected_rows, fill_beside, fill_chunk, mark_shared

__all__ = ["begin", "compare_chunk", "expected_rows", "fill_beside", "fill_chunk", "mark_shared"]
