"""A copy of the golden tables beside out_ tables in another database, which follows the journal."""

from etl.outputs.versions.mirror.mirror import Mirror

__all__ = ["Mirror"]
