"""DDL: the tables that a company's metadata requires.

Receives a `Company` and the names of schemas, returns statements as values with a description, or only those that a
live database lacks, and applies them. Drops only when asked to, and never touches a table that is not the company's.
"""

from etl.ddl.apply import apply, bring_up, bring_up_out, bring_up_store
from etl.ddl.compare import UnfitTables, check_in_tables, missing, missing_out, without_additions
from etl.ddl.difference import Difference, difference
from etl.ddl.foreign import Foreign, foreign
from etl.ddl.tables import Direction, TableChange, out_tables, reader_objects, statements

__all__ = [
    "Difference",
    "Direction",
    "Foreign",
    "TableChange",
    "UnfitTables",
    "apply",
    "bring_up",
    "bring_up_out",
    "bring_up_store",
    "check_in_tables",
    "difference",
    "foreign",
    "missing",
    "missing_out",
    "out_tables",
    "reader_objects",
    "statements",
    "without_additions",
]
