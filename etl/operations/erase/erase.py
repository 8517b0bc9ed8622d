"""Erases: finds what holds values of an instance, and deletes or empties all of it in steps that may be repeated."""

from dataclasses import dataclass, replace
from getpass import getuser
from socket import gethostname

from etl.database import part_states, transaction
from etl.engine import Runtime, has_store, is_prepared, prepare_to_change
from etl.engine.instances.finding import find_object, find_stored, has_golden_table
from etl.errors import ConfigurationError, EtlError
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.operations.erase.beyond import beyond_reach
from etl.operations.erase.logs import log_holders
from etl.operations.erase.noted import (
    NO_INSTANCE,
    Erasure,
    begin_erasure,
    finish_erasure,
    open_erasures,
    refuse_changes,
)
from etl.operations.erase.passes import count_all, erase_in_databases, erase_in_out, erase_in_web
from etl.operations.erase.record import Recorded, digests_of, ids_of, note_in_configuration, unrepeated
from etl.operations.erase.subject import Subject, subject_now
from etl.operations.erase.tables import Holder
from etl.operations.installation import Installation
from etl.quoting import fold, shown
from etl.store import STORE

# What is handed over or merged while an erasure works is found by the next pass.
_PASSES = 3
_SYSTEM = "a restore"


@dataclass(frozen=True)
class Erased:
    """What was found of an instance, or erased. `instances`: their ids; `beyond`: what is not erased, in sentences;
    `number`: of the unit of work, None where nothing was written."""

    bo: str
    instances: tuple[str, ...]
    in_ids: tuple[str, ...]
    holders: tuple[Holder, ...]
    beyond: tuple[str, ...]
    number: int | None = None


def find_holders(installation: Installation, table: str, named: str) -> Erased:
    """All that holds values of the instance that `named` means (see `explain`), or of rows with this external id that
    became none. Writes nothing. Raises ConfigurationError where there is nothing of it."""
    bo = find_object(installation.runtime.company, table)
    subject = _subject(installation.runtime, bo, _named(installation.runtime, bo, named))
    return _found(installation, bo, subject, named)


def erase(
    installation: Installation, table: str, named: str, *, reason: str, by: str = "", expected: Erased | None = None
) -> Erased:
    """Erases it, or continues an erasure that was interrupted. `by`: who asks; without it the account of the process;
    `expected`: what a person has seen of it. Raises what `find_holders` does, MarkerHeld while a run is under way,
    ConfigurationError where the erasure cannot be noted in the configuration, and where others than the instances and
    external ids of `expected` would be erased."""
    runtime = installation.runtime
    bo = find_object(runtime.company, table)
    _prepare(runtime)
    erasure = _open_one(runtime, bo, named)
    if erasure is None:
        subject = _subject(runtime, bo, _named(runtime, bo, named))
        _found(installation, bo, subject, named)
        if expected and _ids_of(expected) != _ids_of(subject):
            raise ConfigurationError("by now it has other instances or external ids than were shown: look at it again")
        note_in_configuration(installation, _recorded(runtime, subject))
        erasure = begin_erasure(runtime, subject, _recorded(runtime, subject), reason, by or _by())
    return _perform(installation, bo, erasure)


def repeat(installation: Installation) -> list[Erased]:
    """Continues erasures that were interrupted, and repeats those of before a restore."""
    runtime = installation.runtime
    _prepare(runtime)
    done: list[Erased] = []
    for one in _opened(runtime):
        done.append(_perform(installation, find_object(runtime.company, one.subject.bo), one))
    for recorded in unrepeated(installation):
        bo = find_object(runtime.company, recorded.bo)
        subject = _subject(runtime, bo, _restored(runtime, bo, recorded))
        erasure = begin_erasure(runtime, subject, recorded, _SYSTEM, _by())
        done.append(_perform(installation, bo, erasure))
    return done


