"""Reads hooks and due times from the layers."""

import shlex
from datetime import UTC, tzinfo
from typing import TypedDict, cast

from pydantic import SecretStr

from etl.settings.catalogue import IN_MIGRATION
from etl.settings.layers import Layers
from etl.settings.schedule.due import Due, named_zone, parse_due


class Notices(TypedDict):
    """The part of InMigration that this module reads."""

    hook_command: tuple[str, ...]
    hook_url: SecretStr
    hook_seconds: int
    due: Due
    stalled_minutes: int | None


def notices(layers: Layers) -> Notices:
    """Reads the keys of notice_keys.py; faults of the values are added to the layers."""
    return Notices(
        hook_command=_command(layers),
        hook_url=cast(SecretStr, layers.value(IN_MIGRATION, "hookUrl")),
        hook_seconds=cast(int, layers.value(IN_MIGRATION, "hookSeconds")),
        due=_due(layers),
        stalled_minutes=cast(int | None, layers.value(IN_MIGRATION, "stalledMinutes")),
    )


def _command(layers: Layers) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(str(layers.value(IN_MIGRATION, "hookCommand"))))
    except ValueError:
        layers.complain(IN_MIGRATION, "hookCommand", "has an unclosed quotation mark: close it")
        return ()


def _due(layers: Layers) -> Due:
    minutes = cast(int | None, layers.value(IN_MIGRATION, "freshnessMinutes"))
    try:
        return parse_due(str(layers.value(IN_MIGRATION, "freshnessDue")), minutes, _zone(layers))
    except ValueError as error:
        layers.complain(IN_MIGRATION, "freshnessDue", str(error))
        return Due(minutes=minutes)


def _zone(layers: Layers) -> tzinfo:
    """`timeZone`; an unknown one is reported where the schedule is read."""
    name = str(layers.value(IN_MIGRATION, "timeZone"))
    try:
        return named_zone(name) if name else UTC
    except ValueError:
        return UTC
