"""An existing installation of the platform's engine: its instances with their ids, links and files, from files.

Receives a runtime and a folder. Returns what became of each file. Never changes what the store has already.
"""

from etl.operations.adopt.adopt import AdoptedTable, AdoptionResult, adopt, show_adopted
from etl.operations.adopt.work import FileFault

__all__ = ["AdoptedTable", "AdoptionResult", "FileFault", "adopt", "show_adopted"]
