"""What may have values and is not erased: said in sentences, so that an operator takes care of it."""

from collections.abc import Iterator

from etl.database import read_only_transaction
from etl.engine import Runtime
from etl.errors import EtlError
from etl.metadata.business_object import BusinessObject
from etl.operations.erase.subject import Subject
from etl.store import BackupRecords

_BACKUPS = 100
_COMPACT = "compact"
_KEPT = "records stay as long as the topics keep them"


def beyond_reach(runtime: Runtime, bo: BusinessObject, subject: Subject) -> Iterator[str]:
    """Backups and topics by their names, and what there always is."""
    with read_only_transaction(runtime.store_engine) as store:
        backups = BackupRecords(runtime.store.schema).listed(store, _BACKUPS)
    for one in backups:
        yield f"backup of {one.taken_at:%F %T %Z} in {one.location}: `etl restore` repeats the erasure"
    yield from _topics(runtime, bo, subject)
    for file in subject.kept_files:
        yield f"file {file}: other instances have it too, so it stays"
    yield "what readers, programs and people have copied: rows of out_ tables, records, exports, files for `etl fill`"
    yield "dead row versions until a vacuum, statistics of a table that has no row any more"
    yield "the write-ahead log until it is overwritten, replicas until they follow"
    yield "logs of other hosts, logs of database servers that are not ours"
    yield "uploads that wait in the console, and what it answered in the last ten minutes, until it is restarted"


def _topics(runtime: Runtime, bo: BusinessObject, subject: Subject) -> Iterator[str]:
    kafka = runtime.settings.kafka
    for output in kafka.outputs:
        if not output.business_objects or bo.code in output.business_objects:
            topic = output.topic_of(bo.code)
            keys = ", ".join(f"{bo.code}:{one}" for one in subject.instances)
            yield f"topic {topic} of the output {output.name}, key {keys}: {_retention(runtime, topic)}"
    if kafka.in_migration.enabled:
        for topic in kafka.in_migration.topics:
            yield f"topic {topic}, which is read, and {kafka.in_migration.error_topic_of(topic)}: {_KEPT}"


def _retention(runtime: Runtime, topic: str) -> str:
    """What becomes of earlier records there."""
    from etl.kafka import Admin

    remake = "to be rid of them at once, make the topic again and call `etl kafka recover`"
    try:
        with Admin(runtime.settings.kafka.connection) as admin:
            limits = admin.limits(topic)
    except EtlError as fault:
        return f"earlier records stay as long as the topic keeps them, which is not known now ({fault})"
    if _COMPACT in limits.cleanup_policy:
        return "a record without values follows, and the topic forgets the earlier ones when it is compacted"
    if limits.retention_ms is None:
        return f"earlier records stay for ever; {remake}"
    hours = limits.retention_ms / 3_600_000
    return f"earlier records stay for {hours:,.0f} hours; {remake}"
