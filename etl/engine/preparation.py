"""Before a run: the live database holds what the run will need, and nothing that would act with our rights."""

import logging
from functools import cache

from etl import ddl, inbound, outbound, rights
from etl.database import BRIEF, Connection, Statements, fetch_one, transaction
from etl.engine.why_not import keep_why_not
from etl.engine.wiring import Begin, House
from etl.errors import EnvironmentFault, EtlError, FencedOut
from etl.handshake import Won, keep_hand_over_trigger
from etl.inbound import Sides
from etl.tasks import Board

_sql = Statements(__package__)
_log = logging.getLogger("in_pg_migration")


def is_prepared(connection: Connection, house: House) -> bool:
    """Whether marker and our own tables are there, so that a look at them makes sense; cheap, for the idle tick."""
    row = fetch_one(connection, _sql("is_prepared", schema=house.in_schema))
    return row is not None and bool(row.prepared)


def prepare(house: House) -> None:
    """Checks rights and in_ tables, and makes what is ours where it is missing.

    Raises EnvironmentFault with every right that our role lacks, or with every difference of the in_ tables, which
    belong to the administrator's DDL, and ConfigurationError when the out_ version no longer fits.
    """
    # A runner that freezes here holds nobody up; only where one database waits for another must its session be patient.
    brief = {} if house.has_own_store or house.has_own_out else BRIEF
    settings = {"client_min_messages": "warning", **brief}
    with transaction(house.engine, **settings) as connection, house.sides(connection) as sides:
        prepare_in(sides, house, transaction)
    _keep_hand_over_trigger(house)


def _keep_hand_over_trigger(house: House) -> None:
    """A run does not fail for want of it: polling finds hand-overs as well, and the next run tries again."""
    is_wanted = house.settings.in_migration.start_on_hand_over
    try:
        keep_hand_over_trigger(house.engine, house.in_schema, is_wanted=is_wanted)
    except EnvironmentFault as fault:
        _log.warning("the trigger on %s.process_tracking is put off: %s", house.in_schema, fault)


def prepare_in(sides: Sides, house: House, begin: Begin) -> None:
    """`prepare` in transactions of the caller; `begin` begins that of the out database, if it has one of its own."""
    _check_rights(sides, house)
    ddl.check_in_tables(sides.source, house.company, house.in_schema)
    prepare_store(sides.store, house)
    if not sides.is_one:
        house.gate.create(sides.store)
        inbound.create_relay(sides.store, house.store.schema)
    house.handshake.create(sides.source)
    Board.create(sides.source, house.in_schema)
    inbound.create_tables(sides.source, house.in_schema)
    keep_why_not(sides.source, house.company, house.in_schema)
    if house.settings.has_out_migration and house.has_own_out:
        with begin(house.out_engine, client_min_messages="warning") as out:
            rights.check_rights(out, house.held(house.out_engine))
            prepare_mirror(out, house)
            outbound.refuse_changed(outbound.known_versions(out, house.store.schema), house.versions)
    elif house.settings.has_out_migration:
        outbound.refuse_changed(outbound.known_versions(sides.store, house.store.schema), house.versions)


def prepare_store(connection: Connection, house: House) -> None:
    """Makes what the golden store lacks; an index of links is made when the first of them are in."""
    ddl.bring_up_store(connection, house.company, house.store.schema)
    house.store.create(connection)


def prepare_mirror(connection: Connection, house: House) -> None:
    """Makes what the store's mirror in the out database lacks."""
    house.mirror.create(connection)
    house.store.create(connection)


def enter_store(house: House, won: Won) -> None:
    """The first act of a won run in a store of another database: nobody with a lower token writes there from now on."""
    if not house.has_own_store:
        return
    with transaction(house.store_engine) as connection:
        try:
            house.gate.open(connection, won.run, won.fence)
        except FencedOut as refusal:
            raise _older_import(house, won, refusal) from refusal
        inbound.forget_relay(connection, house.store.schema, before=won.run)


def _older_import(house: House, won: Won, refusal: FencedOut) -> EtlError:
    """Why the store does not let in a run that has not changed hands: it knows a later one than the import does."""
    with transaction(house.engine) as connection:
        house.handshake.state_of(connection, won)  # raises FencedOut when the run has changed hands
    with transaction(house.store_engine) as connection:
        known = house.gate.highest_run(connection)
    if known <= won.run:
        return refusal
    return EnvironmentFault(
        f"run {won.run} has not ended in schema {house.in_schema}, but the store {house.store.schema} knows the later "
        f"run {known}: the import was restored to an earlier day than the store. Restore both to one day; or, to give "
        f"that run up and hand over again, set state to 'stopped' in the row {won.run} of {house.in_schema}.run"
    )


def _check_rights(sides: Sides, house: House) -> None:
    """In import and store; the out database of its own is asked when it is entered."""
    rights.check_rights(sides.source, house.held(house.engine))
    if not sides.is_one:
        rights.check_rights(sides.store, house.held(house.store_engine))
    if house.settings.import_database.host and (superuser := rights.is_superuser(sides.source)):
        _warn_of_superuser(superuser)


@cache
def _warn_of_superuser(role: str) -> None:
    """Once a process. The embedded server is exempt: nobody but its own account gets at it."""
    _log.warning("the engine's role %s is a superuser: an ordinary role is enough, and safer (docs/rights.md)", role)
