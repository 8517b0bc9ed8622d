"""How a key is declared: the shape of the table in catalogue.py."""

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
    """One line of a file. `default` is the text that stands in the sample; numbers are checked against the range."""

    name: str
    kind: ValueKind
    default: str
    comment: str
    unit: str = ""
    secret: bool = False
    choices: tuple[str, ...] = ()
    smallest: int = 0
    largest: int = 0
    # What a text must look like, and the sentence for one that does not. The sentence never repeats the value.
    pattern: str = ""
    rule: str = ""
    largest_bytes: int = 0
    # What an empty value means; without it a number, boolean or choice must not be empty.
    empty: str = ""
    # It starts programs of our account or says where what we know goes: not taken from a text that others may write.
    guarded: bool = False

    def emptied(self, meaning: str) -> "Key":
        """The same key with no default, for a file that falls back on another one."""
        return replace(self, default="", empty=meaning)


@dataclass(frozen=True)
class KeyFile:
    """One `key=value` file of the tree: its path, what it is for, its keys in the order of the sample."""

    path: str
    comment: str
    keys: tuple[Key, ...]
    # A company may have its own copy below companies/<code>/, which wins key by key.
    overlaid: bool = True

    def key(self, name: str) -> Key | None:
        """The key of that exact name."""
        return next((key for key in self.keys if key.name == name), None)
