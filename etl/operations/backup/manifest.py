"""What a backup says about itself: `manifest.json`. No secret is in it."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from etl.operations.digests import TableDigest

FORMAT: Final = 2
"""Of folder and manifest; a program reads its own and all before."""
OF_DUMPS: Final = 1
"""The format of a backup that has no `restore_point`."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedPart(_Model):
    """A row of etl_schema: which version a part of our tables has, and which programs may write and read it."""

    schema_name: str
    part: str
    version: int
    oldest_writer: int
    oldest_reader: int
    made_by: str


class Server(_Model):
    """The server and database that a dump is of. `collation_version`: as the database recorded it, where it does."""

    version_number: int
    version: str
    encoding: str
    collate: str
    character_type: str
    collation_version: str | None

    @property
    def major(self) -> int:
        return self.version_number // 10_000


class File(_Model):
    """A file of the backup by its path in the folder."""

    path: str
    size: int
    sha256: str


class Dump(_Model):
    """Schemas that were dumped together. `database` is the first dump of the same database: its own name if it has one
    for itself. `roles`: those that have privileges there."""

    name: str
    database: str
    file: File
    schemas: tuple[str, ...]
    tables: tuple[TableDigest, ...]
    parts: tuple[RecordedPart, ...]
    roles: tuple[str, ...]
    server: Server

    @property
    def rows(self) -> int:
        return sum(one.rows or 0 for one in self.tables)


class Manifest(_Model):
    """`programs`: the major version of PostgreSQL's programs that wrote the dumps; older ones cannot read them.
    `taken_at`: the moment of the dumps, by the clock of the first database. `left_out`: secrets that stood in the
    configuration, each with the variable that its value is asked from instead. `restore_point`: its name in the
    write-ahead log, where another program keeps the rows; then there are no dumps."""

    format: int
    backup_id: str
    company: str
    made_by: str
    programs: int
    taken_at: datetime
    dumps: tuple[Dump, ...]
    configuration: tuple[File, ...]
    left_out: tuple[str, ...]
    restore_point: str | None = None

    def dump(self, name: str) -> Dump | None:
        return next((one for one in self.dumps if one.name == name), None)

    @property
    def has_own_out(self) -> bool:
        """Whether the out_ tables were in another database than the store."""
        store, out = self.dump("store"), self.dump("out")
        return bool(store and out and store.database != out.database)

    @property
    def files(self) -> tuple[File, ...]:
        return (*(one.file for one in self.dumps), *self.configuration)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)
