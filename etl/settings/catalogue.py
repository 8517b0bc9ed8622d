"""The table of all keys: name, default, unit, range, comment. Samples, checks and `etl config show` are made from it.

File and key names are those of the platform, so that its files can be used unchanged.
"""

import re
from typing import Final

from etl.settings.directory_keys import DIRECTORY_FILE
from etl.settings.guard_keys import GUARD_KEYS
from etl.settings.kafka_keys import KAFKA_FILES
from etl.settings.keys import Key, KeyFile, ValueKind
from etl.settings.loop_keys import LOOP_KEYS
from etl.settings.notice_keys import NOTICE_KEYS
from etl.settings.web_keys import WEB_FILE

IMPORT_DATABASE = "configs/InMigrationPostgresConfig.txt"
STORE_DATABASE = "configs/StorePostgresConfig.txt"
OUT_DATABASE = "configs/OutMigrationPostgresConfig.txt"
IN_MIGRATION = "configs/InMigrationConfig.txt"
WORKERS = "consumers/InMigration.workerCount"

# Environment variable, not a text of the tree: the platform's installations set it per server.
OUT_VERSION_VARIABLE = "MYBPM_OUT_MIGRATION_VERSION"
OUT_VERSION_DEFAULT = "1"
_OUT_VERSION = re.compile(r"[0-9A-Za-z_]{1,16}")

# PostgreSQL's NAMEDATALEN - 1.
_NAME_BYTES = 63
_CODE = "[A-Za-z][A-Za-z0-9_]*"

