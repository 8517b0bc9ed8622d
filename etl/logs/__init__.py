"""The log: which events go where, how their lines look, and that no secret is in them.

Receives a LogStructure of settings and the secrets of this process. Hands events to files and streams. Never decides
what is worth an event, and never lets a full disk or a read-only folder stop the caller.
"""

from etl.logs.log import Log
from etl.logs.redaction import REDACTION, keep_secret

__all__ = ["REDACTION", "Log", "keep_secret"]
