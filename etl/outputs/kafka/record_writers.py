"""Makes the writer of an object's records, with the contents of files where the output asks for them."""

from etl.database import Connection
from etl.outputs.kafka.contents import file_reader
from etl.outputs.kafka.record import RecordWriter
from etl.outputs.kafka.shape import OutObject
from etl.outputs.kafka.transactions import SizeLimits
from etl.settings.kafka_model import OutMigrationKafka


def record_writer(
    connection: Connection,
    store_schema: str,
    shape: OutObject,
    output: OutMigrationKafka,
    limits: SizeLimits,
    *,
    is_all: bool = False,
) -> RecordWriter:
    """`connection`: the snapshot that the rows are read in."""
    if output.files == "id":
        return RecordWriter(shape, output, is_all=is_all)
    read_file, largest = file_reader(connection, store_schema), limits.bytes_left_in(shape.topic)
    return RecordWriter(shape, output, is_all=is_all, read_file=read_file, largest=largest)