_HOST = Key(
    "host",
    ValueKind.TEXT,
    "",
    "Server of the database: a name, an address, or the folder of a socket. Several, separated by commas, are tried "
    "in turn.",
    pattern=r"[A-Za-z0-9_.:%\[\]/-]+(\s*,\s*[A-Za-z0-9_.:%\[\]/-]+)*",
    rule="is not a host: write a name, an address or the folder of a socket, several separated by commas",
    empty="the embedded server",
)
_PORT = Key("port", ValueKind.NUMBER, "5432", "Port of the server.", smallest=1, largest=65535)
_DATABASE = Key(
    "dbName",
    ValueKind.TEXT,
    "",
    "Database. Required if a host is given.",
    largest_bytes=_NAME_BYTES,
    empty="etl on the embedded server",
)
_USERNAME = Key(
    "username",
    ValueKind.TEXT,
    "",
    "User of the database.",
    largest_bytes=_NAME_BYTES,
    empty="the operating system's user",
)
_PASSWORD = Key(
    "password",
    ValueKind.TEXT,
    "",
    "Password of the user. Better kept out of this file: password:ENV=NAME reads it from the environment variable "
    "NAME.",
    secret=True,
    empty="none",
)
_SSLMODE = Key(
    "sslmode",
    ValueKind.CHOICE,
    "",
    "How the connection is encrypted, as in PostgreSQL.",
    choices=("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    empty="PostgreSQL's default, prefer",
)
_CONNECTION = (_HOST, _PORT, _DATABASE, _USERNAME, _PASSWORD, _SSLMODE)


def _falling_back(on: str) -> tuple[Key, ...]:
    return tuple(key.emptied(f"the same as for the {on}") for key in _CONNECTION)


_IMPORT_KEYS = (
    *_CONNECTION[:-1],
    Key("hasInMigration", ValueKind.BOOLEAN, "false", "Whether data is imported. While it is false, no run starts."),
    Key(
        "schemaName",
        ValueKind.TEXT,
        "in_tables",
        "Schema of the in_ tables and of process_tracking.",
        pattern=r"(?!(?i:pg_))[A-Za-z_][A-Za-z0-9_]*",
        rule="is not a schema name: write letters, digits and underscores, not beginning with a digit or pg_",
        largest_bytes=_NAME_BYTES,
    ),
    _SSLMODE,
)

_IN_MIGRATION_KEYS = (
    Key(
        "companyCode",
        ValueKind.TEXT,
        "",
        "Company whose data this is. The option --company of a command overrides it.",
        pattern=_CODE,
        rule="is not a company code: write letters, digits and underscores, beginning with a letter",
        empty="the only folder below companies/",
    ),
    Key(
        "passwordToEnableServices",
        ValueKind.TEXT,
        "-",
        "Password of the platform's own services, which etl web has; - switches them off, and so does one "
        "with fewer than six letters.",
        secret=True,
        empty="none",
    ),
    Key(
        "trackTimings",
        ValueKind.BOOLEAN,
        "true",
        "Whether the information table in_migration.timings shows how long tasks took. It costs nothing.",
    ),
    Key(
        "leaseSeconds",
        ValueKind.NUMBER,
        "60",
        "A run whose heartbeat is older than this is taken over by another runner. At least three heartbeats.",
        unit="seconds",
        smallest=3,
        largest=86_400,
    ),
    Key(
        "heartbeatSeconds",
        ValueKind.NUMBER,
        "10",
        "How often a runner renews the lease of its run.",
        unit="seconds",
        smallest=1,
        largest=28_800,
    ),
    Key(
        "chunkRows",
        ValueKind.NUMBER,
        "1500000",
        "Rows that one task merges in one transaction; of an object with over 3,000,000 instances in proportion more.",
        unit="rows",
        smallest=1_000,
        largest=10_000_000,
    ),
    Key(
        "workMemMb",
        ValueKind.NUMBER,
        "256",
        "Memory that PostgreSQL may use for one sort or hash of a merge.",
        unit="MB",
        smallest=1,
        largest=65_536,
    ),
    Key(
        "nullPolicy",
        ValueKind.CHOICE,
        "clear",
        "What an empty column of an imported row does to the field: clear empties it, keep leaves it unchanged.",
        choices=("clear", "keep"),
    ),
    Key(
        "referenceExpiryMinutes",
        ValueKind.NUMBER,
        "10080",
        "How long a link waits for an instance that has not arrived, before it becomes an error. 10080 is a week.",
        unit="minutes",
        smallest=1,
        largest=5_256_000,
    ),
    Key(
        "maxValueBytes",
        ValueKind.NUMBER,
        "104857600",
        "A larger value is rejected, since it could not be backed up. 104857600 is 100 MiB.",
        unit="bytes",
        smallest=1,
        # PostgreSQL's own limit of one value is 1 GiB.
        largest=1_073_741_823,
    ),
    Key(
        "maxRowBytes",
        ValueKind.NUMBER,
        "134217728",
        "A row whose texts have more bytes in total is rejected: neither the journal nor a dump could hold it. "
        "134217728 is 128 MiB.",
        unit="bytes",
        smallest=1,
        # A dump writes a control letter of the journal's JSON in seven bytes, and a line of it ends at 1 GiB.
        largest=134_217_728,
    ),
    *GUARD_KEYS,
    *LOOP_KEYS,
    *NOTICE_KEYS,
)

_IN_OUT = ("leave", "mark")
STATE_KEYS: Final = (("REMOVED", "removedInOut"), ("ARCHIVED", "archivedInOut"), ("TEST", "testInOut"))
"""The states beside ACTUAL, each with the key that says whether an instance in it stays in the out_ tables."""

_OUT_KEYS = (
    Key(
        "removedInOut",
        ValueKind.CHOICE,
        "leave",
        "What happens to a removed instance in the out_ tables: leave deletes its row, mark keeps it and shows its "
        "state in the column system_state. A change of this requires a new version.",
        choices=_IN_OUT,
    ),
    Key(
        "archivedInOut",
        ValueKind.CHOICE,
        "leave",
        "What happens to an archived instance in the out_ tables: leave deletes its row, mark keeps it and its links "
        "and shows its state in the column system_state. A change of this requires a new version.",
        choices=_IN_OUT,
    ),
    Key(
        "testInOut",
        ValueKind.CHOICE,
        "leave",
        "What happens to an instance for test mode in the out_ tables: leave or mark, as with archivedInOut. A change "
        "of this requires a new version.",
        choices=_IN_OUT,
    ),
    Key(
        "fillSeconds",
        ValueKind.NUMBER,
        "300",
        "How long one run may fill a new version; `etl out build` or later runs do the rest.",
        unit="seconds",
        smallest=1,
        largest=86_400,
    ),
    Key(
        "readerDays",
        ValueKind.NUMBER,
        "30",
        "How long changes are kept for a reader that does not confirm (`etl out reader`): `etl check` warns after half "
        "of it, then `etl clean` retires the reader, and its next delivery is a full one.",
        unit="days",
        smallest=1,
        largest=36_500,
    ),
)

FILES = (
    KeyFile(IMPORT_DATABASE, "Database of the in_ tables, into which partners write.", _IMPORT_KEYS),
    KeyFile(
        STORE_DATABASE,
        "Database of the golden store. If empty, it is the database of the in_ tables; a dbName alone names another "
        "database on the same server.",
        _falling_back("in_ tables"),
    ),
    KeyFile(
        OUT_DATABASE,
        "Database of the out_ tables, from which partners read. If empty, it is the database of the golden store; a "
        "dbName alone names another database on the same server.",
        (
            Key("hasOutMigration", ValueKind.BOOLEAN, "false", "Whether there are out_ tables."),
            *_OUT_KEYS,
            *_falling_back("golden store"),
        ),
    ),
    KeyFile(IN_MIGRATION, "How the import works.", _IN_MIGRATION_KEYS),
    KeyFile(
        WORKERS,
        "How many workers of this runner merge at the same time.",
        (Key("comeKafkaInMigration", ValueKind.NUMBER, "1", "Workers of the import.", smallest=1, largest=128),),
        overlaid=False,
    ),
    *KAFKA_FILES,
    DIRECTORY_FILE,
    WEB_FILE,
)


def why_no_out_version(text: str) -> str:
    """Why a text names no version of the out_ tables, and what to write; empty if it does."""
    return "" if _OUT_VERSION.fullmatch(text) else "is not a version: write up to 16 letters, digits and underscores"
