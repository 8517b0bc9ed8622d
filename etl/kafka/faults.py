"""Errors of the client's library as errors of etl: who must act, what to do, and no secret."""

import re
from collections.abc import Callable
from types import TracebackType
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException
from pydantic import SecretStr

from etl.errors import ConfigurationError, EnvironmentFault, EtlError, FencedOut, Problem, TransientFault
from etl.settings import KafkaConnection
from etl.settings.origin import MASK


class RecordTooLarge(EnvironmentFault):
    """A record is larger than the client or the topic takes; it was not sent."""


_FENCED: Final = frozenset(
    {KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED, KafkaError.FENCED_INSTANCE_ID}
)
_TOO_LARGE: Final = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE})
UNKNOWN_TOPIC: Final = frozenset(
    {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION}
)
NOT_ALLOWED: Final = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    }
)
SIGN_IN: Final = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNSUPPORTED_SASL_MECHANISM,
        KafkaError.ILLEGAL_SASL_STATE,
        KafkaError._SSL,
    }
)
_AWAY: Final = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError._TIMED_OUT_QUEUE,
        KafkaError._MSG_TIMED_OUT,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.BROKER_NOT_AVAILABLE,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.NOT_ENOUGH_REPLICAS,
        KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
        KafkaError.NETWORK_EXCEPTION,
        # The library has given up the connection that the question had.
        KafkaError._DESTROY_BROKER,
        # What the library says of offsets while it knows no leader of their partitions.
        KafkaError._NOENT,
        # A leader that has just been chosen, or moves.
        KafkaError.OFFSET_NOT_AVAILABLE,
        KafkaError.FENCED_LEADER_EPOCH,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.REPLICA_NOT_AVAILABLE,
        KafkaError.ELIGIBLE_LEADERS_NOT_AVAILABLE,
        KafkaError.PREFERRED_LEADER_NOT_AVAILABLE,
        KafkaError.NOT_CONTROLLER,
        KafkaError.KAFKA_STORAGE_ERROR,
        KafkaError.THROTTLING_QUOTA_EXCEEDED,
        KafkaError.CONCURRENT_TRANSACTIONS,
    }
)
# A broker that does not take our certificate ends the connection, which the library takes for one that is lost.
_ALERT: Final = re.compile(r"SSL routines:.*\balert\b")
_NOT_VERIFIED: Final = "certificate verify failed"
_THEIRS: Final = "its certificate has expired, is for another host, or is signed by none in option.ssl.ca.location"
_OURS: Final = "ours in option.ssl.certificate.location has expired, or is signed by none that the broker knows"
_NO_PROVIDER = "No provider for SASL mechanism"
_KERBEROS = (
    "the Kafka client of this installation has no Kerberos (GSSAPI): name another mechanism in option.sasl.mechanisms, "
    "such as SCRAM-SHA-512, or build the client against the system's librdkafka, as docs/kafka.md says"
)
_Client = TypeVar("_Client")
_PROPERTY = re.compile(r'configuration property:? "([^"]+)"')


class translated:  # noqa: N801 - reads as a word of a with statement
    """Raises what the library raises as an error of etl. `doing`: what failed, as the beginning of a sentence.

    A class: its fatal errors are no exceptions to Python, and only `__exit__` and a bare `except` see them.
    """

    def __init__(self, doing: str, connection: KafkaConnection) -> None:
        self._doing, self._connection = doing, connection

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, raised: object, trace: TracebackType | None) -> None:
        if (error := error_of(raised)) is not None:
            raise fault_of(error, self._doing, self._connection) from None


def error_of(raised: object) -> KafkaError | None:
    """The library's error in what was raised; None for anything else."""
    if isinstance(raised, SystemError):
        raised = raised.__cause__  # the library has called one of our functions although it had raised already
    if isinstance(raised, KafkaException):
        raised = raised.args[0]
    return raised if isinstance(raised, KafkaError) else None


def created(make: Callable[[], _Client], connection: KafkaConnection) -> _Client:
    """A client; ConfigurationError says which option the library refuses."""
    try:
        return make()
    except (KafkaException, ValueError, TypeError) as error:
        first = error.args[0] if error.args else error
        text = first.str() if isinstance(first, KafkaError) else str(first)
        raise ConfigurationError(_refused(text, connection)) from None


def _refused(text: str, connection: KafkaConnection) -> Problem:
    if _NO_PROVIDER in text:
        named = next((one for one in ("sasl.mechanisms", "sasl.mechanism") if one in connection.options), "")
        if not named or "GSSAPI" in _plain(connection.options[named]).upper():
            return Problem(_KERBEROS, *connection.origin(named), f"option.{named or 'sasl.mechanisms'}")
    found = _PROPERTY.search(text)
    name = found[1] if found else ""
    message = f"the Kafka client refuses its options: {masked(text, connection)}; correct the line"
    if "No such configuration property" in text:
        message = "is not an option of the Kafka client: correct or delete the line"
    return Problem(message, *connection.origin(name), f"option.{name}" if name else "")


def fault_of(error: KafkaError, doing: str, connection: KafkaConnection) -> EtlError:
    code, text = error.code(), masked(error.str().strip(": ") or error.name(), connection)
    what = f"{doing}: {text}"
    if code in _FENCED:
        return FencedOut(f"{what}; another process works under the same name")
    if code in _TOO_LARGE:
        return RecordTooLarge(f"{what}; raise max.message.bytes of the topic and option.message.max.bytes")
    if refuses_sign_in(error):
        why = f"; {_THEIRS}" if _NOT_VERIFIED in text else f"; {_OURS}" if code not in SIGN_IN else ""
        asked = "check security.protocol, certificates, user and password among the options of"
        return EnvironmentFault(f"{what}{why}; {asked} {connection.path}")
    if code in NOT_ALLOWED:
        return EnvironmentFault(f"{what}; have an administrator of Kafka allow it (ACL)")
    if code in UNKNOWN_TOPIC:
        return EnvironmentFault(f"{what}; create the topic or correct its name")
    if code in _AWAY or error.retriable() or error.txn_requires_abort():
        return TransientFault(f"{what} (servers {connection.servers})")
    return EnvironmentFault(f"{what} ({error.name()})")


def refuses_sign_in(error: KafkaError) -> bool:
    """Whether brokers do not let us in, or we them."""
    return error.code() in SIGN_IN or bool(_ALERT.search(error.str()))


def logged_fault(text: str, doing: str, connection: KafkaConnection) -> EtlError | None:
    """The fatal error of a line that the library has logged; None without one."""
    if not text:
        return None
    known = (*NOT_ALLOWED, *_FENCED)
    code = next((one for one in known if KafkaError(one).str() in text), KafkaError._FATAL)
    return fault_of(KafkaError(code, text), doing, connection)


def masked(text: str, connection: KafkaConnection) -> str:
    """The text without the secrets among the options."""
    secrets = [one.get_secret_value() for one in connection.options.values() if isinstance(one, SecretStr)]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
