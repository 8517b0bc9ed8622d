"""Records of Kafka as a source: from messages to a committed batch. Knows no client and no broker.

`reading` turns messages into records (Python, before any transaction), `batch` merges them in one transaction of the
store, together with the positions of their partitions.
"""
