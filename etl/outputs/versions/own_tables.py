"""The list of out_ versions and the mirror's table, each a part with a version of its own.

The list lies beside the journal that the versions follow: in the store's schema, and in that of its mirror.
"""

from typing import Final

from etl.database import Part
from etl.store import STORE

_PACKAGE = "etl.outputs.versions"

OUT: Final = Part("out", _PACKAGE, "migrations/out", (("out_version", "position"), ("out_version", "own_scans")))
MIRROR: Final = Part("mirror", _PACKAGE, "migrations/mirror", (("mirror", "position"), ("mirror", "tables")))

STORE_PARTS: Final = (STORE, OUT)
"""What the schema of a store has."""
MIRROR_PARTS: Final = (*STORE_PARTS, MIRROR)
"""What the schema of a mirror has."""
