"""Rejected records that were sent back: under `resendMode=older-loses` they leave what was changed since.

Receives what a batch has staged, hands it on without the values and links that later transactions have changed. Knows
that from the journal, so only as far as it and the dead letters are kept (`cleanDays`).
"""

from collections.abc import Iterable, Mapping, Sequence

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.merge import MergeContext, given_fields
from etl.merge.links import staged_ends
from etl.merge.rows import staged_instances
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.quoting import fold
from etl.sources.kafka.message import Message, Resent
from etl.sources.kafka.tree import ObjectRow

_sql = SqlTemplates(__package__)

ATTEMPT, ORIGINAL, ORIGINAL_PARTITION = "etl-attempt", "etl-original-offset", "etl-original-partition"
"""The headers of a record that is sent back."""

_STATE = "_state"
# The largest numbers that the store's columns and Kafka have.
_MOST = {ATTEMPT: 2**31 - 2, ORIGINAL_PARTITION: 2**31 - 1, ORIGINAL: 2**63 - 1}


def headers_of(resent: Resent) -> list[tuple[str, str | bytes | None]]:
    return [
        (ATTEMPT, str(resent.attempt)),
        (ORIGINAL, str(resent.offset)),
        (ORIGINAL_PARTITION, str(resent.partition)),
    ]


def resent_of(headers: Iterable[tuple[str, bytes | None]] | None) -> Resent | None:
    """What a message's headers say; None for a record of a partner, and where they are not ours."""
    if not headers:
        return None
    numbers: dict[str, int] = {}
    for name, value in headers:
        if name in _MOST:
            text = (value or b"").decode("ascii", "replace")
            if not text.isdecimal() or not text.isascii() or len(text) > 19 or int(text) > _MOST[name]:
                return None
            numbers[name] = int(text)
    if len(numbers) < len(_MOST) or numbers[ATTEMPT] < 2:
        return None
    return Resent(numbers[ATTEMPT], numbers[ORIGINAL_PARTITION], numbers[ORIGINAL])


def stage_resent(connection: Connection, messages: Sequence[Message], store_schema: str) -> frozenset[str]:
    """Notes for the transaction which messages were sent back, and since when others count as later; returns their
    origins. Those whose dead letters are not here any more are as records that came for the first time."""
    given = [(message, message.resent) for message in messages if message.resent]
    if not given:
        return frozenset()
    values = {
        "origins": [message.origin for message, _ in given],
        "topics": [message.topic for message, _ in given],
        "partitions": [resent.partition for _, resent in given],
        "offsets": [resent.offset for _, resent in given],
    }
    execute(connection, _sql("stage_resent", schema=store_schema), values)
    return frozenset(row.origin for row in fetch_all(connection, _sql("resent_origins")))


def leave_changed_values(connection: Connection, objects: Mapping[int, ObjectRow], context: MergeContext) -> None:
    """Takes the values that were changed since out of the staged rows of one business object; the state is one."""
    business_object = next(iter(objects.values())).shape.bo
    variables = {"schema": context.store_schema, "golden": names.store_table(business_object.code)}
    with staged_instances(connection, business_object, context):
        found = fetch_all(connection, _sql("changed_values", **variables), {"bo": business_object.code})
    if not found:
        return
    ids, given, keeps_state = [], [], []
    for row in found:
        changed, one = set(row.columns), objects[row.id]
        is_idle = one.is_removed and _STATE in changed
        codes = () if is_idle else (code for code in one.layout.codes if fold(code) not in changed)
        ids.append(row.id)
        given.append(given_fields(business_object, codes))
        keeps_state.append(_STATE in changed)
    statement = _sql("leave_values", table=names.in_table(business_object.code))
    execute(connection, statement, {"ids": ids, "given": given, "keeps_state": keeps_state})


def leave_changed_links(connection: Connection, link: LinkTable, context: MergeContext) -> None:
    """Takes the links that were changed since out of a staged link table: where the field has one link or one set an
    owner any of them, else those to the same target."""
    values = {"bo": link.bo.code, "field": link.field.code}
    adds = link.field.only_adds_links
    with staged_ends(connection, link, context):
        execute(connection, _sql("leave_links", schema=context.store_schema, table=link.name, adds=adds), values)
