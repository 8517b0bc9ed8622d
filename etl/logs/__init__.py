"""The log: which events go where, how their lines look, and that no secret is in them.

Receives a LogStructure of settings and the secrets of this process. Hands events to files and streams. Never decides
what is worth an event, and never lets a full disk or a read-only folder stop the caller.
"""

from etl.logs.forwarding import Levels, forward_events, levels_here, take_event
from etl.logs.log import Log
from etl.logs.redaction import REDACTION, keep_secret

__all__ = ["REDACTION", "Levels", "Log", "forward_events", "keep_secret", "levels_here", "take_event"]
