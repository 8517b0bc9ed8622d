"""The files about Kafka: schemas and examples of the records that are read, schemas of those that are written."""

import json

from etl.contract.kafka.examples import RecordSamples, as_text
from etl.contract.kafka.output_schema import output_schema
from etl.contract.kafka.record_schema import record_schemas
from etl.contract.row_schema import Schema
from etl.contract.samples import Samples
from etl.contract.terms import Terms
from etl.metadata import Company
from etl.outputs.kafka.shape import OutputShape
from etl.sources.kafka.rules import rules_of

EXAMPLES = "kafka/examples.tsv"
"""A line a message: key, tab, record; as kcat and Kafka's console producer read them."""


def kafka_files(company: Company, terms: Terms) -> dict[str, str]:
    """Path in the folder -> text; none where the settings neither read topics nor write into them."""
    kafka, files = terms.kafka, dict[str, str]()
    if kafka is None:
        return files
    if kafka.in_migration.enabled:
        samples = RecordSamples(company, rules_of(kafka.in_migration))
        examples = samples.examples()
        for code, schema in record_schemas(samples, examples).items():
            files[f"kafka/records/{code}.schema.json"] = _text(schema)
        files[EXAMPLES] = "".join(f"{one.key}\t{as_text(one.record)}\n" for one in examples)
    for output in kafka.outputs:
        for shape in OutputShape.of(company, output).objects:
            path = f"kafka/outputs/{output.name}/{shape.code}.schema.json"
            files[path] = _text(output_schema(Samples(company), output, shape))
    return files


def _text(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
