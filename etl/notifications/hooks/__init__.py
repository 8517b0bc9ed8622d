"""Hooks: programs and addresses outside that want to know.

Receives events. Hands each as one JSON object to a command's standard input or by POST to an address. Never raises,
never takes longer than it may, and shows no secret to anybody.
"""

from etl.notifications.hooks.event import Event
from etl.notifications.hooks.send import Channel, Hooks

__all__ = ["Channel", "Event", "Hooks"]
