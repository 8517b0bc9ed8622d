"""dlt: sql_database to postgres with the write disposition merge. Arguments: source, destination, backend, strategy,
file format (or -), folder of its state."""

import sys

import dlt
from dlt.sources.sql_database import sql_table

source, destination, backend, strategy, file_format, state = sys.argv[1:]
table = sql_table(
    source if backend == "connectorx" else source.replace("postgresql://", "postgresql+psycopg2://"),
    schema="in_tables",
    table="in_client",
    backend=backend,
    chunk_size=50_000,
    reflection_level="full_with_precision",
)
table.apply_hints(
    table_name="client", primary_key="in_id", write_disposition={"disposition": "merge", "strategy": strategy}
)
pipeline = dlt.pipeline(
    "peer", destination=dlt.destinations.postgres(destination), dataset_name="peer", pipelines_dir=state
)
pipeline.run(table, loader_file_format=None if file_format == "-" else file_format).raise_on_failed_jobs()
