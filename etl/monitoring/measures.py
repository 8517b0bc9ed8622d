"""The metrics of a company, measured at one time."""

from collections.abc import Iterator
from datetime import datetime

from etl.engine import Runtime, Status, read_feed, read_status
from etl.errors import EtlError
from etl.monitoring.directory_state import DIRECTORY_MEASURES, measure_directory
from etl.monitoring.progress import progress
from etl.monitoring.ready import Age, AgeSampler
from etl.monitoring.topic_measures import TOPIC_MEASURES, measure_topics
from etl.notifications.telemetry import Measure, Sample
from etl.runs import RECEIPT_COUNTERS

UP = Measure("etl.up", "1", "Whether the database answered and its tables are there")
OLDEST = Measure("etl.ready.oldest", "s", "Age of the oldest row that is ready and not read; 0 without one")
TABLE_OLDEST = Measure("etl.ready.table.oldest", "s", "The same, table by table", ("table",))
READY = Measure("etl.ready", "{row}", "Rows that are ready and not claimed", ("table",))
ON_WORK = Measure("etl.claimed", "{row}", "Rows that a run has claimed and not merged", ("table",))
UNDATED = Measure(
    "etl.ready.undated", "{row}", "Unread rows without a usable inserted_date: their age is not known", ("table",)
)
RUNNING = Measure("etl.run.running", "1", "Whether a run has begun and not ended")
STOPPED = Measure("etl.run.stopped", "1", "Whether the newest run was stopped because of its rows")
BEAT = Measure("etl.run.heartbeat.age", "s", "Age of the running run's heartbeat; over leaseSeconds it is taken over")
ON_HOLD = Measure("etl.hold", "1", "Whether an operator lets nothing begin; 2: no program writes")
STARTED = Measure("etl.run.started", "s", "When the newest run began, in seconds since 1970")
FINISHED = Measure("etl.run.finished", "s", "When the newest run ended, in seconds since 1970")
TASKS = Measure("etl.run.done", "{task}", "Tasks of the newest run that are done, by kind", ("kind",))
TASKS_ALL = Measure("etl.run.all", "{task}", "All tasks of the newest run, by kind", ("kind",))
ROWS = Measure("etl.run.merged", "{row}", "Rows of the newest run that are merged, by kind of task", ("kind",))
ROWS_ALL = Measure("etl.run.claimed", "{row}", "Rows that the newest run has claimed, by kind of task", ("kind",))
OUTCOMES = Measure("etl.run.outcome", "{row}", "What became of the rows of the newest run", ("outcome",))
ERRORS = Measure("etl.run.error", "{row}", "Errors of the newest run by code", ("code", "severity"))
WAITING = Measure("etl.waiting", "{link}", "Links that wait for an end that has not come")
WAITING_OLDEST = Measure("etl.waiting.oldest", "s", "Age of the oldest waiting link; 0 without one")
BEHIND = Measure(
    "etl.out.behind", "{change}", "Changes of the journal that an out version has not followed yet", ("schema",)
)
LAG = Measure(
    "etl.out.lag", "s", "Seconds since the run began whose changes an out version has not followed yet", ("schema",)
)
STAYS_BEHIND = Measure(
    "etl.out.stays.behind", "1", "Whether an out version does not follow, as a value does not fit into it", ("schema",)
)
READER_BEHIND = Measure(
    "etl.out.reader.behind",
    "{row}",
    "Rows of out tables that changed or left and that a reader has not confirmed",
    ("schema", "reader"),
)
READER_AGE = Measure(
    "etl.out.reader.age", "s", "Seconds since a reader confirmed last, or began its delivery", ("schema", "reader")
)
LATE = Measure("etl.feed.late", "s", "How long a hand-over is overdue; 0 when it is not, or when none is due")
STALLED = Measure("etl.feed.stalled", "s", "How long a hand-over should have been read by now; 0 when all is read")
BACKUP_AGE = Measure("etl.backup.age", "s", "Age of the newest backup that the store has noted; missing without one")
DRILL_AGE = Measure(
    "etl.backup.drill.age", "s", "Seconds since the last drill of a backup; without one, since the first backup"
)

MEASURES = (
    *(UP, OLDEST, TABLE_OLDEST, READY, ON_WORK, UNDATED, RUNNING, STOPPED, ON_HOLD, BEAT, STARTED, FINISHED),
    *(TASKS, TASKS_ALL, ROWS, ROWS_ALL, OUTCOMES, ERRORS, WAITING, WAITING_OLDEST, BEHIND, LAG, LATE, STALLED),
    *(STAYS_BEHIND, READER_BEHIND, READER_AGE, BACKUP_AGE, DRILL_AGE),
    *TOPIC_MEASURES,
    *DIRECTORY_MEASURES,
)


