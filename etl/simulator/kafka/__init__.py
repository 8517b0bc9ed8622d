"""A simulated partner who sends records: well or badly, in transactions that end or do not, and killed midway.

Receives a company as records see it, a topic and what to play. Returns what it sent, what of it must be merged and
rejected, and what the store should then have. Knows the format of records, never the merge. Sending needs the extra
`kafka`.
"""

from etl.simulator.kafka.data import ExpectedInstance, PlayedMessage, RecordData
from etl.simulator.kafka.scenarios import RECORD_SCENARIOS, Abandoned, MessageBatch

__all__ = ["RECORD_SCENARIOS", "Abandoned", "ExpectedInstance", "MessageBatch", "PlayedMessage", "RecordData"]
