"""Hooks: commands and URLs that are notified of events.

Receives events. Passes each as one JSON object to a command's standard input, or posts it to a URL. Never raises, never
takes longer than the configured limit, and never reveals a secret.
"""

from etl.notifications.hooks.event import Event
from etl.notifications.hooks.send import Channel, Hooks

__all__ = ["Channel", "Event", "Hooks"]
