"""A field of a business object, as its author wrote it: code, type, flags, options, link target."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints, model_validator
from pydantic import Field as Key
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import CoreSchema

from etl.metadata.field_types import DATE_TYPES, LINK_TYPES, NATIVE_SQL_TYPES, SQL_TYPES, FieldType, Native
from etl.metadata.names import CODE_PATTERN
from etl.metadata.texts import MAX_LABEL, fault_of
from etl.quoting import MAX_NAME_BYTES

Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN, max_length=MAX_NAME_BYTES)]


def _sound(text: str) -> str:
    """Refuses what no text may hold, and says which character that is."""
    if fault := fault_of(text):
        raise PydanticCustomError("unsound_text", "{fault}", {"fault": fault})
    return text


Sound = AfterValidator(_sound)
# What a varchar(32) column of an in_ table can hold; printable, so that it can be typed and compared.
OptionText = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]+$"), Sound]
LabelText = Annotated[str, StringConstraints(max_length=MAX_LABEL), Sound]
# PostgreSQL's widest offset is 15:59.
Minutes = Annotated[int, Key(ge=-959, le=959)]


class Value(BaseModel):
    """Base of everything read from a document: frozen, camelCase keys, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Label(Value):
    """A name for people: one text, or a text per language."""

    rus: LabelText = ""
    kaz: LabelText = ""
    qaz: LabelText = ""
    eng: LabelText = ""

    @model_validator(mode="before")
    @classmethod
    def _one_text(cls, data: Any) -> Any:
        return {"rus": data} if isinstance(data, str) else data

    def __str__(self) -> str:
        return self.rus or self.eng or self.kaz or self.qaz

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class Option(Value):
    """One choice of a dropdown's own list, or its code alone; `id` is the platform's 16-character id of it."""

    code: OptionText
    id: OptionText | None = None
    label: Label = Label()

    @model_validator(mode="before")
    @classmethod
    def _code_alone(cls, data: Any) -> Any:
        return {"code": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class BoFieldCode(Value):
    """Where a composite's field finds its value: a field of one of its members."""

    bo_code: str
    field_code: str


class OnBadValue(StrEnum):
    """What a value that its type refuses does to its row."""

    REJECT_ROW = "reject_row"
    SKIP_VALUE = "skip_value"


class LinkMode(StrEnum):
    """Whether a batch's links join the present ones or take their place."""

    ADD = "add"
    REPLACE = "replace"


class Field(Value):
    """One field; `needLoadFromInTables` and its like are the platform's own flags."""

    code: Code
    type: FieldType
    label: Label = Label()
    need_load_from_in_tables: bool = False
    need_upload_to_out_table: bool = False
    use_as_key_in_migration: bool = False
    is_unique: bool = False
    is_required: bool = False
    in_migration_timezone_minutes: Minutes | None = None
    options: tuple[Option, ...] = ()
    dictionary: str | None = None
    bo: str | None = None
    co: str | None = None
    view_type: str = "TABLE"
    bo_field_codes: tuple[BoFieldCode, ...] = ()
    on_bad_value: OnBadValue = OnBadValue.REJECT_ROW
    link_mode: LinkMode = LinkMode.ADD

    @property
    def sql_type(self) -> str | None:
        """Type of its column in in_, store and out_ tables; None: it gives no column."""
        return SQL_TYPES[self.type]

    @property
    def ignores_case(self) -> bool:
        """Whether its values, where they must be unique, are the same in upper and lower case."""
        return self.type is FieldType.INPUT_EMAIL

    @property
    def is_link(self) -> bool:
        """Whether it links to instances instead of holding a value."""
        return self.type in LINK_TYPES

    @property
    def is_single(self) -> bool:
        """Whether an instance keeps one link only, the newest."""
        return self.view_type == "SINGLE"

    @property
    def only_adds_links(self) -> bool:
        """Whether a link never makes another one give way: then the order of links does not matter."""
        return not self.is_single and self.link_mode is LinkMode.ADD

    @property
    def is_date(self) -> bool:
        """Whether it is read in `inMigrationTimezoneMinutes`."""
        return self.type in DATE_TYPES


class NativeField(Value):
    """A field that the platform itself keeps on every instance, and whether readers of out_ tables see it."""

    code: Native
    need_upload_to_out_table: bool = False

    @property
    def sql_type(self) -> str:
        return NATIVE_SQL_TYPES[self.code]


def option_values(field: Field) -> Iterator[tuple[str, str]]:
    """(text that a source may write, stored code); a code takes precedence over an equal id of another option."""
    codes = {option.code for option in field.options}
    for option in field.options:
        yield option.code, option.code
        if option.id and option.id not in codes:
            yield option.id, option.code
