"""Hooks: programs and addresses outside that want to know.

Receives events. Passes each as one JSON object to a command's standard input or by POST to an address. Never raises,
never takes longer than its limit, and reveals no secret.
"""

from etl.notifications.hooks.event import Event
from etl.notifications.hooks.send import Channel, Hooks

__all__ = ["Channel", "Event", "Hooks"]
