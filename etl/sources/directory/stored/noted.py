"""What a sync notes for the next one, in the transaction of its merge: who is who, and which groups roles name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from etl.database import Connection, SqlTemplates, execute
from etl.sources.directory.people.changes import LeaveOut
from etl.sources.directory.people.difference import Noted, Plan
from etl.sources.directory.people.values import StoredState

_sql = SqlTemplates(__package__)


def note_sync(
    connection: Connection,
    schema: str,
    plan: Plan,
    stored: StoredState,
    *,
    run: int,
    instances: Mapping[str, str],
    refused: Iterable[LeaveOut] = (),
    directory_groups: Mapping[str, str],
) -> int:
    """Notes what is new; returns of how many people. Of one whom the merge has refused nothing is noted."""
    left_out = {one.guid for one in refused}
    before = {
        one.known_guid: Noted(one.guid, one.instance, one.login, one.dn, one.status_written, one.is_vanished)
        for one in stored.people
        if one.guid
    }
    found: list[tuple[Noted, bool]] = []
    for one in plan.noted:
        instance = one.instance or instances.get(one.guid, "")
        if instance and one.guid not in left_out and before.get(one.guid) != one:
            found.append((replace(one, instance=instance), not one.instance))
    if found:
        _note_people(connection, schema, run, found)
    roles = {group.role for group in stored.groups if group.role in directory_groups}
    if roles:
        ordered = sorted(roles)
        values = {"roles": ordered, "guids": [directory_groups[role] for role in ordered]}
        execute(connection, _sql("note_groups", schema=schema), values)
    return len(found)


def _note_people(connection: Connection, schema: str, run: int, found: Sequence[tuple[Noted, bool]]) -> None:
    """`found`: people, and whether the sync `run` has made their instances."""
    people = [one for one, _ in found]
    keys = {"guids": [one.guid for one in people], "instances": [one.instance for one in people]}
    execute(connection, _sql("forget_instances", schema=schema), keys)
    values = {
        **keys,
        "run": run,
        "logins": [one.login for one in people],
        "dns": [one.dn for one in people],
        "statuses": [one.status_written for one in people],
        "new": [is_new for _, is_new in found],
        "vanished": [one.is_vanished for one in people],
    }
    execute(connection, _sql("note_people", schema=schema), values)
