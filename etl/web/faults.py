"""Faults of the configuration that keep an edit from counting."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class ConfigurationFault:
    """Since `since`, as this process has noticed it, the last good values count. `text` names file, line and key."""

    text: str
    since: datetime


def noted(before: ConfigurationFault | None, error: Exception) -> ConfigurationFault:
    """The fault of now; the moment is that of the first one since good values were read."""
    return ConfigurationFault(str(error), before.since if before else datetime.now(UTC))
