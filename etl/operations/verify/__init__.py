"""Whether what the databases hold is whole: versions, indexes, sequences, links and the rows that runs have read.

Receives an installation. Returns findings, each with what to do; `repair` does what loses nothing.
"""

from etl.operations.verify.verify import Depth, verify

__all__ = ["Depth", "verify"]
