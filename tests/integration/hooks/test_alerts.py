"""Alerts of topics that hooks are to receive."""

import sqlalchemy

from etl.database import transaction
from etl.engine import prepare
from etl.notifications.alerts import Alerts, AlertSender
from etl.notifications.hooks import Hooks
from tests.fix_company import CLAIMS, CODE, STORE, MakeSite


def test_a_store_without_alerts_has_nothing_to_send(engine: sqlalchemy.Engine) -> None:
    sender = AlertSender(engine, "store_of_nothing", "demo", Hooks(command=("/no/such/program",)))
    assert sender.channels == ["command"]
    sender.send()


def test_what_a_hook_did_not_receive_stays_to_be_sent(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    alerts = Alerts(STORE)
    with site.runtime() as runtime:
        prepare(runtime)
        with transaction(runtime.store_engine) as connection:
            assert alerts.begin(connection, "reading.stopped", "t", "records are gone", ["command"])
        for command, unsent in (("/no/such/program", ["command"]), ("/bin/true", [])):
            AlertSender(runtime.store_engine, STORE, CODE, Hooks(command=(command,))).send()
            assert site.value(f"select unsent from {STORE}.alert") == unsent
            site.look(f"update {STORE}.alert set sending_until = null")
