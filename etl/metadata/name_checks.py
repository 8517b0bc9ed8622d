"""Checks of the names that a company's tables, indexes and sequences get: length, and no name twice in a schema.

PostgreSQL keeps tables, indexes and sequences of a schema in one list of names. The names it makes up by itself end
in `_pkey`, `_key`, `_idx`, `_seq`; when they are too long it cuts them, and which name comes out depends on the order
of creation, so they count as ours.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from etl.errors import Problem
from etl.metadata import names
from etl.metadata.company import Company
from etl.metadata.draft import Draft
from etl.quoting import MAX_NAME_BYTES, fold


class _Name(NamedTuple):
    """A name in a schema, and whose it is: object and perhaps field."""

    kind: str
    text: str
    bo: str
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"


def check_names(company: Company, drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    """Names over 63 bytes, and names that two things of one schema would share."""
    for of_schema in (_in_names(company), _store_names(company), _out_names(company)):
        yield from _one_schema(of_schema, drafts)


def _one_schema(found: Iterator[_Name], drafts: Mapping[str, Draft]) -> Iterator[Problem]:
    first: dict[str, _Name] = {}
    reported: set[tuple[str, str | None]] = set()
    for name in found:
        # One fault of a code suffices: the names that PostgreSQL derives from its table say it again.
        if (name.bo, name.field) in reported:
            continue
        if len(name.text) > MAX_NAME_BYTES:
            size = f"{len(name.text)} bytes long, and PostgreSQL keeps {MAX_NAME_BYTES}"
            reported.add((name.bo, name.field))
            yield _problem(name, f"the {name} would be {size}: shorten a code", drafts)
            continue
        other = first.setdefault(fold(name.text), name)
        if other is not name:
            owner = f" of {other.bo}" + (f".{other.field}" if other.field else "") if other.bo else ""
            reported.add((name.bo, name.field))
            yield _problem(name, f"the {name} would have the name of the {other}{owner}: rename a code", drafts)


def _problem(name: _Name, message: str, drafts: Mapping[str, Draft]) -> Problem:
    draft = drafts[name.bo]
    codes = [field.code for field in draft.object.fields] if draft.object else []
    return draft.problem(message, codes.index(name.field) if name.field else None, "code")


def _table(text: str, bo: str, field: str | None = None, **more: str) -> Iterator[_Name]:
    yield _Name("table", text, bo, field)
    yield _Name("index", f"{text}_pkey", bo, field)
    for suffix, kind in more.items():
        yield _Name(kind, f"{text}_{suffix}", bo, field)


def _in_names(company: Company) -> Iterator[_Name]:
    yield from _table(names.FILE_STORAGE, "")
    yield from _table(names.PROCESS_TRACKING, "", id_seq="sequence")
    yield from _table(names.PROCESS_EXPECTED, "", id_seq="sequence")
    yield from _table(names.PROCESS_COMPARE, "")
    for bo in company.objects:
        if bo.has_in_table:
            yield from _table(names.in_table(bo.code), bo.code, id_seq="sequence", in_id_idx="index")
    for link in company.in_link_tables():
        yield from _table(link.name, link.bo.code, link.field.code)


def _store_names(company: Company) -> Iterator[_Name]:
    for bo in company.objects:
        if bo.carries_data:
            yield from _table(names.store_table(bo.code), bo.code, _in_id_key="index")
        for field in bo.links:
            yield from _table(names.store_link_table(bo.code, field.code), bo.code, field.code, _target_idx="index")


def _out_names(company: Company) -> Iterator[_Name]:
    for bo in company.objects:
        if bo.has_out_table:
            yield from _table(names.out_table(bo.code), bo.code, id_seq="sequence", system_id_key="index")
    for link in company.out_link_tables():
        yield from _table(link.name, link.bo.code, link.field.code)
