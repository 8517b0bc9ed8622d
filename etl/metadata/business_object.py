"""A business object: code, category, fields, and the parts of them that in_, store and out_ tables are made of."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, model_validator
from pydantic import Field as Key

from etl.metadata.field import Code, DocumentValue, Field, Label, NativeField, SourceName
from etl.metadata.field_types import PLATFORM_CATEGORIES, Category, FieldType
from etl.metadata.system_objects import SYSTEM_OBJECTS
from etl.quoting import fold


def _category(word: Any) -> Any:
    return PLATFORM_CATEGORIES.get(word, word) if isinstance(word, str) else word


def _member(entry: Any) -> Any:
    return entry["code"] if isinstance(entry, Mapping) and isinstance(entry.get("code"), str) else entry


def _native_list(entries: Any) -> Any:
    """A mapping code → {…}, the form of structure exports, as the list that documents usually hold."""
    if not isinstance(entries, Mapping):
        return entries
    return [{"code": code, **body} if isinstance(body, Mapping) else body for code, body in entries.items()]


CategoryWord = Annotated[
    Category,
    BeforeValidator(_category),
    WithJsonSchema({"type": "string", "enum": [*Category, *PLATFORM_CATEGORIES]}),
]
_MEMBER_CODE = {"type": "string", "description": "The code of the member; other keys of exports are passed over."}
Member = Annotated[
    str,
    BeforeValidator(_member),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "object", "required": ["code"], "properties": {"code": _MEMBER_CODE}}]}
    ),
]


class BusinessObject(DocumentValue):
    """One document of `companies/<company>/business-objects`.

    A dictionary always has its two system fields `code` and `label`, and a system object (Person, …) has its own; a
    document that does not name them gets them.
    """

    code: Code = Key(
        description="Its name in tables and records, and that of the file; PostgreSQL does not tell capitals."
    )
    category: CategoryWord = Key(
        Category.BO,
        description="BO and DICTIONARY have instances; CO groups objects; PROCESS and PANEL are passed over.",
    )
    name: Label = Key(Label(), description="Its name for people: in what `etl contract` writes, and in the console.")
    order_index: int | None = Key(None, description="Its place in lists, DDL and runs; objects without it come last.")
    fields: tuple[Field, ...] = Key((), description="What its instances hold.")
    bos: tuple[Member, ...] = Key((), description="Of a composite: the codes of its members.")
    sources: tuple[SourceName, ...] = Key(
        (), description="As `sources` of a field, for all fields with values that have none of their own."
    )
    source_time: str | None = Key(
        None,
        description="The code of a loaded field of type FULL_DATE that says of when the values of a row or record are: "
        "older ones do not overwrite newer ones, field by field. A row without a time is older than any with one. "
        "It counts for removals too; one without a time removes in any case.",
    )
    source_time_from_message: bool = Key(
        False,
        description="Whether a record that does not give the field of `sourceTime` counts with the timestamp of its "
        "message.",
    )
    source_time_ahead_seconds: int = Key(
        300, ge=0, le=31_536_000, description="How far such a time may be ahead of the database's clock."
    )
    native_fields: Annotated[tuple[NativeField, ...], BeforeValidator(_native_list)] = Key(
        (), description="Fields that the platform itself keeps on every instance."
    )

    @model_validator(mode="before")
    @classmethod
    def _dictionary_fields(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or _category(data.get("category")) != Category.DICTIONARY:
            return data
        fields = data.get("fields", [])
        if not isinstance(fields, list | tuple):
            return data
        present = {str(field.get("code")).lower() for field in fields if isinstance(field, Mapping)}
        system = [("code", FieldType.INPUT_TEXT), ("label", FieldType.INPUT_TEXT_LANG)]
        # Behind the written ones, so that a fault's index still points at its line.
        extra = [
            {"code": code, "type": kind, "isRequired": True, "isUnique": code == "code"}
            for code, kind in system
            if code not in present
        ]
        return {**data, "fields": [*fields, *extra]}

    @model_validator(mode="before")
    @classmethod
    def _system_fields(cls, data: Any) -> Any:
        system = SYSTEM_OBJECTS.get(str(data.get("code"))) if isinstance(data, Mapping) else None
        if system is None or _category(data.get("category", Category.BO)) != Category.BO:
            return data
        return system.completed(data)

    @property
    def carries_data(self) -> bool:
        """Whether it has rows of its own: composites, processes and panels have none."""
        return self.category in (Category.BO, Category.DICTIONARY)

    @property
    def key_field(self) -> Field | None:
        """The field whose value is `in_id` and finds an instance."""
        return next((field for field in self.fields if field.use_as_key_in_migration), None)

    @property
    def unique_fields(self) -> tuple[Field, ...]:
        """Columns whose value names one instance: the key field first, then the unique ones."""
        unique = [field for field in self.stored_fields if field.is_unique and not field.use_as_key_in_migration]
        return (*(field for field in self.stored_fields if field.use_as_key_in_migration), *unique)

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """Columns of the golden table, the key field included."""
        return tuple(f for f in self.fields if f.sql_type and self.carries_data)

    @property
    def loaded_fields(self) -> tuple[Field, ...]:
        """Columns of the in_ table; the key field gives none, its value is `in_id`."""
        return tuple(f for f in self.stored_fields if f.need_load_from_in_tables and not f.use_as_key_in_migration)

    @property
    def loaded_system_fields(self) -> tuple[Field, ...]:
        """Of a system object: its own fields that a row brings, the key among them; a row must fill one of these."""
        columns = SYSTEM_OBJECTS[self.code].columns if self.code in SYSTEM_OBJECTS else ()
        brought = (f for f in self.stored_fields if f.need_load_from_in_tables or f.use_as_key_in_migration)
        return tuple(f for f in brought if f.code in columns)

    def sources_of(self, field: Field) -> tuple[str, ...]:
        """Which sources count more than others for a loaded field, in this order; none: all count alike."""
        return (field.sources or self.sources) if self.is_owned(field) else ()

    def is_owned(self, field: Field) -> bool:
        """Whether a loaded field may have sources and a time: no files, as these are named by ids of the partner's."""
        return field.type is not FieldType.FILE_UPLOAD and not field.use_as_key_in_migration

    @property
    def has_sources(self) -> bool:
        """Whether sources count more than others for any of its fields."""
        return any(self.sources_of(field) for field in self.loaded_fields)

    @property
    def time_field(self) -> Field | None:
        """The loaded field that says of when the values of a row are."""
        code = fold(self.source_time or "")
        return next((field for field in self.loaded_fields if fold(field.code) == code), None)

    @property
    def pinnable_fields(self) -> tuple[Field, ...]:
        """Fields that sources load and a pin can hold: no files, as these are named by ids of the partner's."""
        return tuple(f for f in self.loaded_fields if f.type is not FieldType.FILE_UPLOAD)

    @property
    def uploaded_fields(self) -> tuple[Field, ...]:
        """Columns of the out_ table."""
        return tuple(f for f in self.stored_fields if f.need_upload_to_out_table)

    @property
    def links(self) -> tuple[Field, ...]:
        """Every BO and CO field; each has a golden link table."""
        return tuple(f for f in self.fields if f.is_link and self.carries_data)

    @property
    def loaded_links(self) -> tuple[Field, ...]:
        return tuple(f for f in self.links if f.need_load_from_in_tables)

    @property
    def uploaded_links(self) -> tuple[Field, ...]:
        return tuple(f for f in self.links if f.need_upload_to_out_table)

    @property
    def uploaded_natives(self) -> tuple[NativeField, ...]:
        """Native fields that readers see, as columns after the fields."""
        return tuple(n for n in self.native_fields if n.need_upload_to_out_table and self.carries_data)

    @property
    def has_in_table(self) -> bool:
        """Whether partners load it."""
        key = self.carries_data and self.key_field is not None
        return bool(key or self.loaded_fields or self.loaded_links)

    @property
    def has_out_table(self) -> bool:
        """Whether readers see it."""
        return bool(self.uploaded_fields or self.uploaded_links or self.uploaded_natives)
