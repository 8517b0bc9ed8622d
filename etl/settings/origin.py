"""Values with their origin, for `etl config show` and for messages."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr

from etl.settings.convert import Value
from etl.settings.keys import Key

MASK = "******"


class OriginKind(StrEnum):
    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    COMPANY = "company"


@dataclass(frozen=True)
class Origin:
    kind: OriginKind
    path: str = ""
    line: int | None = None
    variable: str = ""

    def __str__(self) -> str:
        location = f"{self.path}:{self.line}" if self.line else self.path
        match self.kind:
            case OriginKind.DEFAULT:
                return "default"
            case OriginKind.FILE:
                return location
            case OriginKind.COMPANY:
                return f"company overlay {location}"
            case OriginKind.ENVIRONMENT:
                return f"environment variable {self.variable}" + (f" ({location})" if location else "")


DEFAULT = Origin(OriginKind.DEFAULT)


@dataclass(frozen=True)
class Setting:
    """One key of one file with the value in force. `file` is the path in the tree."""

    file: str
    key: Key
    value: Value
    origin: Origin

    @property
    def shown(self) -> str | int | bool | None:
        """The value to show: a mask for a secret."""
        if isinstance(self.value, SecretStr):
            return MASK if self.value.get_secret_value() else ""
        return self.value

    @property
    def secret(self) -> str:
        """The value to mask; empty if it is not secret. A default is public: it is in the sample."""
        text = self.value.get_secret_value() if isinstance(self.value, SecretStr) else ""
        return "" if text == self.key.default else text
