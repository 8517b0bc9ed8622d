"""The marker table process_tracking: look, win, beat, finish; and joining a run that another runner has won.

Receives the marker's rows and our own row of the running run. Hands on a won run (its id and fencing token). Never
touches a row of data, and never trusts the marker alone: the partner may rewrite or delete it at any time.
"""

from etl.handshake.decide import Action, Decision, decide
from etl.handshake.gate import Gate
from etl.handshake.hand_over import CHANNEL, keep_hand_over_trigger
from etl.handshake.heartbeat import Heartbeat
from etl.handshake.joining import HelpersHeartbeat, Joining
from etl.handshake.marker import Marker, Running, Won
from etl.handshake.win import Handshake

__all__ = [
    "CHANNEL",
    "Action",
    "Decision",
    "Gate",
    "Handshake",
    "Heartbeat",
    "HelpersHeartbeat",
    "Joining",
    "Marker",
    "Running",
    "Won",
    "decide",
    "keep_hand_over_trigger",
]
