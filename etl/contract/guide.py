"""The contents of the guide, the same in every language: tables, columns, examples, codes, as values for a template."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from etl.contract.comparing import Example, example_of
from etl.contract.inserts import insert, value_text
from etl.contract.kafka import Chapter, chapter_of
from etl.contract.samples import Samples, in_tables, loads_codes, loads_files, table_of
from etl.contract.terms import Terms
from etl.merge.errors.catalogue import CATALOGUE, FaultCode
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable, OutLinkTable
from etl.metadata.field import Field, NativeField
from etl.metadata.field_types import CHOICE_TYPES
from etl.metadata.instance_state import InstanceState
from etl.quoting import identifier
from etl.sources.in_tables.expected import hash_of_given

_EXAMPLE_ROWS = (1, 2)
READER: Final = "warehouse"
"""The reader of the examples."""


@dataclass(frozen=True)
class GuideTable:
    """A table of rows. `change` begins the `set` of an update of its row `change_id`; `remove_id` is its second row."""

    name: str
    bo: BusinessObject
    fields: tuple[Field, ...]
    choices: tuple[Field, ...]
    example: str
    change: str
    change_id: str
    remove_id: str


@dataclass(frozen=True)
class InLink:
    """A table of links; no `example` where the partner does not load the other end. `remove` removes its link."""

    link: LinkTable
    target: str
    example: str
    remove: str


@dataclass(frozen=True)
class OutTable:
    name: str
    bo: BusinessObject
    fields: tuple[Field | NativeField, ...]
    example: str


@dataclass(frozen=True)
class GuideOutLink:
    table: OutLinkTable
    example: str


@dataclass(frozen=True)
class GuideReader:
    """What a reader named warehouse says: `take` asks and reads, `confirm` confirms; `views` are those of its changes,
    each with the table that it is about."""

    schema: str
    take: str
    confirm: str
    views: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class GuideComparison:
    """Of the table of the examples: the SQL of a row's hash, and what it is of its first row."""

    hash: str
    example: Example


@dataclass(frozen=True)
class Guide:
    company: Company
    terms: Terms
    tables: tuple[GuideTable, ...]
    links: tuple[InLink, ...]
    file_example: str
    comparison: GuideComparison | None
    out_tables: tuple[OutTable, ...]
    out_links: tuple[GuideOutLink, ...]
    reader: GuideReader | None = None
    kafka: Chapter | None = None
    faults: tuple[FaultCode, ...] = CATALOGUE

    @property
    def shown_states(self) -> tuple[str, ...]:
        return (InstanceState.ACTUAL, *self.terms.kept_states)

    @property
    def hidden_states(self) -> tuple[str, ...]:
        return tuple(state for state in InstanceState if state not in self.shown_states)

    @property
    def lead(self) -> GuideTable | None:
        """The table that the examples of correcting and removing are about."""
        return _lead(self.tables)

    @property
    def lead_link(self) -> InLink | None:
        """The table that the example of removing a link is about."""
        return next((one for one in self.links if one.example), None)


def _lead(tables: Iterable[GuideTable]) -> GuideTable | None:
    return next((table for table in tables if table.fields), None)


def guide_of(company: Company, terms: Terms) -> Guide:
    samples = Samples(company)
    tables = tuple(_in_tables(company, terms, samples))
    return Guide(
        company=company,
        terms=terms,
        tables=tables,
        links=tuple(_in_links(company, terms, samples)),
        file_example=_file_example(company, terms, samples),
        comparison=_comparison(tables, samples),
        out_tables=tuple(_out_tables(company, terms)),
        out_links=tuple(_out_links(company, terms)),
        reader=_reader(company, terms),
        kafka=chapter_of(company, terms),
    )


def has_known_codes(company: Company, field: Field) -> bool:
    """Whether a dropdown's dictionary is one that the partner fills."""
    return field.dictionary is not None and loads_codes(company.object(field.dictionary))


def _in_tables(company: Company, terms: Terms, samples: Samples) -> Iterator[GuideTable]:
    for bo in in_tables(company):
        table = table_of(bo)
        rows = [samples.row(bo, number) for number in _EXAMPLE_ROWS]
        yield GuideTable(
            table,
            bo,
            bo.loaded_fields,
            tuple(field for field in bo.loaded_fields if field.type in CHOICE_TYPES and field.options),
            insert(terms.in_schema, table, rows),
            _change(bo, samples),
            samples.in_id(bo, 1),
            samples.in_id(bo, 2),
        )


