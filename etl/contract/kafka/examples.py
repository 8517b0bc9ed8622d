"""Records that load as they stand: new ones, one with a nested object, changes, removals; all from the metadata."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from etl.contract.samples import Samples, Value
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import Category, FieldType
from etl.sources.kafka.rules import RecordRules

Record = dict[str, Any]


def api_value(value: Value) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


@dataclass(frozen=True)
class Example:
    """A message: what it shows, its key and its record."""

    shows: str
    record: Record

    @property
    def key(self) -> str:
        """The same for all records of an instance."""
        return key_of(self.record)


def key_of(record: Record) -> str:
    """The key that partners are advised to give a record."""
    return f"{record['boCode']}:{record['externalId']}"


class RecordSamples:
    """Records of the objects that records may load; the numbers are those of the samples."""

    def __init__(self, company: Company, rules: RecordRules, prefix: str = "example") -> None:
        self.company = rules.company(company)
        self.objects = sorted(
            (one for one in self.company.objects if rules.allows(company.object(one.code))),
            key=lambda one: one.category is not Category.DICTIONARY,
        )
        self._codes = {one.code for one in self.objects}
        self.samples = Samples(self.company, prefix)

    def examples(self) -> list[Example]:
        """All of them, in the order in which they load without waiting for long."""
        removable = [bo for bo in self.objects if bo.category is not Category.DICTIONARY]
        return [
            *(Example("new", self.new(bo, 1)) for bo in self.objects),
            *(Example("nested", self.nesting(bo, 2)) for bo in self.objects),
            *(Example("change", self.change(bo)) for bo in self.objects if self._changed_field(bo)),
            *(Example("short", self.short(bo)) for bo in removable),
            *(Example("removal", self.removal(bo)) for bo in removable),
        ]

    def new(self, bo: BusinessObject, number: int) -> Record:
        """A record with all fields, and a link in the standard form for each link field."""
        record = self._head(bo, number, "new") | {"fields": [self._item(one, number) for one in bo.loaded_fields]}
        links = [self.link(bo, field, target, 2 if target.code == bo.code else 1) for field, target in self._links(bo)]
        return record | ({"boFields": links} if links else {}) | {"state": "ACTUAL"}

    def link(self, bo: BusinessObject, field: Field, target: BusinessObject, number: int) -> Record:
        """A link in the standard form: to a value of a unique field of the target, else to its external id."""
        # Of its own object another record is known by its external id alone.
        known = target.loaded_fields if target.code != bo.code else ()
        unique = next((one for one in target.unique_fields if one in known and _names_others(one)), None)
        value = api_value(self.samples.value(unique, number)) if unique else None
        to_code = {"toBoCode": target.code} if field.type is FieldType.CO else {}
        if unique is None or not value:
            named = {"toFieldCode": "externalId", "apiValue": self.samples.in_id(target, number)}
        else:
            named = {"toFieldCode": unique.code, "apiValue": value}
        return {"fieldCode": field.code, **to_code, **named}

    def nesting(self, bo: BusinessObject, number: int) -> Record:
        """A record that brings the target of its first link along."""
        record = self._head(bo, number, "nested")
        link = next(iter(self._links(bo)), None)
        if link is None:
            return record | {"fields": [self._item(one, number) for one in bo.loaded_fields]}
        field, target = link
        item = {"fieldCode": field.code, "boiInput": self._inner(target, number + 1)}
        return record | self._one_field(bo, number) | {"boFields": [item]}

    def _inner(self, bo: BusinessObject, number: int) -> Record:
        return {"externalId": self.samples.in_id(bo, number), "boCode": bo.code, **self._one_field(bo, number)}

    def change(self, bo: BusinessObject) -> Record:
        """A record that changes one field, and leaves the others as they are."""
        return self._head(bo, 1, "change") | self._one_field(bo, 4)

    def short(self, bo: BusinessObject) -> Record:
        return self._head(bo, 5, "short") | self._one_field(bo, 5)

    def removal(self, bo: BusinessObject) -> Record:
        return self._head(bo, 5, "removal") | {"state": "REMOVED"}

    def _head(self, bo: BusinessObject, number: int, what: str) -> Record:
        external_id = self.samples.in_id(bo, number)
        return {"recordId": f"{external_id}/{what}", "externalId": external_id, "boCode": bo.code}

    def _item(self, field: Field, number: int) -> Record:
        value = self.samples.value(field, number)
        item: Record = {"code": field.code, "apiValue": api_value(value)}
        if field.type is FieldType.FILE_UPLOAD:
            file = self.samples.file(number)
            named = {"fileName": file["file_name"], "mimeType": file["mime_type"]}
            item |= {"content": api_value(file["content"]), **named}
        return item

    def _one_field(self, bo: BusinessObject, number: int) -> Record:
        field = self._changed_field(bo)
        return {"fields": [self._item(field, number)]} if field else {}

    def _links(self, bo: BusinessObject) -> Iterator[tuple[Field, BusinessObject]]:
        """The link fields that records may load, each with its first target that they may load too."""
        for field in bo.links:
            targets = [one for one in self.company.targets(field) if one.code in self._codes]
            if field.need_load_from_in_tables and targets:
                yield field, targets[0]

    def _changed_field(self, bo: BusinessObject) -> Field | None:
        """A field whose value depends on no other row, and on which none depends."""
        is_code = bo.category is Category.DICTIONARY
        free = (
            one
            for one in bo.loaded_fields
            if one.type is not FieldType.FILE_UPLOAD and not one.dictionary and not (is_code and one.code == "code")
        )
        ordered = sorted(free, key=lambda one: bool(one.is_unique or one.options))
        return ordered[0] if ordered else None


def _names_others(field: Field) -> bool:
    """Whether the sample values of a field differ from instance to instance."""
    return field.type in (FieldType.INPUT_TEXT, FieldType.INPUT_NUMBER, FieldType.INPUT_EMAIL)


def as_text(record: Record, *, indent: int | None = None) -> str:
    return json.dumps(record, ensure_ascii=False, indent=indent)
