"""What Person gets from an account."""

from collections.abc import Iterable
from datetime import datetime

from etl.settings import DirectorySettings
from etl.sources.directory.account import READ_ALWAYS, Account
from etl.sources.directory.filters import named_attributes


def needed_attributes(settings: DirectorySettings) -> tuple[str, ...]:
    """Attributes that are read or that the filter names, each once."""
    named = (*READ_ALWAYS, *settings.attributes.values(), *named_attributes(settings.user_filter))
    return tuple({one.lower(): one for one in reversed(named)}.values())[::-1]


def read_attributes(settings: DirectorySettings) -> tuple[str, ...]:
    """Attributes that are asked for."""
    wanted = {one.lower() for one in (*READ_ALWAYS, *settings.attributes.values())}
    return tuple(one for one in needed_attributes(settings) if one.lower() in wanted)


def person_values(
    account: Account, settings: DirectorySettings, fields: Iterable[str], now: datetime
) -> dict[str, str | None]:
    """Field -> value of an account; None empties the field. `fields`: those that Person has.

    Of several values the first in code-point order counts.
    """
    values: dict[str, str | None] = {
        field: next(iter(account.texts.get(attribute.lower(), ())), None)
        for field, attribute in settings.attributes.items()
    }
    if not values.get("surname") and not values.get("name"):
        values |= _names(account)
    values["email"] = account.login
    values["status"] = settings.status_inactive if account.is_inactive(now) else settings.status_active
    values["adGuid"] = account.guid
    return {field: values[field] for field in fields if field in values}


def _names(account: Account) -> dict[str, str | None]:
    """From displayName, which begins with the surname; else from the login."""
    shown = next(iter(account.texts.get("displayname", ())), account.login)
    surname, _, name = shown.partition(" ")
    return {"surname": surname, "name": name.strip() or None}
