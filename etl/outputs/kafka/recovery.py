"""Writes whole objects of the store into topics, as full images: what a recovery does.

As in an output, each transaction of Kafka has its record of progress, so that a recovery that was killed continues
behind the last committed instance.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import sqlalchemy

from etl.database import snapshot
from etl.errors import EnvironmentFault
from etl.outputs.kafka.progress import OutputProgress, ProgressKey, transactional_id
from etl.outputs.kafka.reading import RemovedRows, all_rows, count_files
from etl.outputs.kafka.record_writers import record_writer
from etl.outputs.kafka.shape import OutObject
from etl.outputs.kafka.transactions import RecordTransactions, SizeLimits, Unsent
from etl.settings import KafkaConnection
from etl.settings.kafka_model import OutMigrationKafka

_log = logging.getLogger("out_kafka_migration")


@dataclass(frozen=True)
class RecoveryPosition:
    """How far a recovery is: in its object number `seq` all up to the id `after` ("": nothing), `records` of it."""

    seq: int
    after: str = ""
    records: int = 0


class RecoveryWriter:
    """The recovery of one number. `moved` is called after each transaction, `check` between blocks; both may raise.

    Closed by `with`. Raises TransientFault for what another writer of the same number may try again.
    """

    def __init__(
        self,
        engine: sqlalchemy.Engine,
        store_schema: str,
        company: str,
        output: OutMigrationKafka,
        connection: KafkaConnection,
        number: int,
        limits: SizeLimits,
        *,
        note_unsent: Callable[[Unsent], None],
        check: Callable[[], None],
        removed: RemovedRows = RemovedRows.STATE,
    ) -> None:
        self._engine, self._schema, self._output, self._number = engine, store_schema, output, number
        self._note_unsent, self._check, self._limits = note_unsent, check, limits
        self._removed, self._company = removed, company
        # Object -> field -> records without the content of their file.
        self._left_out: dict[str, dict[str, int]] = {}
        self._sender = RecordTransactions(
            connection,
            transactional_id(company, output.name, is_recovery=True),
            output.progress_topic,
            ProgressKey.of_recovery(company, output.name),
            limits,
            self._set_aside,
            company,
            check,
        )

    def position(self) -> RecoveryPosition:
        """Where the recovery continues, by the newest progress in Kafka."""
        newest = self._sender.newest
        if newest is None or newest.content.get("number") != self._number:
            return RecoveryPosition(0)
        return RecoveryPosition(newest.content["seq"], newest.content["after"], newest.content["records"])

    def write(self, shape: OutObject, position: RecoveryPosition, moved: Callable[[int], None]) -> int:
        """Writes the instances of an object behind `position`, and returns how many of it are written in all."""
        if self._removed is RemovedRows.ONLY:
            shape = replace(shape, fields=(), links=())
        prefix = f"{self._company}/{self._output.name}-r{self._number}.{position.seq}"
        written, after = position.records, position.after
        with snapshot(self._engine) as connection:
            records = record_writer(connection, self._schema, shape, self._output, self._limits, is_all=True)
            for block in all_rows(connection, self._schema, shape, after, self._removed):
                self._check()
                for row in block:
                    if self._sender.records >= self._output.batch_records:
                        written = self._commit(RecoveryPosition(position.seq, after, written), moved)
                    value = cast(bytes, records.record(row, prefix))  # `is_all`: each has one
                    self._sender.send(shape.topic, records.key(row), value)
                    if records.has_tombstone(row):
                        self._sender.send(shape.topic, records.key(row), None)
                    after = row[0]
        if self._sender.is_open:
            written = self._commit(RecoveryPosition(position.seq, after, written), moved)
        self._left_out[shape.code] = records.without_content
        return written

    def files(self, shape: OutObject) -> dict[str, int]:
        """How many instances name a file whose content is in no record, by `object.field`; with contents (outFiles) of
        those that write() has written."""
        if self._removed is RemovedRows.ONLY:
            found = {}
        elif self._output.files == "content":
            found = self._left_out.get(shape.code, {})
        else:
            with snapshot(self._engine) as connection:
                found = count_files(connection, self._schema, shape)
        return {f"{shape.code}.{code}": instances for code, instances in found.items()}

    def _commit(self, position: RecoveryPosition, moved: Callable[[int], None]) -> int:
        number = position.records + self._sender.records
        self._sender.commit(
            OutputProgress({"number": self._number, "seq": position.seq, "after": position.after, "records": number})
        )
        moved(number)
        _log.info("the recovery %d has written %d records of object %d", self._number, number, position.seq)
        return number

    def _set_aside(self, unsent: Unsent) -> None:
        what = f"the record of {unsent.bo} {unsent.instance} is too large: {unsent.message}"
        if self._output.when_too_large == "stop":
            raise EnvironmentFault(f"{what}; or let the output {self._output.name} continue with whenTooLarge=error")
        _log.error("%s", what)
        self._note_unsent(unsent)

    def __enter__(self) -> "RecoveryWriter":
        return self

    def __exit__(self, *raised: object) -> None:
        self._sender.__exit__(*raised)
