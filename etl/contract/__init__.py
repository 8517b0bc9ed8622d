"""The contract with a partner: what a partner who uses only SQL needs to give data and to read the results.

Receives a `Company` and the terms (schemas, limits). Returns files as bytes, the same for the same metadata, and rows
that a run takes (`samples`). Never asks a database.
"""

from etl.contract.pack import contract_files, write_files
from etl.contract.terms import Terms

__all__ = ["Terms", "contract_files", "write_files"]
