"""Alerts of topics that hooks are to receive."""

import sqlalchemy

from etl.notifications.alerts import AlertSender
from etl.notifications.hooks import Hooks


def test_a_store_without_alerts_has_nothing_to_send(engine: sqlalchemy.Engine) -> None:
    sender = AlertSender(engine, "store_of_nothing", "demo", Hooks(command=("/no/such/program",)))
    assert sender.channels == ["command"]
    sender.send()
