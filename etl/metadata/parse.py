"""Documents -> one checked company, or one error that holds every fault of every document."""

from collections.abc import Mapping

from etl.errors import MetadataError, Problem
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import Company
from etl.metadata.draft import Draft, read_draft
from etl.metadata.field_checks import check_object
from etl.metadata.link_checks import check_codes, check_links
from etl.metadata.name_checks import check_names
from etl.metadata.names import CODE_RULE, is_code
from etl.metadata.system_checks import check_system_object
from etl.metadata.system_objects import SYSTEM_OBJECTS
from etl.quoting import shown


def parse_company(code: str, documents: Mapping[str, str]) -> Company:
    """Read and check a company's documents (path -> YAML text).

    Raises MetadataError with the problems of all documents, in the order of path and line.
    """
    if not is_code(code):
        raise MetadataError(f"{shown(code)} is not a company code: {CODE_RULE}")
    drafts = _with_system_objects([read_draft(path, text) for path, text in sorted(documents.items())])
    problems = [fault for draft in drafts for fault in draft.faults]
    problems += check_codes(drafts)
    known = {draft.object.code if draft.object else draft.stem: draft for draft in drafts}
    for draft in drafts:
        if draft.object is not None:
            problems += check_object(draft, draft.object)
            problems += check_system_object(draft, draft.object)
            problems += check_links(draft, draft.object, known)
    company = Company(code, tuple(d.object for d in sorted(drafts, key=_metadata_order) if d.object is not None))
    # Names are made from checked codes and targets only.
    if not problems:
        problems += check_names(company, known)
    if problems:
        raise MetadataError(*sorted(problems, key=_location))
    return company


def _with_system_objects(drafts: list[Draft]) -> list[Draft]:
    """The drafts and those of the system objects that they link to, which may link to further ones."""
    found = list(drafts)
    written = {draft.object.code if draft.object else draft.stem for draft in drafts}
    for draft in found:  # grows meanwhile
        for code in _targets(draft.object) if draft.object else ():
            if code in SYSTEM_OBJECTS and code not in written:
                written.add(code)
                system = BusinessObject.model_validate(SYSTEM_OBJECTS[code].document)
                positions = (-1,) * len(system.fields)
                found.append(Draft(SYSTEM_OBJECTS[code].path, object=system, positions=positions))
    return found


def _targets(bo: BusinessObject) -> list[str]:
    return [*(field.bo for field in bo.fields if field.bo), *bo.bos]


def _metadata_order(draft: Draft) -> tuple[bool, int, str]:
    index = draft.object.order_index if draft.object else None
    return (index is None, index or 0, draft.path)


def _location(problem: Problem) -> tuple[str, int]:
    return (problem.path, problem.line or 0)
