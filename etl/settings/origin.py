"""A value together with where it comes from, for `etl config show` and for messages."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from etl.settings.convert import Value
from etl.settings.keys import Key

MASK = "******"


class OriginKind(StrEnum):
    """The kind of layer that a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMPANY = "company"


@dataclass(frozen=True)
class Origin:
    """The layer and the line that a value comes from."""

    kind: OriginKind
    path: str = ""
    line: int | None = None
    variable: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        match self.kind:
            case OriginKind.DEFAULT:
                return "default"
            case OriginKind.FILE:
                return place
            case OriginKind.COMPANY:
                return f"company overlay {place}"
            case OriginKind.ENVIRONMENT:
                return f"environment variable {self.variable}" + (f" ({place})" if place else "")


DEFAULT = Origin(OriginKind.DEFAULT)


@dataclass(frozen=True)
class Setting:
    """One key of one file with its value as it counts. `file` is the path in the tree."""

    file: str
    key: Key
    value: Value
    origin: Origin

    @property
    def shown(self) -> str | int | bool | None:
        """The value as it may be shown: a secret is a mask, if there is one at all."""
        if isinstance(self.value, SecretStr):
            return MASK if self.value.get_secret_value() else ""
        return self.value

    @property
    def secret(self) -> str:
        """The value to mask; empty if it is not secret. A default is not: it stands in the sample."""
        text = self.value.get_secret_value() if isinstance(self.value, SecretStr) else ""
        return "" if text == self.key.default else text
