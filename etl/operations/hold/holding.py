"""Begins and releases a hold."""

from getpass import getuser
from socket import gethostname

from etl.database import bring_up, transaction
from etl.engine import Runtime, has_store, read_holds, states_at
from etl.errors import ConfigurationError
from etl.operations.hold.closing import reopen
from etl.outputs.versions import STORE_PARTS
from etl.store import Hold, Holds


def begin_hold(runtime: Runtime, reason: str, *, host: str = "") -> tuple[Hold, bool]:
    """Lets nothing begin, on one host or on all, and says whether that is new. Raises ConfigurationError where there is
    no store yet, EnvironmentFault where a restore holds it."""
    by = f"{getuser()} on {gethostname()}"[:128]
    schema = runtime.store.schema
    with transaction(runtime.store_engine, client_min_messages="warning") as connection:
        if not has_store(connection, runtime):
            raise ConfigurationError(f"there is no golden store {schema} yet, so there is nothing to hold: run first")
        for state in states_at(connection, runtime, runtime.store_engine):
            state.refuse_writing(is_upgrade=True)
        if not any(one.host == host for one in Holds(schema).all(connection)):
            bring_up(connection, schema, STORE_PARTS)
        is_new = Holds(schema).begin(connection, host, reason, by)
        [found] = [one for one in Holds(schema).all(connection) if one.host == host]
    return found, is_new


def release(runtime: Runtime, *, host: str = "") -> Hold | None:
    """Ends the hold of a host or that of all hosts, and returns it. Programs may write again at once."""
    holds = [one for one in read_holds(runtime) if one.host == host]
    if not host:
        reopen(runtime)
    if holds:
        with transaction(runtime.store_engine) as connection:
            Holds(runtime.store.schema).end(connection, [host])
    return holds[0] if holds else None