def _perform(installation: Installation, bo: BusinessObject, erasure: Erasure) -> Erased:
    runtime = installation.runtime
    holders: dict[tuple[str, str], Holder] = {}
    left: list[Holder] = []
    for _ in range(_PASSES):
        erasure, found = erase_in_databases(runtime, bo, erasure)
        found += erase_in_out(runtime, bo, erasure.subject)
        found += erase_in_web(installation, erasure.subject)
        found += log_holders(erasure.subject, is_erasing=True)
        for one in found:
            before = holders.get((one.database, one.name))
            holders[one.database, one.name] = replace(one, rows=one.rows + before.rows) if before else one
        subject = _subject(runtime, bo, erasure.subject)
        left = count_all(installation, bo, subject)
        if not left:
            finish_erasure(runtime, erasure.number)
            beyond = tuple(beyond_reach(runtime, bo, subject))
            return Erased(bo.code, subject.instances, subject.in_ids, tuple(holders.values()), beyond, erasure.number)
    tables = ", ".join(f"{one.rows} of {one.name}" for one in left)
    raise EtlError(
        f"values have come again while they were erased ({tables}): stop what writes them, then call `etl erase "
        "--repeat --apply`"
    )


def _found(installation: Installation, bo: BusinessObject, subject: Subject, named: str) -> Erased:
    holders = count_all(installation, bo, subject)
    holders += log_holders(subject, is_erasing=False)
    if not holders:
        raise ConfigurationError(f"nothing has values of {bo.code} {shown(named)}: it was erased, or never was here")
    beyond = tuple(beyond_reach(installation.runtime, bo, subject))
    return Erased(bo.code, subject.instances, subject.in_ids, tuple(holders), beyond)


def _ids_of(one: Erased | Subject) -> tuple[set[str], set[str]]:
    return set(one.instances), set(one.in_ids)


def _named(runtime: Runtime, bo: BusinessObject, named: str) -> Subject:
    """By what someone calls it; also one whose erasure has begun."""
    erasure = _open_one(runtime, bo, named)
    if erasure:
        return erasure.subject
    with transaction(runtime.store_engine) as store:
        instance = find_stored(store, runtime, bo, named)
    if instance is None:
        return Subject(bo.code, (), (named,))
    return Subject(bo.code, (instance["id"],))


def _subject(runtime: Runtime, bo: BusinessObject, known: Subject) -> Subject:
    with (
        transaction(runtime.engine, statement_timeout="0") as imported,
        transaction(runtime.store_engine, statement_timeout="0") as store,
    ):
        has_instances = has_store(store, runtime) and has_golden_table(store, runtime, bo)
        has_import = is_prepared(imported, runtime)
        return subject_now(imported if has_import else None, store if has_instances else None, runtime, bo, known)


def _restored(runtime: Runtime, bo: BusinessObject, recorded: Recorded) -> Subject:
    """What a restore has brought back of it: the instance, and rows with its external ids."""
    table = names.in_table(bo.code)
    with transaction(runtime.engine, statement_timeout="0") as imported:
        has_rows = is_prepared(imported, runtime) and bo.has_in_table
        ids = ids_of(imported, runtime, recorded, runtime.in_schema, [(table, "in_id")]) if has_rows else []
    instances = () if recorded.instance == NO_INSTANCE else (recorded.instance,)
    return Subject(bo.code, instances, tuple(ids))


def _opened(runtime: Runtime) -> list[Erasure]:
    with transaction(runtime.store_engine) as store:
        [state] = part_states(store, runtime.store.schema, [STORE])
        return open_erasures(store, runtime.store.schema) if state.has("erasures") else []


def _open_one(runtime: Runtime, bo: BusinessObject, named: str) -> Erasure | None:
    mine = [one for one in _opened(runtime) if fold(one.subject.bo) == fold(bo.code)]
    return next((one for one in mine if named in (*one.subject.instances, *one.subject.in_ids)), None)


def _recorded(runtime: Runtime, subject: Subject) -> Recorded:
    digests = digests_of(runtime.company.code, subject.bo, subject.in_ids)
    return Recorded(subject.bo, (*subject.instances, NO_INSTANCE)[0], tuple(digests))


def _prepare(runtime: Runtime) -> None:
    refuse_changes(runtime, has_import=prepare_to_change(runtime))


def _by() -> str:
    return f"{getuser()} on {gethostname()}"[:128]
