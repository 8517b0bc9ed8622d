"""The outputs into topics as commands see them: their states, and writing them until nothing is left.

Only `write_outputs` and `output_writer` need the extra `kafka`.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from socket import gethostname
from typing import TYPE_CHECKING

from etl.database import part_states, transaction
from etl.engine.preparation import prepare_store, refuse_unfit
from etl.engine.runtime import Runtime
from etl.errors import ConfigurationError, EtlError
from etl.outputs.kafka.registry import Outputs, OutputState
from etl.outputs.kafka.shape import OutputShape
from etl.outputs.versions import STORE_PARTS
from etl.retry import RetryPolicy
from etl.runs import backoffs_of
from etl.settings.kafka_keys import OUT_KAFKA
from etl.settings.kafka_model import OutMigrationKafka
from etl.store import STORE

if TYPE_CHECKING:
    from etl.outputs.kafka.writing import OutputWriter, Written

_log = logging.getLogger("out_kafka_migration")


def chosen_outputs(runtime: Runtime, names: Iterable[str] = ()) -> list[OutMigrationKafka]:
    """The configured outputs of these names, or all. Raises ConfigurationError where there is none."""
    known = {one.name: one for one in runtime.settings.kafka.outputs}
    if not known:
        raise ConfigurationError(f"there is no output into topics: set hasOutMigrationKafka=true in {OUT_KAFKA}")
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise ConfigurationError(f"there is no output {name}: it is one of {', '.join(known)}")
    return [known[name] for name in wanted]


def outputs_of(runtime: Runtime) -> Outputs:
    parts = tuple(one for one in runtime.parts_at(runtime.store_engine) if one.part in STORE_PARTS)
    return Outputs(runtime.store.schema, parts)


def output_states(runtime: Runtime) -> list[OutputState]:
    """All outputs, those that are switched off too; writes nothing."""
    with transaction(runtime.store_engine) as connection:
        states = part_states(connection, runtime.store.schema, STORE_PARTS)
        refuse_unfit(states, to_write=False)
        if not any(state.part is STORE and state.has("kafka") for state in states):
            return []
        configured = [one.name for one in runtime.settings.kafka.outputs]
        lease = runtime.settings.in_migration.lease_seconds
        return outputs_of(runtime).states(connection, configured, lease)


def forget_output(runtime: Runtime, name: str) -> bool:
    """Frees the journal that an output keeps; returns whether it was known. Raises ConfigurationError for one that is
    switched on."""
    if name in [one.name for one in runtime.settings.kafka.outputs]:
        raise ConfigurationError(f"the output {name} is switched on: switch it off first")
    with transaction(runtime.store_engine) as connection:
        return outputs_of(runtime).forget(connection, name)


def output_writer(
    runtime: Runtime, output: OutMigrationKafka, check: Callable[[], None] = lambda: None
) -> "OutputWriter":
    """The writer of one output; `check` is called between blocks of rows and may raise."""
    from etl.outputs.kafka.writing import OutputWriter

    return OutputWriter(
        engine=runtime.store_engine,
        store_schema=runtime.store.schema,
        company=runtime.company.code,
        shape=OutputShape.of(runtime.company, output),
        output=output,
        connection=runtime.settings.kafka.connection,
        owner=f"{gethostname()} {runtime.owner}",
        lease_seconds=runtime.settings.in_migration.lease_seconds,
        parts=tuple(outputs_of(runtime).parts),
        check=check,
        settings=runtime.merge_settings,
    )


def prepare_outputs(runtime: Runtime) -> None:
    """Makes what the store lacks, in a database that has no in_ tables too."""
    with transaction(runtime.store_engine, client_min_messages="warning") as connection:
        prepare_store(connection, runtime)


def write_outputs(
    runtime: Runtime,
    names: Iterable[str] = (),
    *,
    wait: Callable[[float], bool] | None = None,
    check: Callable[[], None] = lambda: None,
) -> dict[str, "Written"]:
    """Writes the outputs until the topics are where the store is; returns what was written of each.

    An output that fails keeps no other one back: the first fault is raised at the end. Faults that pass are waited for
    as the configuration says.
    """
    chosen = chosen_outputs(runtime, names)
    prepare_outputs(runtime)
    seconds = runtime.settings.in_migration.fault_patience_seconds
    policy = RetryPolicy(partial(backoffs_of, outage_seconds=seconds))
    policy = policy if wait is None else replace(policy, wait=wait)
    written: dict[str, Written] = {}
    faults: list[EtlError] = []
    for output in chosen:
        writer = output_writer(runtime, output, check)
        try:
            written[output.name] = policy.run_with_retry(f"the output {output.name}", writer.write_all)
        except EtlError as fault:
            _log.error("the output %s: %s", output.name, fault)
            faults.append(fault)
        finally:
            writer.close()
    if faults:
        raise faults[0]
    return written
