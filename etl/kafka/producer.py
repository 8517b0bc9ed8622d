"""Producers: each record once and in order; alone, or many in one transaction with a record of progress."""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import confluent_kafka
from confluent_kafka import KafkaError, KafkaException

from etl.errors import EnvironmentFault, EtlError, FencedOut, TransientFault
from etl.kafka.client_log import ClientLog
from etl.kafka.faults import RecordTooLarge, created, error_of, fault_of, logged_fault, masked, translated
from etl.kafka.options import Options, producer_options
from etl.settings import KafkaConnection

_log = logging.getLogger(__name__)

_Act = Callable[[float], None]
Headers = list[tuple[str, str | bytes | None]]

# What the library has to report is fetched after this number of records, and while it has no room for another one.
_RECORDS_BETWEEN_POLLS = 1_000
_POLL_SECONDS = 0.1
# A question about a transaction is asked again after this time; in between it may be given up.
_SLICE_SECONDS = 1.0
# Brokers keep transactions there; any topic would do that a broker is asked for.
_TRANSACTIONS = "__transaction_state"
# The reason of a fatal error may be said so much later than what it has done to records.
_REASON_SECONDS = 10.0
# So often the library is called where it loses an error.
_TRIES = 3
# What takes longer is said.
_SILENT_SECONDS = 5.0
# What abort() does to records that were not sent yet.
_THROWN_AWAY = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)


class _Sender:
    """What both producers share: a client, sending with patience, errors of delivery."""

    def __init__(
        self,
        connection: KafkaConnection,
        options: Options,
        patience_seconds: float,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._connection, self._patience, self._check = connection, patience_seconds, check
        whole = options | {"on_delivery": self._reported, "error_cb": self._note}
        self._log = ClientLog(connection)
        self._client = created(lambda: confluent_kafka.Producer(whole, logger=self._log), connection)
        self._produce = self._client.produce
        self._failed: EtlError | None = None
        self._fatal: EtlError | None = None
        self._has_thrown_away = False
        self._count = 0
        self.trouble = ""
        """What the client said last about its brokers; empty if all is well."""

    def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        *,
        partition: int = -1,
        timestamp_ms: int = 0,
        delivered: Callable[[], None] | None = None,
    ) -> None:
        """Hands a record to the client, which sends it soon; its partition follows from its key unless one is named.
        `delivered` is called, by a later call of a producer that reports all, once its brokers have it.

        Raises RecordTooLarge for one that no topic takes, TransientFault if the client has had no room for it for the
        whole of its patience, and what became of records before it.
        """
        reported = self._reporting(delivered) if delivered else None
        try:
            self._produce(topic, value, key, partition, reported, None, timestamp_ms, headers)
        except BufferError:
            self._send_when_there_is_room(topic, value, key, partition, reported, None, timestamp_ms, headers)
        except KafkaException as error:
            raise self._refused(error.args[0], topic) from None
        self._count += 1
        if not self._count % _RECORDS_BETWEEN_POLLS:
            self._poll(0)

    def flush(self) -> None:
        """Waits until all records are there. Raises the first error of a delivery; TransientFault if it takes longer
        than the patience."""
        left = self._called(self._client.flush, self._patience)
        self._raise_failed()
        if self._has_thrown_away:
            raise self._why_thrown_away()
        if left:
            message = f"{left} records were not taken within {self._patience:g} seconds"
            raise TransientFault(f"{message}: {self.trouble}" if self.trouble else message)

    def _send_when_there_is_room(self, topic: str, *rest: Any) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            self._poll(_POLL_SECONDS)
            try:
                self._produce(topic, *rest)
                return
            except BufferError:
                if time.monotonic() > deadline:
                    message = f"no broker has taken a record for {self._patience:g} seconds: {self.trouble or topic}"
                    raise TransientFault(message) from None
            except KafkaException as error:
                raise self._refused(error.args[0], topic) from None

    def _refused(self, error: KafkaError, topic: str) -> EtlError:
        """Why the client takes no record. After a fatal error it says that alone, and its reason elsewhere."""
        if error.code() == KafkaError._FATAL:
            self._learn_reason()
        return self._fatal or fault_of(error, f"a record cannot be sent to {topic}", self._connection)

    def _why_thrown_away(self) -> EtlError:
        """With a fatal error the client throws away what it has not sent, and may say why only later."""
        self._has_thrown_away = False
        deadline = time.monotonic() + min(_REASON_SECONDS, self._patience)
        while self._fatal is None and not self._log.fatal and time.monotonic() < deadline:
            with suppress(EtlError):
                self._called(self._client.poll, _POLL_SECONDS)
        # The library may lose a fatal error while it reports those records; its log has it nevertheless.
        return (
            self._fatal
            or logged_fault(self._log.fatal, "the producer has ended", self._connection)
            or TransientFault("records were thrown away by the Kafka client before they were sent")
        )

    def _learn_reason(self) -> None:
        with suppress(EtlError):
            self._called(self._client.poll, 0)

    def _poll(self, seconds: float) -> None:
        """Learns what became of records."""
        self._called(self._client.poll, seconds)
        self._raise_failed()
        self._check()

    def _called(self, call: Callable[[float], int], seconds: float) -> int:
        """What a call of the library returns. It sometimes loses a fatal error, and says it when it is called again."""
        tries = 0
        while True:
            tries += 1
            try:
                return call(seconds)
            except:  # noqa: E722 - fatal errors of the library are no exceptions to Python
                raised = sys.exc_info()[1]
                error = error_of(raised)
                if error is not None:
                    fault = fault_of(error, "records cannot be sent", self._connection)
                    if error.fatal():
                        self._fatal = fault
                    raise fault from None
                if not isinstance(raised, SystemError):
                    raise
                self._raise_failed()
                if tries == _TRIES:
                    raise

    def _raise_failed(self) -> None:
        failed, self._failed = self._failed, None
        if failed is not None:
            raise failed

    def _reported(self, error: KafkaError | None, message: "confluent_kafka.Message") -> None:
        if error is not None and error.code() in _THROWN_AWAY:
            self._has_thrown_away = True
        elif error is not None and self._failed is None:
            self._failed = fault_of(error, f"a record was not taken by {message.topic()}", self._connection)

    def _reporting(
        self, delivered: Callable[[], None]
    ) -> "Callable[[KafkaError | None, confluent_kafka.Message], None]":
        def reported(error: KafkaError | None, message: "confluent_kafka.Message") -> None:
            self._reported(error, message)
            if error is None:
                delivered()

        return reported

    def _note(self, error: KafkaError) -> None:
        doing = "the producer has ended" if error.fatal() else "brokers do not answer"
        fault = fault_of(error, doing, self._connection)
        if error.fatal():
            self._failed = self._fatal = fault
        self.trouble = str(fault)

    def _discard(self) -> None:
        """Throws away what has not been sent, and waits for nothing."""
        with suppress(EtlError), translated("records cannot be thrown away", self._connection):
            self._client.purge()
            self._client.poll(0)


