"""A hold: an operator lets nothing new begin and waits for what is under way; then no program writes until the release.

Receives a runtime. What may begin is decided by those who begin it (etl/engine/hold.py); a source that is added says
here what of it is in the way. Never merges a row.
"""

from etl.operations.hold.drain import Drained, drain
from etl.operations.hold.holding import begin_hold, release
from etl.operations.hold.in_the_way import in_the_way

__all__ = ["Drained", "begin_hold", "drain", "in_the_way", "release"]
