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


# A kind of source, or of records those of one topic.
SourceName = Annotated[
    str, StringConstraints(pattern=r"^(pin|in_tables|directory|adoption|kafka(:[A-Za-z0-9._-]{1,249})?)$")
]


class DocumentValue(BaseModel):
    """Base of everything read from a document: frozen, camelCase keys, no unknown keys.

    Each key has a description: it is in the JSON Schema, so that editors show it, and in docs/business-object.md.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)


class Label(DocumentValue):
    """A name for people: one text, or a text per language."""

    rus: LabelText = Key("", description="In Russian.")
    kaz: LabelText = Key("", description="In Kazakh, Cyrillic letters.")
    qaz: LabelText = Key("", description="In Kazakh, Latin letters.")
    eng: LabelText = Key("", description="In English.")

    @model_validator(mode="before")
    @classmethod
    def _one_text(cls, data: Any) -> Any:
        return {"rus": data} if isinstance(data, str) else data

    def __str__(self) -> str:
        return self.rus or self.eng or self.kaz or self.qaz

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class Option(DocumentValue):
    """One choice of a dropdown's own list, or its code alone."""

    code: OptionText = Key(description="What partners write, and what is stored; the case of letters counts.")
    id: OptionText | None = Key(None, description="The platform's id of it, which partners may write instead.")
    label: Label = Key(Label(), description="Its name for people.")

    @model_validator(mode="before")
    @classmethod
    def _code_alone(cls, data: Any) -> Any:
        return {"code": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class BoFieldCode(DocumentValue):
    """Where a composite's field finds its value: a field of one of its members."""

    bo_code: str = Key(description="The code of the member, one of `bos`.")
    field_code: str = Key(description="The code of its field, which has the type of this one.")


class OnBadValue(StrEnum):
    """What a value that its type refuses does to its row."""

    REJECT_ROW = "reject_row"
    SKIP_VALUE = "skip_value"


class LinkMode(StrEnum):
    """Whether a batch's links join the present ones or take their place."""

    ADD = "add"
    REPLACE = "replace"


class Field(DocumentValue):
    """One field. Keys that do not fit its type are faults."""

    code: Code = Key(description="Its name in tables, columns and records; PostgreSQL does not tell capitals.")
    type: FieldType = Key(description="What it holds; decides the type of its columns.")
    label: Label = Key(Label(), description="Its name for people: in what `etl contract` writes, and in the console.")
    need_load_from_in_tables: bool = Key(
        False, description="Whether partners give it: a column of the in_ table, or in_ link tables."
    )
    need_upload_to_out_table: bool = Key(
        False, description="Whether readers see it: a column of the out table, or an out link table."
    )
    use_as_key_in_migration: bool = Key(
        False,
        description="Its value is in_id, so that the in_ table has no column of it. One field of an object at most.",
    )
    is_unique: bool = Key(False, description="No two instances have the same value; a value finds its instance.")
    is_required: bool = Key(
        False,
        description="Partners are to fill it: `etl contract` and its check.sql say so. A run takes rows without it.",
    )
    in_migration_timezone_minutes: Minutes | None = Key(
        None, description="Of dates: the zone in which they are read, in minutes east of Greenwich. Without it UTC."
    )
    options: tuple[Option, ...] = Key((), description="Of dropdowns and radio buttons: the choices.")
    dictionary: str | None = Key(
        None, description="Of dropdowns and radio buttons: the dictionary whose rows are the choices."
    )
    bo: str | None = Key(None, description="Of type BO: the code of the object to whose instances it links.")
    co: str | None = Key(None, description="Of type CO: the code of the composite to whose members it links.")
    view_type: str = Key(
        "TABLE", description="Of links: SINGLE keeps one link, the newest; all others keep any number."
    )
    bo_field_codes: tuple[BoFieldCode, ...] = Key(
        (), description="In a composite: which fields of the members this field shows."
    )
    on_bad_value: OnBadValue = Key(
        OnBadValue.REJECT_ROW,
        description="A value that its type refuses: reject_row rejects its row, skip_value takes the row without it.",
    )
    link_mode: LinkMode = Key(
        LinkMode.ADD,
        description="Of links: add to those that are there, or replace them: what a batch gives for an owner is all.",
    )

    sources: tuple[SourceName, ...] = Key(
        (),
        description="Which sources count more than others, in this order: in_tables, directory, adoption, kafka, or "
        "kafka:TOPIC. One that comes later, or is not named, does not overwrite what an earlier one has written. "
        "Without it the last writer wins. A pin is the first in any case. Not for links, files and the key.",
    )

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


class NativeField(DocumentValue):
    """A field that the platform itself keeps on every instance, and whether readers of out_ tables see it."""

    code: Native = Key(description="Which one; also the name of the column, in lower case.")
    need_upload_to_out_table: bool = Key(False, description="Whether readers see it, as a column after the fields.")

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
