"""Alerts of out_ versions that do not follow: noted where a run or a batch of records has brought them up to date."""

import logging

from etl.database import read_only_transaction
from etl.engine.preparation import has_out_versions
from etl.engine.runtime import Runtime
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.errors import EtlError
from etl.outputs import versions
from etl.outputs.versions import VersionBehind

_log = logging.getLogger("in_pg_migration")


def versions_behind(runtime: Runtime) -> list[VersionBehind]:
    """The versions that did not follow in the last attempt; none where there are no out_ tables."""
    if not runtime.settings.has_out_migration:
        return []
    with read_only_transaction(runtime.out_engine) as connection:
        if not has_out_versions(connection, runtime):
            return []
        return versions.versions_behind(connection, runtime.store.schema)


def keep_version_alerts(runtime: Runtime, alerts: TopicAlerts | None = None) -> None:
    """Notes which versions do not follow, and which do again; the next command that sends alerts sends them. Never
    raises: what was merged is merged."""
    if not runtime.settings.has_out_migration:
        return
    try:
        wrong = {one.schema_name: _text(one) for one in versions_behind(runtime)}
    except EtlError as fault:
        _log.warning("whether all out_ versions follow could not be read: %s", fault)
        return
    (alerts or TopicAlerts(runtime, "versions")).keep(AlertKind.VERSION_BEHIND, wrong)


def _text(one: VersionBehind) -> str:
    return (
        f"the out_ version {one.schema_name} stays as it was, since a value of the store does not fit into its tables "
        f"({one.reason}): move its readers to a newer version, then `etl out retire {one.environment_version}`"
    )