def measure(runtime: Runtime, book: AgeSampler) -> list[Sample]:
    """All metrics of a company now. For a database that does not answer etl.up is 0, and its others are missing."""
    company = {"company": runtime.company.code}
    of_others = (*measure_topics(runtime, company), *measure_directory(runtime, company))
    return [*_of_import(runtime, book, company), *of_others]


def _of_import(runtime: Runtime, book: AgeSampler, company: dict[str, str]) -> list[Sample]:
    try:
        samples = [*_of_age(book.sample(runtime), company), *_of_status(read_status(runtime), company)]
        samples += _of_feed(runtime, company)
    except EtlError:
        return [Sample(UP, 0, company)]
    return [Sample(UP, 1, company), *samples]


def _of_age(age: Age, company: dict[str, str]) -> Iterator[Sample]:
    yield Sample(OLDEST, age.oldest_seconds or 0.0, company)
    for table in age.tables:
        labels = company | {"table": table.in_table}
        yield Sample(TABLE_OLDEST, age.seconds(table) or 0.0, labels)
        yield Sample(READY, table.ready, labels)
        yield Sample(ON_WORK, table.on_work, labels)
        yield Sample(UNDATED, table.undated, labels)


def _of_status(status: Status, company: dict[str, str]) -> Iterator[Sample]:
    run = status.run
    state = run["state"] if run else ""
    yield Sample(RUNNING, int(state == "running"), company)
    yield Sample(STOPPED, int(state == "stopped"), company)
    yield Sample(ON_HOLD, max((2 if one.closed_at else 1 for one in status.holds if not one.host), default=0), company)
    if run:
        yield from _of_run(status, company, run)
    links = sum(one["links"] for one in status.waiting)
    since = min((one["since"] for one in status.waiting), default=None)
    yield Sample(WAITING, links, company)
    yield Sample(WAITING_OLDEST, (status.looked_at - since).total_seconds() if since else 0.0, company)
    for version in status.out_versions:
        labels = company | {"schema": version.schema_name}
        yield Sample(BEHIND, version.behind, labels)
        yield Sample(LAG, version.lag_seconds, labels)
        yield Sample(STAYS_BEHIND, int(version.stays_behind is not None), labels)
    for reader in status.readers:
        labels = company | {"schema": reader.schema_name, "reader": reader.reader}
        yield Sample(READER_BEHIND, reader.behind, labels)
        yield Sample(READER_AGE, reader.seconds, labels)
    if status.backups:
        yield Sample(BACKUP_AGE, status.backups.age_hours * 3600, company)
        yield Sample(DRILL_AGE, status.backups.days_since * 86400, company)


def _of_feed(runtime: Runtime, company: dict[str, str]) -> Iterator[Sample]:
    feed = read_feed(runtime)
    if feed:
        for one, since in ((LATE, feed.late_since), (STALLED, feed.stalled_since)):
            yield Sample(one, (feed.now - since).total_seconds() if since else 0.0, company)


def _of_run(status: Status, company: dict[str, str], run: dict[str, object]) -> Iterator[Sample]:
    for one, column in ((STARTED, "started_at"), (FINISHED, "finished_at")):
        at = run[column]
        if isinstance(at, datetime):
            yield Sample(one, at.timestamp(), company)
    beat = run["beat_age"]
    if run["state"] == "running" and isinstance(beat, float):
        yield Sample(BEAT, beat, company)
    for kind in progress(status.tasks, status.looked_at).kinds:
        labels = company | {"kind": kind.kind}
        yield Sample(TASKS, kind.done, labels)
        yield Sample(TASKS_ALL, kind.tasks, labels)
        yield Sample(ROWS, kind.rows_done, labels)
        yield Sample(ROWS_ALL, kind.rows, labels)
    for outcome in RECEIPT_COUNTERS[1:]:
        rows = sum(getattr(receipt, outcome) for receipt in status.receipts)
        yield Sample(OUTCOMES, rows, company | {"outcome": outcome})
    by_code: dict[tuple[str, str], int] = {}
    for row in status.errors:
        key = (row["code"], row["severity"])
        by_code[key] = by_code.get(key, 0) + row["rows"]
    for (code, severity), rows in by_code.items():
        yield Sample(ERRORS, rows, company | {"code": code, "severity": severity})
