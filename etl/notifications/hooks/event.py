"""What is sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Event:
    """`name`: run.done, run.stopped, and run.waiting, feed.late, feed.stalled, each with `.over` for the all-clear.

    `at` is of the database's clock, of run.waiting of our own; `message` a sentence for people; `details` are JSON.
    """

    name: str
    company: str
    at: datetime
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """One object in one line."""
        reported = {"event": self.name, "company": self.company, "at": self.at, "message": self.message, **self.details}
        return json.dumps(reported, ensure_ascii=False, default=str)