def _change(bo: BusinessObject, samples: Samples) -> str:
    return "".join(
        f"{identifier(field.code)} = {value_text(samples.value(field, 3))}, " for field in bo.loaded_fields[:1]
    )


def _in_links(company: Company, terms: Terms, samples: Samples) -> Iterator[InLink]:
    for link in company.in_link_tables():
        loaded = link.member.has_in_table
        # An object of a self link is not its own example.
        rows = [samples.link(link, 2, 1)] if link.member is link.bo else [samples.link(link, 1, 1)]
        target = table_of(link.member) if loaded else ""
        example = insert(terms.in_schema, link.name, rows) if loaded else ""
        yield InLink(link, target, example, _remove(terms, link, samples))


def _remove(terms: Terms, link: LinkTable, samples: Samples) -> str:
    """Of another link than the example's; the partner may have cleared the table since the link came."""
    row = samples.link(link, *((1, 2) if link.member is link.bo else (2, 2)))
    key = ", ".join(map(identifier, row))
    written = insert(terms.in_schema, link.name, [row | {"removed": True}]).removesuffix(";")
    return f"{written}\non conflict ({key}) do update set removed = true, in_status = '';"


def _file_example(company: Company, terms: Terms, samples: Samples) -> str:
    rows = [samples.file(number) for number in _EXAMPLE_ROWS]
    return insert(terms.in_schema, names.FILE_STORAGE, rows) if loads_files(company) else ""


def _out_tables(company: Company, terms: Terms) -> Iterator[OutTable]:
    for bo in company.objects:
        if bo.has_out_table:
            name = names.out_table(bo.code)
            fields: tuple[Field | NativeField, ...] = (*bo.uploaded_fields, *bo.uploaded_natives)
            columns = ", ".join(["system_id", *(identifier(field.code) for field in fields), "updated_at"])
            example = f"select {columns}\nfrom {_view(terms, name)}\norder by updated_at desc\nlimit 10;"
            yield OutTable(name, bo, fields, example)


def _out_links(company: Company, terms: Terms) -> Iterator[GuideOutLink]:
    """Each with a query that leads to the other end: of a composite to its first member."""
    for link in company.out_link_tables():
        target = next(one for one in company.targets(link.field) if one.has_out_table)
        owner_id, target_id = identifier(link.owner_column), identifier(link.target_column)
        shown = [f"link.{owner_id}", f"link.{target_id}"]
        shown += [f"target.{identifier(field.code)}" for field in target.uploaded_fields[:1]]
        example = (
            f"select {', '.join(shown)}\nfrom {_view(terms, link.name)} link\n"
            f"join {_view(terms, names.out_table(target.code))} target on target.system_id = link.{target_id};"
        )
        yield GuideOutLink(link, example)


def _comparison(tables: Iterable[GuideTable], samples: Samples) -> GuideComparison | None:
    lead = _lead(tables)
    return GuideComparison(hash_of_given(lead.bo), example_of(samples, lead.bo)) if lead else None


def _reader(company: Company, terms: Terms) -> GuideReader | None:
    """The statements of a reader, about the first out_ table."""
    tables = [names.out_table(bo.code) for bo in company.objects if bo.has_out_table]
    if not tables:
        return None
    schema, version = identifier(names.out_reader_schema(terms.out_schema)), identifier(terms.out_schema)
    [lead, *_] = [bo for bo in company.objects if bo.has_out_table]
    shown = ["c.is_removed", "c.system_id", *(f"o.{identifier(field.code)}" for field in lead.uploaded_fields[:1])]
    take = (
        f"begin isolation level repeatable read;\nselect * from {schema}.ask('{READER}');\n"
        f"select {', '.join(shown)}\nfrom {schema}.{identifier(names.changes_view(tables[0]))} c\n"
        f"left join {version}.{identifier(tables[0])} o on o.system_id = c.system_id\n"
        f"where c.reader = '{READER}';\ncommit;"
    )
    confirm = (
        f"select {schema}.confirm(reader, upto_position)\nfrom {schema}.reader_tracking\n"
        f"where reader = '{READER}' and upto_position is not null;"
    )
    tables += [link.name for link in company.out_link_tables()]
    return GuideReader(schema, take, confirm, tuple((names.changes_view(one), one) for one in tables))


def _view(terms: Terms, name: str) -> str:
    return f"{identifier(terms.views_schema)}.{identifier(name)}"
