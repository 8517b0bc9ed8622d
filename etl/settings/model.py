"""The settings that other packages receive: frozen, complete and checked."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from etl.settings.directory_model import DirectorySettings
from etl.settings.kafka_model import KafkaSettings
from etl.settings.origin import Setting
from etl.settings.schedule import Schedule
from etl.settings.schedule.due import Due

NullPolicy = Literal["clear", "keep"]

# From this many rows on a second worker saves more than dividing the rows costs.
WORTH_SHARING_ROWS = 50_000


@dataclass(frozen=True)
class PostgresSettings:
    """The connection parameters of one database. `host` "" is the embedded server; several hosts are separated by
    commas."""

    host: str
    port: int
    database: str
    username: str
    password: SecretStr
    sslmode: str
    # The configuration text to name in errors.
    path: str
    # A server with a host that etl has made all the same, as for a drill.
    is_own: bool = False

    @property
    def is_embedded(self) -> bool:
        """Only its own account can connect: its role is a superuser, which endangers nothing."""
        return self.is_own or not self.host


@dataclass(frozen=True)
class InMigration:
    """The settings of the import; units are in the names."""

    company_code: str
    schema_name: str
    # Of the platform's own services; empty: they are off.
    service_password: SecretStr
    lease_seconds: int
    heartbeat_seconds: int
    chunk_rows: int
    work_mem_mb: int
    null_policy: NullPolicy
    reference_expiry_minutes: int
    # None: no limit.
    error_limit: int | None
    max_value_bytes: int
    max_row_bytes: int
    # Percent of an object's instances, or of the links between two objects; None: no limit.
    max_removed_share: int | None
    max_blanked_share: int | None
    max_changed_share: int | None
    max_unlinked_share: int | None
    # The crash count from which on a task is set aside.
    task_attempts: int
    # 0: a server that must be repaired is not waited for.
    fault_patience_seconds: int
    copy_tables: bool
    copy_days: int
    clean_days: int
    # 0: as clean_days.
    history_days: int
    clean_limit: int
    track_timings: bool
    start_on_hand_over: bool
    poll_seconds: int
    # Empty: that of the machine.
    time_zone: str
    # Words of a program; empty: none.
    hook_command: tuple[str, ...]
    hook_url: SecretStr
    hook_seconds: int
    due: Due
    # None: any time.
    stalled_minutes: int | None

    @property
    def kept_days(self) -> int:
        """For how long the store keeps its journal at least."""
        return max(self.clean_days, self.history_days)


@dataclass(frozen=True)
class OutMigration:
    """The settings of the out_ tables. `kept_states`: the states beside ACTUAL in which an instance stays and is
    marked. `reader_days`: how long changes are kept for a reader that does not confirm."""

    enabled: bool
    environment_version: str
    kept_states: tuple[str, ...]
    fill_seconds: int
    reader_days: int


@dataclass(frozen=True)
class Settings:
    """One snapshot of all settings, taken once per run."""

    in_migration: InMigration
    import_database: PostgresSettings
    store_database: PostgresSettings
    out_database: PostgresSettings
    worker_count: int
    has_in_migration: bool
    out_migration: OutMigration
    # When the import looks for a hand-over.
    schedule: Schedule
    kafka: KafkaSettings
    directory: DirectorySettings
    # Every key with its value and where it comes from.
    values: tuple[Setting, ...] = field(repr=False)

    @property
    def undivided_rows(self) -> int:
        """Up to this many rows a table is one task; a larger one is divided, where its order allows that."""
        most = self.in_migration.chunk_rows
        return most if self.worker_count == 1 else min(most, WORTH_SHARING_ROWS)

    @property
    def has_out_migration(self) -> bool:
        return self.out_migration.enabled

    @property
    def out_environment_version(self) -> str:
        """MYBPM_OUT_MIGRATION_VERSION."""
        return self.out_migration.environment_version
