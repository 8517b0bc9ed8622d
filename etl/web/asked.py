"""What viewers have asked for: an action answers it, and the page that follows shows it."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")

_KEPT_SECONDS: Final = 600.0


@dataclass
class Asked(Generic[Answer]):
    """Answers by company and what was asked, and by viewer where they are for that one alone. Older ones of all are
    forgotten whenever one is kept or looked for, as they may have values of partners."""

    _answers: dict[Hashable, tuple[float, Answer]] = field(default_factory=dict)

    def keep(self, key: Hashable, answer: Answer) -> None:
        self._forget_old()
        self._answers[key] = (time.monotonic(), answer)

    def lately(self, key: Hashable) -> Answer | None:
        self._forget_old()
        found = self._answers.get(key)
        return found[1] if found else None

    def forget(self, key: Hashable) -> None:
        self._answers.pop(key, None)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - _KEPT_SECONDS
        for key, (at, _) in list(self._answers.items()):
            if at < oldest:
                self._answers.pop(key, None)
