"""How keys are declared in catalogue.py."""

from dataclasses import dataclass, replace
from enum import StrEnum


class ValueKind(StrEnum):
    """How the text of a value is read."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"


@dataclass(frozen=True)
class Key:
    """One line of a file. `default` is the text in the sample; numbers are checked against the range."""

    name: str
    kind: ValueKind
    default: str
    comment: str
    unit: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    smallest: int = 0
    largest: int = 0
    # What a text must match, and the message if it does not. The message never repeats the value.
    pattern: str = ""
    rule: str = ""
    largest_bytes: int = 0
    # What an empty value means; if this is empty, a number, boolean or choice must have a value.
    empty: str = ""
    # It starts programs under our account, or says where data is sent: refused in a text that others may write.
    guarded: bool = False

    def emptied(self, meaning: str) -> "Key":
        """The same key without a default, for a file that falls back on another one."""
        return replace(self, default="", empty=meaning)


@dataclass(frozen=True)
class KeyFile:
    """One `key=value` file of the tree: its path, its purpose, its keys in the order of the sample."""

    path: str
    comment: str
    keys: tuple[Key, ...]
    # A company may have its own copy in companies/<code>/, which overrides it key by key.
    overlaid: bool = True

    def key(self, name: str) -> Key | None:
        """The key of that exact name."""
        return next((key for key in self.keys if key.name == name), None)
