"""Configuration texts into frozen settings: every key, default, unit and rule.

Receives path → text and the environment. Returns one checked Settings, each value with its origin, or every problem.
Never reads a file or a node, and never lets a secret into a message.
"""

from etl.settings.company import company_folders
from etl.settings.model import InMigration, OutMigration, PostgresSettings, Settings
from etl.settings.origin import OriginKind, Setting
from etl.settings.parse import explain_settings, parse_settings
from etl.settings.schedule import Schedule

__all__ = [
    "InMigration",
    "OriginKind",
    "OutMigration",
    "PostgresSettings",
    "Schedule",
    "Setting",
    "Settings",
    "company_folders",
    "explain_settings",
    "parse_settings",
]
