"""Parses configuration texts into frozen settings: all keys, defaults, units and rules.

Receives path → text and the environment. Returns one checked Settings, each value with its origin, or all problems.
Never reads a file or a ZooKeeper node, and never puts a secret into a message.
"""

from etl.settings.company import company_folders
from etl.settings.directory_model import DirectorySettings, Encryption
from etl.settings.kafka_model import InMigrationKafka, KafkaConnection, KafkaSettings, OutMigrationKafka
from etl.settings.model import InMigration, OutMigration, PostgresSettings, Settings
from etl.settings.origin import OriginKind, Setting
from etl.settings.parse import explain_settings, parse_settings
from etl.settings.renamed import RenamedLine, renamed_lines, warnings_of, with_new_names
from etl.settings.schedule import Schedule

__all__ = [
    "DirectorySettings",
    "Encryption",
    "InMigration",
    "InMigrationKafka",
    "KafkaConnection",
    "KafkaSettings",
    "OriginKind",
    "OutMigration",
    "OutMigrationKafka",
    "PostgresSettings",
    "RenamedLine",
    "Schedule",
    "Setting",
    "Settings",
    "company_folders",
    "explain_settings",
    "parse_settings",
    "renamed_lines",
    "warnings_of",
    "with_new_names",
]
