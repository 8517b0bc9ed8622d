"""Alerts of topics and outputs: what is wrong now and since when, and hooks that are notified of it once.

Receives connections and events of the engine. Returns open alerts. Sends by etl/notifications/hooks.
"""

from etl.notifications.alerts.registry import Alert, Alerts, AlertSender

__all__ = ["Alert", "AlertSender", "Alerts"]