class Producer(_Sender):
    """Sends records one by one: each that flush() has not complained of is on all brokers that hold its partition."""

    def __init__(
        self,
        connection: KafkaConnection,
        *,
        largest_bytes: int | None = None,
        patience_seconds: float = 60.0,
        reports_all: bool = False,
    ) -> None:
        options = producer_options(connection, largest_bytes=largest_bytes, reports_all=reports_all)
        super().__init__(connection, options, patience_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        else:
            self._discard()


class TransactionalProducer(_Sender):
    """Sends records in transactions: readers of committed records see all of one or none.

    After a TransientFault call abort() and repeat the transaction; a RecordTooLarge of send() leaves all as it was.
    After FencedOut, any other EnvironmentFault, and a RecordTooLarge of commit() it is of no more use: make another.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        transactional_id: str,
        *,
        largest_bytes: int | None = None,
        batch_bytes: int | None = None,
        patience_seconds: float = 60.0,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """`check` is called while brokers are waited for, and may raise."""
        options = producer_options(
            connection, transactional_id=transactional_id, largest_bytes=largest_bytes, batch_bytes=batch_bytes
        )
        super().__init__(connection, options, patience_seconds, check)

    def init(self) -> None:
        """Takes the name over: an earlier producer of this transactional id is fenced, and what it left open is
        aborted. To be called once, before progress is read."""
        # While no broker is connected the client asks for the coordinator only each half second.
        with suppress(KafkaException):
            self._client.list_topics(_TRANSACTIONS, timeout=_SLICE_SECONDS)
        self._insist("the transactional producer cannot begin", self._client.init_transactions)

    def begin(self) -> None:
        self._failed = None
        with translated("a transaction cannot begin", self._connection):
            self._client.begin_transaction()

    def commit(self) -> None:
        """Commits what was sent since begin(), the record of progress among it. Raises what became of its records."""
        self._insist("a transaction cannot be committed", self._client.commit_transaction)
        self._raise_failed()

    def abort(self) -> None:
        """Takes back what was sent since begin(); no reader sees it."""
        self._insist("a transaction cannot be aborted", self._client.abort_transaction)
        with translated("a transaction cannot be aborted", self._connection):
            self._client.poll(0)
        self._failed = None

    def close(self) -> None:
        """Sends nothing more; an open transaction is aborted by the brokers or by the next producer of this name."""
        self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _learn_reason(self) -> None:
        super()._learn_reason()
        if self._fatal is None:
            try:
                self._client.abort_transaction(_POLL_SECONDS)
            except:  # noqa: E722 - as in _insist
                error = error_of(sys.exc_info()[1])
                if error is None:
                    raise
                if error.fatal():
                    self._explained(error, "the producer has ended")

    def _insist(self, doing: str, act: _Act) -> None:
        """Repeats what may be repeated: a question that a broker did not answer in time."""
        deadline, reported_at = time.monotonic() + self._patience, time.monotonic() + _SILENT_SECONDS
        while True:
            left = deadline - time.monotonic()
            try:
                act(max(min(left, _SLICE_SECONDS), _POLL_SECONDS))
                return
            except:  # noqa: E722 - fatal errors of the library are no exceptions to Python
                error = error_of(sys.exc_info()[1])
                if error is None:
                    raise
                error_text = masked(error.str(), self._connection)
                if not error.retriable() or error.txn_requires_abort() or left <= 0:
                    raise self._explained(error, doing) from None
            self._check()
            with translated(doing, self._connection):
                self._client.poll(0)  # what it has to say, also to the log
            if time.monotonic() > reported_at:
                _log.warning("%s yet: %s", doing, self.trouble or error_text)
                reported_at = deadline

    def _explained(self, error: KafkaError, doing: str) -> EtlError:
        """What a delivery said says more than that the transaction failed."""
        fault = fault_of(error, doing, self._connection)
        if error.fatal():
            self._fatal = fault
        if isinstance(fault, FencedOut):
            return fault
        failed, self._failed = self._failed, None
        if isinstance(failed, FencedOut | RecordTooLarge):
            return failed
        if failed is not None and not error.fatal():
            return failed
        if error.fatal():
            return EnvironmentFault(f"{doing}: {error.str()}")
        is_silent = error.code() == KafkaError._TIMED_OUT and self.trouble
        return TransientFault(f"{doing}: {self.trouble}") if is_silent else fault
