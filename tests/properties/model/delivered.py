"""What the partner writes: rows of in_ tables, of link tables, of in_fileStorage and of the marker table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Values = dict[str, Any]
READY, CLAIMED, DONE, ERROR, WAITING = "", "ON_WORK", "DONE", "ERROR", "WAITING"


@dataclass
class Row:
    """A row of an in_ table. `run` is the number of the run that claimed it last. `is_added`: by a run, to a full
    set."""

    id: int
    in_id: str | None
    out_id: str | None
    removed: bool | None
    values: Values
    status: str = READY
    run: int | None = None
    is_added: bool = False


@dataclass
class LinkRow:
    """A row of an in_ link table; owner and target are in_ids. One that is `removed` takes its link away."""

    owner: str
    target: str
    inserted: datetime
    removed: bool | None = False
    status: str = READY


@dataclass
class File:
    """A row of in_fileStorage. `out_file` is the id of the stored content."""

    content: bytes | None
    uploaded: bool = False
    out_file: str | None = None


@dataclass
class Marker:
    """A row of process_tracking: load_status, ins_inkafka_status, occupied_by_process."""

    load: int
    read: int = 0
    run: int = 0
