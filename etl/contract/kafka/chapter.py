"""What the chapter about Kafka is filled with, the same in every language."""

from collections.abc import Iterator
from dataclasses import dataclass

from etl.contract.kafka.examples import Example, RecordSamples, as_text
from etl.contract.kafka.output_schema import output_example
from etl.contract.samples import Samples
from etl.contract.terms import Terms
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_types import CHOICE_TYPES
from etl.outputs.kafka.shape import OutObject, OutputShape
from etl.settings import InMigrationKafka, OutMigrationKafka
from etl.sources.kafka.rules import rules_of


@dataclass(frozen=True)
class LinkPart:
    """A link field of records: what it may lead to, each with the codes that name an instance of it."""

    field: Field
    targets: tuple[tuple[BusinessObject, tuple[str, ...]], ...]


@dataclass(frozen=True)
class RecordPart:
    bo: BusinessObject
    fields: tuple[Field, ...]
    choices: tuple[Field, ...]
    links: tuple[LinkPart, ...]
    example: str


@dataclass(frozen=True)
class OutputPart:
    """An output: its objects, each with its fields and links, and an example of the first one."""

    output: OutMigrationKafka
    objects: tuple[OutObject, ...]
    example: str


@dataclass(frozen=True)
class Chapter:
    """The variables of the chapter. `source` is None where nothing is read from topics; then there are no records.
    `nested`, `change`, `removal`: examples of one object, "" where there is none."""

    source: InMigrationKafka | None
    records: tuple[RecordPart, ...]
    nested: str
    change: str
    removal: str
    outputs: tuple[OutputPart, ...]


def chapter_of(company: Company, terms: Terms) -> Chapter | None:
    """The chapter of a company; None where its settings neither read topics nor write into them."""
    kafka = terms.kafka
    if kafka is None:
        return None
    outputs = tuple(_outputs(company, kafka.outputs))
    if not kafka.in_migration.enabled:
        return Chapter(None, (), "", "", "", outputs)
    samples = RecordSamples(company, rules_of(kafka.in_migration))
    examples = samples.examples()
    return Chapter(
        kafka.in_migration,
        tuple(_record(samples, bo) for bo in samples.objects),
        _shortest([one for one in examples if one.shows == "nested" and "boFields" in one.record]),
        _shortest([one for one in examples if one.shows == "change"]),
        _shortest([one for one in examples if one.shows == "removal"]),
        outputs,
    )


def _shortest(found: list[Example]) -> str:
    texts = (as_text(one.record, indent=2) for one in found)
    return min(texts, key=len, default="")


def _record(samples: RecordSamples, bo: BusinessObject) -> RecordPart:
    links = (
        LinkPart(
            field,
            tuple(
                (to, (*(one.code for one in to.unique_fields), "externalId", "id"))
                for to in samples.company.targets(field)
            ),
        )
        for field in bo.loaded_links
    )
    return RecordPart(
        bo,
        bo.loaded_fields,
        tuple(field for field in bo.loaded_fields if field.type in CHOICE_TYPES and field.options),
        tuple(links),
        as_text(samples.new(bo, 1), indent=2),
    )


def _outputs(company: Company, outputs: tuple[OutMigrationKafka, ...]) -> Iterator[OutputPart]:
    for output in outputs:
        objects = OutputShape.of(company, output).objects
        example = as_text(output_example(Samples(company), output, objects[0]), indent=2) if objects else ""
        yield OutputPart(output, objects, example)
