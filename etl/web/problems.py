"""What is wrong with a request, for people and for programs (RFC 9457), and how our errors become that."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from etl.errors import ConfigurationError, EnvironmentFault, EtlError, MarkerHeld, RunStopped, TransientFault
from etl.web.texts.sentence import sentence_of

# A statement was cancelled: it took longer than a page may take.
_CANCELLED = "57014"
# A column or a table is not there: the metadata names more than the tables have.
_UNDEFINED = ("42703", "42P01")
_RETRY_SECONDS = "5"
# What PostgreSQL says when a transaction cannot get the role of a partner or of the console.
_NO_ROLE = ("permission denied to set role", 'role "')
_ROLE_ADVICE = (
    "`etl grants --create-roles` makes it, `grant ROLE to …` adds the engine; or correct partnerRole or consoleRole."
)


@dataclass(frozen=True)
class Answer:
    """A problem as it is answered. `code` is for programs, `detail` a sentence for people: one of `sentence_of` is
    shown in their language."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestProblem(Exception):
    """A request that is not answered as it was meant. Raised by pages, actions and layers."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.answer = Answer(status, code, detail, dict(headers or {}))


def not_found(detail: str = "") -> RequestProblem:
    """The same for what is not there and for what the viewer must not see."""
    return RequestProblem(404, "not_found", detail or sentence_of("sentence.no_page_for_you"))


def no_such_page() -> RequestProblem:
    """A path that is in no table, and one that is switched off."""
    return RequestProblem(404, "not_found", sentence_of("sentence.no_page"))


def gone(detail: str) -> RequestProblem:
    """What was there once: a run that has been cleaned away."""
    return RequestProblem(410, "gone", detail)


def bad_request(detail: str) -> RequestProblem:
    """A parameter that cannot be understood; the sentence names it."""
    return RequestProblem(400, "bad_request", detail)


def conflict(detail: str) -> RequestProblem:
    """What the viewer saw is no longer so; the sentence says what is."""
    return RequestProblem(409, "conflict", detail)


def fault() -> Answer:
    """A fault of the program: the log has its trace."""
    return Answer(500, "fault", sentence_of("sentence.fault"))


def answer_of(error: Exception, *, in_action: bool = False) -> Answer | None:
    """The answer for an error of ours; None for a fault of the program."""
    match error:
        case RequestProblem():
            return error.answer
        case EtlError(sqlstate=sqlstate) if sqlstate == _CANCELLED:
            return Answer(503, "too_slow", sentence_of("sentence.too_slow"), {"Retry-After": _RETRY_SECONDS})
        case EtlError(sqlstate=sqlstate, server_message=server_message) if sqlstate in _UNDEFINED:
            return Answer(503, "configuration", sentence_of("sentence.older_tables", message=server_message))
        case EtlError(server_message=server_message) if server_message.startswith(_NO_ROLE):
            sentence = f"Pages are read under a role of the database: {server_message}. {_ROLE_ADVICE}"
            return Answer(503, "configuration", sentence)
        case MarkerHeld() | RunStopped():
            return Answer(409, "conflict", str(error))
        case ConfigurationError() if in_action:
            return Answer(400, "bad_request", str(error))
        case ConfigurationError():
            return Answer(503, "configuration", str(error), {"Retry-After": _RETRY_SECONDS})
        case EnvironmentFault(sqlstate="") if in_action and not isinstance(error, TransientFault):
            return Answer(409, "conflict", str(error))
        case EtlError():
            return Answer(503, "unavailable", str(error), {"Retry-After": _RETRY_SECONDS})
    return None
