"""The events that hooks receive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from etl.quoting.json_text import json_text


@dataclass(frozen=True)
class Event:
    """`name`: run.done, run.stopped, sync.done, sync.stopped, sync.failed, run.waiting, feed.late, feed.stalled or an
    AlertKind of topics and versions; with `.over` the end of one, but of the first five.

    `at`: by the database's clock, for run.waiting by this machine's. `message`: a sentence for people. `details`: JSON.
    """

    name: str
    company: str
    at: datetime
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> str:
        reported = {"event": self.name, "company": self.company, "at": self.at, "message": self.message, **self.details}
        return json_text(reported)
