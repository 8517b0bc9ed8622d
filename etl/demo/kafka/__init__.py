"""The demo by Kafka: generated records are sent, read from a topic, shown and written into another topic, twice.

Receives an open stage and the address of a broker. Returns the results as values. Makes topics of its own, deletes them
at the end, and never prints. Needs the extra `kafka`.
"""

from etl.demo.kafka.steps import RecordLoad, Rejected, loads, written_records
from etl.demo.kafka.topics import DemoTopics, kafka_texts, open_topics

__all__ = ["DemoTopics", "RecordLoad", "Rejected", "kafka_texts", "loads", "open_topics", "written_records"]
