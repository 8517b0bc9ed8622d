"""Codes in the settings of Kafka that name no business object or field of the metadata."""

from collections.abc import Iterable, Iterator, Mapping

from etl.errors import Problem
from etl.metadata import Company
from etl.metadata.faults import similar
from etl.settings import OriginKind, Setting
from etl.settings.kafka_keys import IN_KAFKA, OUT_KAFKA, output_name

_ALLOWED_FIELDS, _FIELDS_OF = "allowedFields", "fields."
_LISTS = ("allowedBusinessObjects", "businessObjects")

# Code of an object -> codes of its fields.
_Known = Mapping[str, frozenset[str]]


def unknown_kafka_codes(values: Iterable[Setting], company: Company, companies: Iterable[Company]) -> Iterator[Problem]:
    """A problem for each, with text, line and key. What a company's own text says must be of this company; what the
    texts of all say, of one of them (`companies`)."""
    own, every = _known([company]), _known([company, *companies])
    for one in values:
        if one.value and (one.file in (IN_KAFKA, OUT_KAFKA) or output_name(one.file)):
            known = own if one.origin.kind is OriginKind.COMPANY else every
            for message in _faults(one.key.name, _parts(str(one.value)), known):
                yield Problem(message, one.origin.path, one.origin.line, one.key.name)


def _known(companies: Iterable[Company]) -> _Known:
    fields: dict[str, frozenset[str]] = {}
    for company in companies:
        for bo in company.objects:
            if bo.carries_data:
                fields[bo.code] = fields.get(bo.code, frozenset()) | {field.code for field in bo.fields}
    return fields


def _faults(key: str, parts: list[str], known: _Known) -> Iterator[str]:
    if key in _LISTS:
        yield from (_no_object(code, known) for code in parts if code not in known)
    elif key == _ALLOWED_FIELDS:
        for part in parts:
            code, _, field = part.partition(".")
            yield from _faults_of_field(code, [field], known)
    elif key.startswith(_FIELDS_OF):
        yield from _faults_of_field(key.removeprefix(_FIELDS_OF), parts, known)


def _faults_of_field(code: str, fields: list[str], known: _Known) -> Iterator[str]:
    if code not in known:
        yield _no_object(code, known)
        return
    for field in fields:
        if field not in known[code]:
            yield f"{code} has no field {field}{similar(field, known[code]) or ': correct its code'}"


def _no_object(code: str, known: _Known) -> str:
    return f"there is no business object {code} with data{similar(code, known) or ': correct its code'}"


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
