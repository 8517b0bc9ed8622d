"""The marker table process_tracking: acquire a run, renew its lease, finish it; join a run of another runner.

Receives the marker's rows and our own row of the running run. Returns an acquired run (its id and fencing token). Never
touches a row of data, and never trusts the marker alone: the partner may rewrite or delete it at any time.
"""

from etl.sources.in_tables.handshake.acquire import Handshake
from etl.sources.in_tables.handshake.decide import Action, Decision, decide
from etl.sources.in_tables.handshake.hand_over import CHANNEL, ensure_hand_over_trigger
from etl.sources.in_tables.handshake.heartbeat import Heartbeat
from etl.sources.in_tables.handshake.helpers import HelpersHeartbeat, Joining
from etl.sources.in_tables.handshake.marker import Marker, RunLease, Running

__all__ = [
    "CHANNEL",
    "Action",
    "Decision",
    "Handshake",
    "Heartbeat",
    "HelpersHeartbeat",
    "Joining",
    "Marker",
    "RunLease",
    "Running",
    "decide",
    "ensure_hand_over_trigger",
]
