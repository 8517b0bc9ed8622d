"""Reads the words of a pattern one by one, and reports faults with their positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

from etl.settings.schedule.words import Token


@dataclass(frozen=True)
class Fault:
    """A fault of a part of a pattern: `start` counts from 0, `length` may be 0 at the end of the pattern."""

    message: str
    start: int
    length: int


class FaultError(ValueError):
    """One fault; parsing continues at the next part."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class PatternReader:
    """The words of one pattern, with the current position. `end` is the length of the pattern."""

    def __init__(self, words: Sequence[Token], end: int) -> None:
        self._words, self.end, self._position = words, end, 0
        self.faults: list[Fault] = []

    @property
    def ahead(self) -> Token | None:
        """The next word; None at the end."""
        return self._words[self._position] if self._position < len(self._words) else None

    def take(self, wanted: str) -> Token:
        """Takes the next word. Raises FaultError at the end, where `wanted` is missing."""
        token = self.ahead
        if token is None:
            self.fail(f"ends too early: {wanted} is missing")
        self._position += 1
        return token

    def skip(self, name: str) -> bool:
        """Takes the next word if it means `name`; returns whether it did."""
        found = self.ahead is not None and self.ahead.means(name)
        self._position += found
        return found

    def expect(self, name: str) -> None:
        """Takes the next word, which must mean `name`."""
        if not self.skip(name):
            self.fail(f"{self._named()}: `{name}` is expected here")

    def take_kind(self, kind: str) -> Token | None:
        """Takes the next word if it is of that kind."""
        token = self.ahead
        if token is None or token.kind != kind:
            return None
        self._position += 1
        return token

    def take_sign(self, sign: str) -> bool:
        """Takes a `+ * ( )`."""
        found = self.ahead is not None and self.ahead.kind == "sign" and self.ahead.text == sign
        self._position += found
        return found

    def skip_to_sign(self) -> None:
        """After a fault: skips to the next part of the pattern."""
        while self.ahead is not None and self.ahead.text not in ("+", "*", ")"):
            self._position += 1

    def fail(self, message: str, at: Token | None = None) -> Never:
        """Raises FaultError at a word, else at the next one, else at the end."""
        token = at or self.ahead
        start, length = (token.start, len(token.text)) if token else (self.end, 0)
        raise FaultError(Fault(message, start, length))

    def _named(self) -> str:
        return f"is {self.ahead.text!r}" if self.ahead else "ends too early"
