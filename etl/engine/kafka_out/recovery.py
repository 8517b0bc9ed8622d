"""The recovery of the store into topics: its tasks, and performing them. Needs the extra `kafka`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from etl.database import bring_up, transaction
from etl.ddl.catalog import schema_exists
from etl.ddl.privileges import make_schema
from etl.engine.kafka_out.outputs import chosen_outputs, outputs_of, prepare_outputs
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError, EnvironmentFault
from etl.kafka import Admin
from etl.metadata import refuse_unknown_codes
from etl.outputs.kafka.reading import RemovedRows
from etl.outputs.kafka.recovery import RecoveryPosition, RecoveryWriter
from etl.outputs.kafka.shape import OutputShape
from etl.outputs.kafka.transactions import SizeLimits, Unsent
from etl.quoting import shown
from etl.retry import RetryPolicy
from etl.runs import TaskQueue, backoffs_of
from etl.runs.recovery_tasks import (
    INTO_TOPICS,
    KIND,
    REMOVALS_ONLY,
    REMOVED_AS_ARCHIVED,
    RecoveryTask,
    RecoveryTasks,
)
from etl.settings.kafka_model import OutMigrationKafka
from etl.settings.topic_keys import TOPIC_RULE, is_topic_name
from etl.sources.in_tables.own_tables import IMPORT

# Of which kind the tasks are, so that a recovery that was killed continues in the same way.
_KINDS: Final = {
    RemovedRows.STATE: KIND,
    RemovedRows.ARCHIVED: REMOVED_AS_ARCHIVED,
    RemovedRows.ONLY: REMOVALS_ONLY,
}


@dataclass(frozen=True)
class Recovered:
    """What a recovery has written: object -> records in all, those of an earlier process too, and records that no topic
    takes. `files`: `object.field` -> instances that name a file, which a reader must have already."""

    number: int
    records: dict[str, int]
    unsent: int
    files: dict[str, int]


def begin_recovery(
    runtime: Runtime,
    output_name: str | None = None,
    *,
    codes: Sequence[str] = (),
    excluded: Sequence[str] = (),
    topic: str = "",
    removed: RemovedRows = RemovedRows.STATE,
) -> int:
    """Records the tasks of a recovery of these objects, all of the output without `codes`, and returns its number;
    `excluded` wins. Without `topic` each goes into that of the output.

    Raises ConfigurationError for an unknown object or output, EnvironmentFault while there are unfinished tasks.
    """
    output = _only_output(runtime, output_name)
    shape = OutputShape.of(runtime.company, _limited_to(output, codes), topic)
    refuse_unknown_codes(runtime.company, (*codes, *excluded))
    wanted = [one for one in shape.objects if one.code not in excluded]
    if not wanted:
        raise ConfigurationError("no object is left to be recovered: --exclude-bo-codes wins over --bo-codes")
    ids = _refuse_topics(runtime, output, dict.fromkeys(one.topic for one in wanted), is_named=bool(topic))
    _prepare(runtime)
    tasks = RecoveryTasks(runtime.in_schema, (_KINDS[removed],))
    with transaction(runtime.engine) as connection, runtime.connections(connection) as connections:
        tasks.refuse_unfinished(connection)
        _try_producer(runtime, output)
        number = runtime.store.next_number(connections.store, above=runtime.highest_run(connections))
        tasks.create(connection, number, output.name, [(one.code, one.topic) for one in wanted])
    if not topic and removed is not RemovedRows.ONLY:
        _begin_output(runtime, output, ids, [one.code for one in wanted])
    return number


def continue_recovery(runtime: Runtime, check: Callable[[], None] = lambda: None) -> Recovered:
    """Performs the unfinished tasks, from where an earlier process was killed. Raises ConfigurationError if there are
    none."""
    _prepare(runtime)
    tasks = RecoveryTasks(runtime.in_schema, INTO_TOPICS)
    with transaction(runtime.engine) as connection:
        unfinished = tasks.unfinished(connection)
    if not unfinished:
        raise ConfigurationError("there is no unfinished recovery")
    output = _only_output(runtime, unfinished[0].output)
    performer = _Performer(runtime, output, tasks, unfinished, check)
    seconds = runtime.settings.in_migration.fault_patience_seconds
    policy = RetryPolicy(partial(backoffs_of, outage_seconds=seconds))
    policy.run_with_retry(f"the recovery {unfinished[0].number}", performer.perform)
    return Recovered(unfinished[0].number, performer.records, performer.unsent, performer.files)


def give_up_recovery(runtime: Runtime) -> int:
    """Drops the unfinished tasks; returns how many."""
    _prepare(runtime)
    with transaction(runtime.engine) as connection:
        return RecoveryTasks(runtime.in_schema, INTO_TOPICS).drop(connection)


class _Performer:
    def __init__(
        self,
        runtime: Runtime,
        output: OutMigrationKafka,
        tasks: RecoveryTasks,
        unfinished: Sequence[RecoveryTask],
        check: Callable[[], None],
    ) -> None:
        self._runtime, self._output, self._tasks, self._check = runtime, output, tasks, check
        self._left = list(unfinished)
        self._number = unfinished[0].number
        self._limits: SizeLimits | None = None
        self.records: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self.unsent = 0

    def perform(self) -> None:
        runtime = self._runtime
        connection = runtime.settings.kafka.connection
        if self._limits is None:
            self._limits = SizeLimits.of(connection, tuple(dict.fromkeys(one.topic for one in self._left)))
        with RecoveryWriter(
            runtime.store_engine,
            runtime.store.schema,
            runtime.company.code,
            self._output,
            connection,
            self._number,
            self._limits,
            note_unsent=self._note_unsent,
            check=self._check,
            removed=next(removed for removed, kind in _KINDS.items() if kind == self._left[0].kind),
        ) as writer:
            position = writer.position()
            while self._left:
                self._perform(writer, self._left[0], position)
                del self._left[0]

    def _perform(self, writer: RecoveryWriter, task: RecoveryTask, position: RecoveryPosition) -> None:
        if task.seq < position.seq:
            self._move(task, task.records, is_done=True)  # its last commit was not recorded here any more
            return
        shape = OutputShape.of(self._runtime.company, _limited_to(self._output, [task.bo]), task.topic).by_code.get(
            task.bo
        )
        if shape is None:
            raise ConfigurationError(
                f"{task.bo} is no business object any more: give the recovery up, and begin another"
            )
        begun = position if position.seq == task.seq else RecoveryPosition(task.seq)
        self._move(task, begun.records, is_done=False)
        written = writer.write(shape, begun, lambda records: self._move(task, records, is_done=False))
        self.files |= writer.files(shape)
        self._move(task, written, is_done=True)

    def _move(self, task: RecoveryTask, records: int, *, is_done: bool) -> None:
        self.records[task.bo] = records
        with transaction(self._runtime.engine) as connection:
            self._tasks.move(connection, task, self._runtime.owner, records, is_done=is_done)

    def _note_unsent(self, unsent: Unsent) -> None:
        self.unsent += 1
        with transaction(self._runtime.store_engine) as connection:
            outputs_of(self._runtime).note_unsent(connection, self._output.name, self._number, vars(unsent))


def _try_producer(runtime: Runtime, output: OutMigrationKafka) -> None:
    """Raises what keeps a recovery from writing, as ACLs or a progress topic that is missing, before its tasks are
    recorded. Only where no other process performs a recovery, as it would be shut out."""
    with RecoveryWriter(
        runtime.store_engine,
        runtime.store.schema,
        runtime.company.code,
        output,
        runtime.settings.kafka.connection,
        0,
        SizeLimits(),
        note_unsent=lambda unsent: None,
        check=lambda: None,
    ):
        pass


def _prepare(runtime: Runtime) -> None:
    """The task table is made also where no in_ table is used."""
    prepare_outputs(runtime)
    with transaction(runtime.engine, client_min_messages="warning") as connection:
        if not schema_exists(connection, runtime.in_schema):
            make_schema(connection, runtime.in_schema)
        bring_up(connection, runtime.in_schema, [IMPORT])
        TaskQueue.create_view(connection, runtime.in_schema)


def _only_output(runtime: Runtime, name: str | None) -> OutMigrationKafka:
    found = chosen_outputs(runtime, [name] if name else [])
    if len(found) > 1:
        raise ConfigurationError(f"say which output: --output {' or '.join(one.name for one in found)}")
    return found[0]


def _limited_to(output: OutMigrationKafka, codes: Iterable[str]) -> OutMigrationKafka:
    """The output with these objects, if any are named."""
    return replace(output, business_objects=tuple(codes)) if codes else output


def _refuse_topics(
    runtime: Runtime, output: OutMigrationKafka, topics: Iterable[str], *, is_named: bool
) -> dict[str, str]:
    """Topics that records of a recovery must not go into, as they mean something else there, and those that are not
    there, before any task is recorded. Returns the ids of the others."""
    kafka = runtime.settings.kafka
    uses = {one.progress_topic: f"the progress of the output {one.name}" for one in kafka.outputs}
    uses |= {output.progress_topic: f"the progress of the output {output.name}"}
    if kafka.in_migration.enabled:
        for topic in kafka.in_migration.topics:
            uses |= {kafka.in_migration.error_topic_of(topic): "rejected records", topic: "records that are read"}
    listed = list(topics)
    name = "--topic" if is_named else "topic of the output"
    for topic in listed:
        if not is_topic_name(topic):
            raise ConfigurationError(f"{name}: {shown(topic)} {TOPIC_RULE}")
    for topic in listed:
        if topic in uses:
            raise ConfigurationError(f"{name}: {topic} is the topic of {uses[topic]}: name another one")
    with Admin(kafka.connection) as admin:
        asked = admin.topics(listed)
    missing = [topic for topic, found in asked.items() if found is None]
    if missing:
        raise EnvironmentFault(f"{name}: {', '.join(missing)} is not there: make it, or name another one")
    return {topic: found.id for topic, found in asked.items() if found}


def _begin_output(runtime: Runtime, output: OutMigrationKafka, ids: Mapping[str, str], codes: Iterable[str]) -> None:
    """The output continues from here where it is new, or where its position means nothing after a restore: what is
    before, a recovery of the whole store writes. Topics that were made again, it accepts where all of their objects are
    recovered."""
    left = [one for one in OutputShape.of(runtime.company, output).objects if one.code not in set(codes)]
    outputs, lease = outputs_of(runtime), runtime.settings.in_migration.lease_seconds
    with transaction(runtime.store_engine) as connection:
        outputs.register(connection, output.name)
        states = {one.name: one for one in outputs.states(connection, [], lease)}
        outputs.accept_topics(connection, output.name, ids, ids.keys() - {one.topic for one in left})
        if not left and states[output.name].needs_recovery:
            outputs.restart(connection, output.name)
