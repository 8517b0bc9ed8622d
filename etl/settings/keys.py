"""How keys are declared in catalogue.py."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class ValueKind(StrEnum):
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


_NO_ENDING = "(?!)"


@dataclass(frozen=True)
class KeyFamily:
    """Keys with a common beginning, such as `option.acks`; what follows it is anything that matches `endings`."""

    beginning: str
    comment: str
    # Lines of the sample, which stand there as comments.
    examples: tuple[str, ...]
    endings: str
    rule: str
    # Ending -> why it cannot be set here and what to do instead; one that ends in * is for all with this beginning.
    refused: Mapping[str, str] = field(default_factory=dict)
    # Endings whose values are secret, and those that start programs under our account.
    secret: str = _NO_ENDING
    guarded: str = _NO_ENDING

    @property
    def name(self) -> str:
        """How documentation names all of them."""
        return f"{self.beginning}*"

    def key(self, name: str, *, hidden: bool) -> Key | None:
        """The key of that name, if it is one of these and not refused. `hidden`: its value is secret anyhow, if any
        value here may be."""
        ending = name.removeprefix(self.beginning)
        if not name.startswith(self.beginning) or self.fault(name):
            return None
        may_be_secret = self.secret != _NO_ENDING
        return Key(
            name,
            ValueKind.TEXT,
            "",
            self.comment,
            secret=may_be_secret and (hidden or bool(re.search(self.secret, ending))),
            empty="as if the line were not there",
            guarded=bool(re.fullmatch(self.guarded, ending)),
        )

    def fault(self, name: str) -> str:
        """Why a key with this beginning is none; empty if it is one."""
        if not name.startswith(self.beginning):
            return ""
        ending = name.removeprefix(self.beginning)
        if not re.fullmatch(self.endings, ending):
            return self.rule
        whole = self.refused.get(ending)
        parts = (why for key, why in self.refused.items() if key.endswith("*") and ending.startswith(key[:-1]))
        return whole or next(parts, "")


@dataclass(frozen=True)
class KeyFile:
    """One `key=value` file of the tree: its path, its purpose, its keys in the order of the sample."""

    path: str
    comment: str
    keys: tuple[Key, ...]
    # A company may have its own copy in companies/<code>/, which overrides it key by key.
    overlaid: bool = True
    families: tuple[KeyFamily, ...] = ()

    def key(self, name: str, *, hidden: bool = False) -> Key | None:
        """The key of that exact name. `hidden`: its value does not come from the text, and may be secret."""
        found = (key for key in self.keys if key.name == name)
        members = (family.key(name, hidden=hidden) for family in self.families)
        return next(found, None) or next(filter(None, members), None)

    def fault(self, name: str) -> str:
        """Why a name with the beginning of a family is no key; empty if that is not so."""
        return next(filter(None, (family.fault(name) for family in self.families)), "")
