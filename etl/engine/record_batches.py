"""Batches of records as the engine merges them: within the configuration's limits, and again after faults that pass.

Needs the extra `kafka`; knows no client.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from etl.database import PlacedPart
from etl.engine.runtime import Runtime
from etl.errors import TransientFault
from etl.outputs import versions
from etl.outputs.versions import STORE_PARTS
from etl.retry import RetryPolicy
from etl.runs import Counters, backoffs_of
from etl.sources.kafka.batch import SMALL_BATCH, Judge, TooManyTries, merge_batch
from etl.sources.kafka.outcome import BatchOutcome
from etl.sources.kafka.parts import split
from etl.sources.kafka.positions import HeldPartition, Positions
from etl.sources.kafka.reading import ReadBatch
from etl.sources.kafka.reading_settings import reading_settings
from etl.sources.kafka.record_store import RecordStore
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape

_log = logging.getLogger("in_kafka_migration")

# The factor by which the next part is longer, once a part has been merged.
_GROWTH = 4


def record_store_of(runtime: Runtime, rules: RecordRules) -> RecordStore:
    """The company's store as batches of records see it, with the limits of rows that hold for partners."""
    in_migration = runtime.settings.in_migration
    limited = replace(rules, max_value_bytes=in_migration.max_value_bytes, max_row_bytes=in_migration.max_row_bytes)
    return RecordStore(
        engine=runtime.store_engine,
        store=runtime.store,
        positions=Positions(
            runtime.store.schema,
            tuple(PlacedPart(part, runtime.store.schema) for part in STORE_PARTS),
            reading_settings(limited, runtime.company),
        ),
        company=CompanyShape(runtime.company, limited),
        settings=runtime.merge_settings,
    )


def batch_policy(runtime: Runtime, wait: Callable[[float], bool]) -> RetryPolicy:
    """How a worker tries a batch again: contention shortly, an outage for as long as the configuration says. `wait`
    waits for a number of seconds; False: the worker ends."""
    seconds = runtime.settings.in_migration.fault_patience_seconds
    return RetryPolicy(partial(backoffs_of, outage_seconds=seconds), wait=wait)


def merge_batch_with_retry(
    into: RecordStore,
    batch: ReadBatch,
    held: Sequence[HeldPartition],
    policy: RetryPolicy,
    *,
    forgets: bool = False,
    judge: Judge | None = None,
) -> BatchOutcome:
    """Merges a batch, tried again by a policy; returns what it did. One of which many records are refused one by one is
    merged in parts, so that the positions move. Raises FencedOut when another worker has taken a partition over, what
    `judge` raises, or the last fault when tries end."""
    merge = partial(_merge_whole, into, held=held, policy=policy, forgets=forgets)
    judge = judge or _accept
    try:
        return merge(batch, judge=judge)
    except TooManyTries:
        _log.warning("many of %d records are refused one by one: they are merged in parts", len(batch.records))
    outcome, size = BatchOutcome(), SMALL_BATCH
    rejected: frozenset[tuple[str, int, int]] = frozenset()
    latest = rejected

    def judge_all(found: frozenset[tuple[str, int, int]]) -> None:
        nonlocal latest
        latest = rejected | found
        judge(latest)

    left: ReadBatch | None = batch
    while left:
        part, rest = split(left, size)
        try:
            merged = merge(part, judge=judge_all)
        except TooManyTries:
            size = SMALL_BATCH
            continue
        rejected, left, size = latest, rest, size * _GROWTH
        outcome.add(merged)
        follow = len(rest.records) if rest else 0
        _log.info("%d records are merged, %d rejected; %d follow", merged.merged, merged.rejected, follow)
    return outcome


def _accept(rejected: frozenset[tuple[str, int, int]]) -> None:
    """However many are rejected."""


def _merge_whole(
    into: RecordStore,
    batch: ReadBatch,
    held: Sequence[HeldPartition],
    policy: RetryPolicy,
    *,
    forgets: bool,
    judge: Judge | None,
) -> BatchOutcome:
    is_second_try = False

    def attempt() -> BatchOutcome:
        nonlocal is_second_try
        try:
            return merge_batch(into, batch, held, is_second_try=is_second_try, forgets=forgets, judge=judge)
        except TransientFault as fault:
            is_second_try = fault.sqlstate == "23505"
            raise

    return policy.run_with_retry("a batch of records", attempt)


def show_batches(runtime: Runtime) -> Counters:
    """Brings the out_ tables to where the store is, after one batch or several; returns counters. In a transaction of
    its own, as none sees its own place in the journal; callers wait for each other."""
    if not runtime.settings.has_out_migration:
        return {}
    with runtime.out_connection() as connection:
        return versions.bring_up_to_date(connection, runtime.versions)
