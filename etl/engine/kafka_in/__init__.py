"""Reads topics of Kafka: consumers of a group, their batches, and what follows a commit.

Receives settings and metadata. Hands batches to etl/sources/kafka by etl/engine/record_batches, whose transactions keep
the positions. The group only shares partitions among workers; its offsets decide nothing.
"""

from etl.engine.kafka_in.reading import RecordReading

__all__ = ["RecordReading"]
