"""Checks of a company's own document of a system object against what the platform gives."""

from collections.abc import Iterator

from etl.errors import Problem
from etl.metadata.business_object import BusinessObject
from etl.metadata.draft import Draft
from etl.metadata.field import Field
from etl.metadata.field_types import Category, FieldType
from etl.metadata.system_objects import SYSTEM_OBJECTS, SystemField, SystemObject


def check_system_object(draft: Draft, bo: BusinessObject) -> Iterator[Problem]:
    """Every way in which a document contradicts the platform; nothing for other objects."""
    system = SYSTEM_OBJECTS.get(bo.code)
    if system is None:
        return
    if bo.category is not Category.BO:
        message = f"the system object {bo.code} is a BO, not a {bo.category}: change the category or the code"
        yield draft.problem(message, None, "category")
        return
    for index, field in enumerate(bo.fields):
        known = system.field(field.code)
        for message, key in _contradictions(field, known) if known else ():
            yield draft.problem(message, index, key)
    # A field that could not be read may be the one that is wanted.
    if draft.is_whole and bo.has_in_table and not bo.loaded_system_fields:
        yield draft.problem(_nothing_loaded(system), None, "fields")


def _contradictions(field: Field, known: SystemField) -> Iterator[tuple[str, str]]:
    if field.code != known.code:
        yield f"the system field is written `{known.code}`: write it so, or rename a field of your own", "code"
    elif field.type not in known.types:
        yield f"the system field is of type {' or '.join(known.types)}, not {field.type}: make it so", "type"
    elif field.type is FieldType.BO and field.bo != known.keys["bo"]:
        yield f"the system field links to {known.keys['bo']}, not {field.bo}: make it so", "bo"
    elif known.keys.get("isUnique") and not field.is_unique:
        yield "the system field is always unique: drop `isUnique: false`", "isUnique"


def _nothing_loaded(system: SystemObject) -> str:
    return (
        f"it is loaded without any of its system fields, and the platform shows no such {system.code}: "
        f"set needLoadFromInTables on at least one of {', '.join(system.columns)}"
    )
