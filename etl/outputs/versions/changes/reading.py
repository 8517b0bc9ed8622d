"""Changed instances by the journal, as far as a version has followed it."""

from etl.database import Connection, SqlTemplates, fetch_all
from etl.errors import EnvironmentFault
from etl.outputs.versions.registry import VersionRow, known_versions
from etl.quoting import fold
from etl.store.journal import hold_journal

_sql = SqlTemplates(__package__)


def changed_instances(
    connection: Connection, store_schema: str, schema: str, bo: str, since: int
) -> tuple[str, dict[str, object]]:
    """A query of the `system_id`s of an object that units after `since` have changed, and its values.

    It is for the same transaction, which has one snapshot. Raises EnvironmentFault for a version that is not whole.
    """
    hold_journal(connection, store_schema)
    version = _whole_version(connection, store_schema, schema)
    text = _sql.text("changed_instances", store_schema=store_schema)
    return text, {"bo": bo, "since": since, "position": version.position}


def given_instances(ids: list[str]) -> tuple[str, dict[str, object]]:
    """A query of these `system_id`s, and its values."""
    return _sql.text("given_instances"), {"ids": ids}


def changed_ids(store: Connection, store_schema: str, bo: str, since: int, upto: int) -> list[str]:
    """The `system_id`s of an object's instances that units after `since`, up to `upto`, have changed."""
    hold_journal(store, store_schema)
    values = {"bo": bo, "since": since, "upto": upto}
    return [row.id for row in fetch_all(store, _sql("changed_ids", store_schema=store_schema), values)]


def followed_unit(store: Connection, out: Connection, store_schema: str, schema: str, mirror: str | None) -> int:
    """The number of a unit: the version has all changes of it and of all units before it. `mirror`: the name of the
    mirror that the version follows, or None where it lies beside the store.

    `store` is asked which units are closed before it is asked for their changes: each in a snapshot of its own.
    """
    [units] = fetch_all(store, _sql("closed_units", store_schema=store_schema))
    found = [units.first_open]
    if mirror:
        positions = {row.schema: row.position for row in known_versions(store, store_schema)}
        if mirror not in positions:
            return 0
        found.append(_first_not_followed(store, store_schema, positions[mirror]))
    found.append(_first_not_followed(out, store_schema, _whole_version(out, store_schema, schema).position))
    first = min((number for number in found if number is not None), default=None)
    return int(units.newest or 0) if first is None else int(first) - 1


def _first_not_followed(connection: Connection, store_schema: str, position: str) -> int | None:
    [found] = fetch_all(connection, _sql("first_not_followed", store_schema=store_schema), {"position": position})
    return None if found.first_open is None else int(found.first_open)


def _whole_version(connection: Connection, store_schema: str, schema: str) -> VersionRow:
    found = next((row for row in known_versions(connection, store_schema) if row.schema == fold(schema)), None)
    if found is None or not found.is_whole or found.position_is_stale:
        raise EnvironmentFault(f"the version {schema} is not filled yet: `etl out build` or `etl run` does it")
    return found
