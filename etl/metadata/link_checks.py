"""Checks across the documents of a company: link targets, dictionaries, the members of composites and their fields."""

from collections.abc import Iterator, Mapping

from etl.errors import Problem
from etl.metadata.business_object import BusinessObject
from etl.metadata.draft import Draft
from etl.metadata.faults import similar
from etl.metadata.field import BoFieldCode, Field
from etl.metadata.field_types import Category, FieldType
from etl.quoting import fold, shown

Drafts = Mapping[str, Draft]
"""The drafts by the code of their object, or by file name where no object could be read."""


def check_codes(drafts: list[Draft]) -> Iterator[Problem]:
    """Two objects whose codes PostgreSQL would fold into one."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        if draft.object is None:
            continue
        other = first.setdefault(fold(draft.object.code), draft)
        if other is not draft and other.object is not None:
            message = (
                f"its code is that of {other.object.code} ({other.path}), as PostgreSQL does not tell capitals:"
                " rename one"
            )
            yield draft.problem(message, None, "code")


def check_links(draft: Draft, bo: BusinessObject, known: Drafts) -> Iterator[Problem]:
    """Every target that an object's fields name, and for a composite its members."""
    for index, field in enumerate(bo.fields):
        for key, word, wanted in _targets(field):
            message = _target_fault(word, wanted, known)
            if message:
                yield draft.problem(message, index, key)
    if bo.category is Category.CO:
        yield from _members(draft, bo, known)
    elif bo.bos:
        yield draft.problem(f"`bos` belongs to composites (category CO), and this is a {bo.category}", None, "bos")
    if bo.code == "Company" and bo.has_in_table:
        message = "the system object Company is never migrated: unset needLoadFromInTables and the key on its fields"
        yield draft.problem(message, None, "code")


def _targets(field: Field) -> Iterator[tuple[str, str, tuple[Category, ...]]]:
    if field.bo and field.type is FieldType.BO:
        yield "bo", field.bo, (Category.BO, Category.DICTIONARY)
    if field.co and field.type is FieldType.CO:
        yield "co", field.co, (Category.CO,)
    if field.dictionary:
        yield "dictionary", field.dictionary, (Category.DICTIONARY,)


def _target_fault(word: str, wanted: tuple[Category, ...], known: Drafts) -> str:
    """What is wrong with a target of a code; nothing when it is right or could not be read itself."""
    kinds = " or ".join(wanted)
    target = known.get(word)
    if target is None:
        fitting = [code for code, d in known.items() if d.object is None or d.object.category in wanted]
        return f"there is no {kinds} {shown(word)}{similar(word, fitting) or ': add its document'}"
    if target.object is not None and target.object.category not in wanted:
        return f"{shown(word)} is a {target.object.category}, and a {kinds} is wanted here"
    return ""


def _members(draft: Draft, bo: BusinessObject, known: Drafts) -> Iterator[Problem]:
    if not bo.bos and draft.is_whole:
        yield draft.problem("a composite needs members: add `bos`", None, "bos")
    seen: set[str] = set()
    for index, code in enumerate(bo.bos):
        message = _target_fault(code, (Category.BO, Category.DICTIONARY), known)
        if code in seen:
            message = f"the member {shown(code)} stands twice"
        seen.add(code)
        if message:
            yield draft.problem(message, None, "bos", index)
    for index, field in enumerate(bo.fields):
        for position, source in enumerate(field.bo_field_codes):
            message = _source_fault(bo, field, source, known)
            if message:
                yield draft.problem(message, index, "boFieldCodes", position)


def _source_fault(bo: BusinessObject, field: Field, source: BoFieldCode, known: Drafts) -> str:
    """What is wrong with the member's field behind a composite's field."""
    if source.bo_code not in bo.bos:
        return f"{shown(source.bo_code)} is not a member of {bo.code}{similar(source.bo_code, bo.bos)}"
    member = known.get(source.bo_code)
    if member is None or member.object is None:
        return ""
    fields = {f.code: f for f in member.object.fields}
    found = fields.get(source.field_code)
    name = f"{source.bo_code}.{source.field_code}"
    if found is None:
        unread = not member.is_whole
        return "" if unread else f"there is no field {shown(name)}{similar(source.field_code, fields)}"
    if found.type is not field.type:
        return f"the field is of type {field.type}, its member field {name} of type {found.type}: make them the same"
    return ""
