"""Messages that were never read, as a topic has deleted them or was made again: how people learn of it."""

from etl.database import Connection, server_time
from etl.sources.kafka.faults import Fault
from etl.sources.kafka.message import Message
from etl.sources.kafka.positions import HeldPartition
from etl.sources.kafka.record_store import SOURCE_NAME, RecordStore
from etl.sources.kafka.reports import Reports
from etl.store import Unit, UnitKind


def note_gap(connection: Connection, into: RecordStore, held: HeldPartition, gap: Fault, lost: int) -> None:
    """Writes a row of err, with the first offset that was not read, in a unit of its own; counts `lost` offsets."""
    schema, at = into.store.schema, server_time(connection)
    unit = Unit(into.next_unit(), SOURCE_NAME, UnitKind.BATCH, at)
    unit.begin(connection, schema)
    partition = held.partition
    reports = Reports([(Message(partition.topic, partition.number, held.next_offset), gap)])
    reports.write(connection, schema, unit.number, at, max_value_bytes=0)
    unit.finish(connection, schema, {"records": {"lost": lost}})
    into.positions.add_lost(connection, partition, lost)
