"""The part of a contract about Kafka: the records that are read from topics, and those that are written into them.

Receives metadata and the settings of Kafka. Returns files and the values of a chapter of the guide. Knows no broker,
and needs no further package.
"""

from etl.contract.kafka.chapter import Chapter, OutputPart, RecordPart, chapter_of
from etl.contract.kafka.examples import Example, RecordSamples, api_value
from etl.contract.kafka.files import kafka_files

__all__ = ["Chapter", "Example", "OutputPart", "RecordPart", "RecordSamples", "api_value", "chapter_of", "kafka_files"]
