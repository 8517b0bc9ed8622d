"""The time zone of the schedule: the configured one, else that of the machine."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from etl.errors import ConfigurationError, Problem
from etl.settings.catalogue import IN_MIGRATION

_LOCAL = Path("/etc/localtime")


def zone_of(name: str, environ: Mapping[str, str]) -> tzinfo:
    """The zone of that name; for an empty one $TZ, else /etc/localtime, else UTC. ConfigurationError if unknown."""
    asked = name or environ.get("TZ", "").lstrip(":")
    if not asked:
        return _machine()
    try:
        return ZoneInfo(asked)
    except (OSError, ValueError, KeyError):  # unknown names are KeyErrors
        origin = "the environment variable TZ names " if not name else ""
        message = (
            f"{origin}{asked!r} is not a zone that this machine knows: write one like Asia/Almaty, or install tzdata"
        )
        raise ConfigurationError(Problem(message, IN_MIGRATION, None, "timeZone")) from None


def _machine() -> tzinfo:
    try:
        with _LOCAL.open("rb") as file:
            return ZoneInfo.from_file(file, key=_LOCAL.resolve().as_posix().rpartition("zoneinfo/")[2])
    except (OSError, ValueError):
        return ZoneInfo("UTC")
