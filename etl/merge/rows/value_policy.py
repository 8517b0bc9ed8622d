"""The rules by which values of fields are read and kept: of a whole run, and whose value of a field counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.metadata.field import Field
from etl.quoting import fold
from etl.store import PinnedField


@dataclass(frozen=True)
class ValuePolicy:
    """The rules for the values of a whole run.

    `gives_some`, `is_staged`, `always_given`: as in `Source`. With `gives_some` a null that is given clears the field,
    whatever `keep_on_null` says. `pinned`: the fields of the object that are pinned in some instances. `family`: the
    kind of source, as `sources` of the metadata name it; "" where these do not count.
    """

    store_schema: str
    keep_on_null: bool
    gives_some: bool = False
    is_staged: bool = False
    always_given: frozenset[str] = frozenset()
    pinned: tuple[PinnedField, ...] = ()
    family: str = ""

    @property
    def keeps(self) -> bool:
        """Whether a null keeps the value that the store has."""
        return self.keep_on_null and not self.gives_some

    def given(self, field: Field, number: int) -> str:
        """SQL of the condition that the row gives the loaded field of this number; "" if every row does."""
        return f"get_bit(i._given, {number}) = 1" if self.gives_some and field.code not in self.always_given else ""

    def pin_of(self, field: Field) -> PinnedField | None:
        """What is known of the pins of a field; None without any."""
        return next((one for one in self.pinned if one.field == fold(field.code)), None)


@dataclass(frozen=True)
class Owning:
    """Whose value of a field counts: `sources` in their order, and `time`, SQL of that of the row. `is_time`: the field
    is the time itself."""

    sources: Sequence[str] = ()
    time: str = ""
    is_time: bool = False
