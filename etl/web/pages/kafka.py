"""Kafka: how far reading and writing of topics are, what is wrong, and rejected records."""

from datetime import datetime

from etl.engine.kafka_in.operating import read_letters, resend_letters
from etl.monitoring import TopicsStatus, read_topics_status
from etl.sources.kafka.outbox import DeadLetter
from etl.web.pages.causes import WithCause, cause_of
from etl.web.pages.frame import PAGE_ROWS, CompanyPage, cut_page, framed
from etl.web.problems import bad_request, not_found
from etl.web.requests import ActionRequest, Done, Id, Model, PageRequest
from etl.web.roles import OPERATORS
from etl.web.texts.sentence import sentence_of

_BROKER_SECONDS = 1.5
# More of a value than this, no page shows.
_SHOWN_BYTES = 20_000
_KEY_BYTES = 200


class Partition(Model):
    """One partition. `end` and `lag` are None while the brokers do not say; `stopped` says why it is not read."""

    topic: str
    partition: int
    next_offset: int | None
    end: int | None
    lag: int | None
    lag_seconds: float | None
    owner: str
    stopped: str
    is_held: bool
    open_at: int | None
    lost: int
    since: datetime | None


class Output(Model):
    """One output into a topic."""

    name: str
    is_configured: bool
    is_led: bool
    records: int
    changes: int
    lag_seconds: float
    warning: str


class Letter(Model):
    """A rejected record. `key` and `value` are what can be read as UTF-8, else their length is said."""

    id: Id
    topic: str
    partition: int
    record_offset: int
    key: str
    code: str
    message: str
    path: str
    created_at: datetime
    attempt: int
    is_sent_back: bool
    is_cut: bool


class Wrong(Model):
    """What is wrong, and since when."""

    subject: str
    message: str
    since: datetime


class Kafka(CompanyPage):
    """`is_used`: whether topics are read or written at all; `fault`: why the brokers cannot be asked; `shows_letters`:
    whether the viewer sees the rejected records. `next`: the number below which their next page begins."""

    is_used: bool
    is_reading: bool
    fault: str
    missing: tuple[str, ...]
    partitions: tuple[Partition, ...]
    outputs: tuple[Output, ...]
    wrong: tuple[Wrong, ...]
    letters: tuple[Letter, ...]
    next: Id | None
    shows_letters: bool
    codes: dict[str, dict[str, int]]
    hour_records: int
    hour_rejected: int
    topic: str
    code: str


class DeadLetterPage(WithCause):
    """One rejected record, with its value as text or, where it is none, its length."""

    letter: Letter
    value: str | None
    value_bytes: int
    is_shortened: bool


def page(request: PageRequest) -> Kafka:
    """Partitions, outputs and the newest rejected records of a choice."""
    topic, code = request.query.get("topic", ""), request.query.get("code", "")
    found = read_topics_status(request.runtime, seconds=_BROKER_SECONDS)
    letters: list[DeadLetter] = []
    shows_letters = request.viewer.role in OPERATORS
    if found and found.is_reading and shows_letters:
        letters = read_letters(
            request.runtime,
            topic=topic or None,
            code=code or None,
            limit=PAGE_ROWS + 1,
            before=request.number("before"),
            most_bytes=0,
        )
    shown, following = cut_page(letters, lambda one: one.id)
    return Kafka(
        **framed(request),
        is_used=found is not None,
        is_reading=bool(found and found.is_reading),
        letters=tuple(map(_letter, shown)),
        next=following,
        shows_letters=shows_letters,
        topic=topic,
        code=code,
        **_of(found or TopicsStatus(is_reading=False)),
    )


def letter_page(request: PageRequest) -> DeadLetterPage:
    """One rejected record."""
    found = read_letters(request.runtime, ids=[request.path_number("letter")], most_bytes=_SHOWN_BYTES + 1)
    if not found:
        raise not_found(sentence_of("sentence.no_letter"))
    value = found[0].value
    text = None if value is None else _plain(value[:_SHOWN_BYTES])
    return DeadLetterPage(
        **framed(request),
        **cause_of(found[0].code),
        letter=_letter(found[0]),
        value=text,
        value_bytes=found[0].value_bytes or 0,
        is_shortened=len(value or b"") > _SHOWN_BYTES,
    )


def resend(request: ActionRequest) -> Done:
    """Puts rejected records back into their topics: one, or all of a topic and code."""
    ids = request.numbers("ids")
    topic, code = request.form.get("topic", ""), request.form.get("code", "")
    if not (ids or topic or code):
        raise bad_request(sentence_of("sentence.which_letters"))
    sent = resend_letters(request.runtime, ids=ids or None, topic=topic or None, code=code or None)
    return Done("/kafka", sentence_of("sentence.records_sent", n=sent), {"resent": sent})


def _of(found: TopicsStatus) -> dict[str, object]:
    names, outputs = Partition.model_fields, Output.model_fields
    return {
        "fault": found.fault or "; ".join(found.hidden.values()),
        "missing": found.missing,
        "partitions": tuple(Partition(**{name: getattr(one, name) for name in names}) for one in found.partitions),
        "outputs": tuple(Output(**{name: getattr(one, name) for name in outputs}) for one in found.outputs),
        "wrong": tuple(Wrong(subject=one.subject, message=one.message, since=one.since) for one in found.alerts),
        "codes": {topic: dict(codes) for topic, codes in found.rejected.items()},
        "hour_records": found.hour_records,
        "hour_rejected": found.hour_rejected,
    }


def _letter(one: DeadLetter) -> Letter:
    same = ("id", "topic", "partition", "record_offset", "code", "message", "path", "created_at", "attempt", "is_cut")
    key = "" if one.key is None else _plain(one.key[:_KEY_BYTES]) or f"({len(one.key)} bytes)"
    return Letter(**{name: getattr(one, name) for name in same}, key=key, is_sent_back=one.resent_at is not None)


def _plain(data: bytes) -> str | None:
    """The text of UTF-8, without a letter that was cut in two; None for other bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        return data[: fault.start].decode() if fault.reason == "unexpected end of data" else None
