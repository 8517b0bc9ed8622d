"""The client of Apache Kafka: consumers, producers, and questions to the cluster. Only this package knows its library.

Receives connection settings, and bytes to send. Returns frozen messages, positions, topics. Never decides where reading
begins, commits nothing to Kafka that anything relies on, and turns every error of the library into one of etl.errors.
"""

from etl.errors import ConfigurationError

try:
    import confluent_kafka as _library  # noqa: F401
except ImportError as error:
    raise ConfigurationError("Kafka needs a further package: pip install 'etl[kafka]'") from error

from etl.kafka.admin import Admin, Cluster, Group, GroupMember, Topic, TopicLimits
from etl.kafka.consumer import Consumer, Listener
from etl.kafka.faults import RecordTooLarge
from etl.kafka.messages import Message, MessageHeaders, Partition, Received, Trouble, TroubleKind
from etl.kafka.producer import Producer, TransactionalProducer
from etl.kafka.reading import read_to_end
from etl.kafka.topics import MadeTopic, NeededTopic, make_topics, needed_topics

__all__ = [
    "Admin",
    "Cluster",
    "Consumer",
    "Group",
    "GroupMember",
    "Listener",
    "MadeTopic",
    "Message",
    "MessageHeaders",
    "NeededTopic",
    "Partition",
    "Producer",
    "Received",
    "RecordTooLarge",
    "Topic",
    "TopicLimits",
    "TransactionalProducer",
    "Trouble",
    "TroubleKind",
    "make_topics",
    "needed_topics",
    "read_to_end",
]
