"""The backups of a store, as it notes them itself."""

from dataclasses import dataclass
from datetime import datetime

from etl.database import Connection, PartState, SqlTemplates, execute, fetch_all, part_states
from etl.store.own_tables import STORE

_sql = SqlTemplates(__package__)


@dataclass(frozen=True)
class LastBackups:
    """The newest backup, and the newest that a drill has restored. `age_hours` by the server's clock; `days_since`:
    since the last drill, or without one since the first backup that is noted."""

    taken_at: datetime
    location: str
    age_hours: float
    is_drilled: bool
    drilled_at: datetime | None
    days_since: float


@dataclass(frozen=True)
class ListedBackup:
    """A backup. `location`: folder and host; `drilled_at`: when it was last restored in a drill; `cursor`: where a page
    that begins behind it begins."""

    backup_id: str
    taken_at: datetime
    location: str
    drilled_at: datetime | None
    cursor: int


@dataclass(frozen=True)
class BackupRecords:
    """The backups of a store's schema."""

    schema: str

    def last(self, connection: Connection) -> LastBackups | None:
        """None where none is noted."""
        if not self._state(connection).has("backups"):
            return None
        rows = fetch_all(connection, _sql("last_backups", schema=self.schema))
        return LastBackups(**rows[0]._mapping) if rows else None

    def listed(self, connection: Connection, limit: int, *, before: int | None = None) -> list[ListedBackup]:
        """The newest ones, behind a cursor; none where the store has no such table yet."""
        if not self._state(connection).has("backups"):
            return []
        values = {"limit": limit, "before": before}
        rows = fetch_all(connection, _sql("list_backups", schema=self.schema), values)
        return [ListedBackup(**row._mapping) for row in rows]

    def note(self, connection: Connection, backup_id: str, taken_at: datetime, location: str) -> bool:
        """Returns whether the store could note it: one of an older program, or of a newer one, stays as it is."""
        state = self._state(connection)
        if not state.has("backups") or state.needed_to_write > state.part.version:
            return False
        values = {"backup_id": backup_id, "taken_at": taken_at, "location": location}
        execute(connection, _sql("note_backup", schema=self.schema), values)
        execute(connection, _sql("forget_backups", schema=self.schema))
        return True

    def note_drill(self, connection: Connection, backup_id: str, taken_at: datetime, location: str) -> bool:
        """As `note`; a backup from before such notes is noted with its drill."""
        if not self.note(connection, backup_id, taken_at, location):
            return False
        execute(connection, _sql("note_drill", schema=self.schema), {"backup_id": backup_id})
        return True

    def _state(self, connection: Connection) -> PartState:
        [state] = part_states(connection, self.schema, [STORE])
        return state
