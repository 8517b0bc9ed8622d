"""Whether Person and PersonGroup have the fields that the settings name."""

from collections.abc import Iterator

from etl.errors import ConfigurationError, Problem
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, option_values
from etl.metadata.field_types import CHOICE_TYPES
from etl.settings import DirectorySettings
from etl.settings.directory_keys import ATTRIBUTE, DEFAULT_ATTRIBUTES

PERSON, GROUP = "Person", "PersonGroup"


def refuse_unusable(settings: DirectorySettings, company: Company) -> None:
    """Raises ConfigurationError where no directory is named, and with every fault that the metadata show."""
    if not settings.is_used:
        raise ConfigurationError(Problem("has no value: name the domain controllers", settings.path, None, "adHost"))
    if problems := list(field_problems(settings, company)):
        raise ConfigurationError(*problems)


def field_problems(settings: DirectorySettings, company: Company) -> Iterator[Problem]:
    """Faults of the settings that only the metadata shows."""
    objects = {bo.code: bo for bo in company.objects}
    if PERSON not in objects:
        yield Problem("the company has no Person: write a document of it", settings.path, None, "adHost")
        return
    yield from _of_attributes(settings, objects[PERSON])
    yield from _of_status(settings, objects[PERSON])
    if settings.group_field:
        yield from _of_groups(settings, objects.get(GROUP))


def person_fields(company: Company) -> tuple[str, ...]:
    """Codes of the fields of Person that hold a value."""
    return tuple(field.code for field in company.object(PERSON).stored_fields)


def _of_attributes(settings: DirectorySettings, person: BusinessObject) -> Iterator[Problem]:
    for code, attribute in settings.attributes.items():
        if code in DEFAULT_ATTRIBUTES and attribute == DEFAULT_ATTRIBUTES[code]:
            continue
        if why := _why_no_text(person, code):
            yield Problem(why, settings.path, None, f"{ATTRIBUTE}{code}")


def _of_status(settings: DirectorySettings, person: BusinessObject) -> Iterator[Problem]:
    status = next((field for field in person.fields if field.code == "status"), None)
    if status is None or status.type not in CHOICE_TYPES or not status.options:
        return
    known = dict(option_values(status))
    for key, value in (("adStatusActive", settings.status_active), ("adStatusInactive", settings.status_inactive)):
        if value not in known:
            options = ", ".join(option.code for option in status.options)
            yield Problem(f"{value} is no option of Person.status: write one of {options}", settings.path, None, key)


def _of_groups(settings: DirectorySettings, group: BusinessObject | None) -> Iterator[Problem]:
    why = _why_no_text(group, settings.group_field) if group else "the company has no PersonGroup: write a document"
    if why:
        yield Problem(why, settings.path, None, "adGroupFieldCode")


def _why_no_text(bo: BusinessObject, code: str) -> str:
    """Why the object has no such field for a text; empty if it has."""
    found: Field | None = next((field for field in bo.fields if field.code == code), None)
    if found is None:
        texts = ", ".join(field.code for field in bo.stored_fields if field.sql_type == "text")
        return f"{bo.code} has no field {code}: write one of {texts}"
    return "" if found.sql_type == "text" else f"{bo.code}.{code} holds no text: name a field that does"
