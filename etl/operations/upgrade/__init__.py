"""Changes of large tables while runs, readers and partners work: what `etl upgrade` does from check to finish.

Receives a runtime. The statements of each change are beside the tables (etl/store/online); here they are run: in
windows that continue where they were interrupted, and in one short switch.
"""

from etl.operations.upgrade.checking import Findings, check_upgrade
from etl.operations.upgrade.filling import fill
from etl.operations.upgrade.finishing import finish
from etl.operations.upgrade.progress import Progress, read_progress
from etl.operations.upgrade.switching import Switched, roll_back, switch

__all__ = [
    "Findings",
    "Progress",
    "Switched",
    "check_upgrade",
    "fill",
    "finish",
    "read_progress",
    "roll_back",
    "switch",
]
