"""Replaces a refusal of the server by its cause and the statement that helps: a privilege that our role lacks, or
something that another role added to the in_ tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from etl import ddl
from etl.database import transaction
from etl.ddl import privileges
from etl.engine.runtime import Runtime
from etl.errors import EnvironmentFault

_INSUFFICIENT_PRIVILEGE = "42501"
# Broken constraints, what an index cannot compute, a sequence at its end, a generated column, no replica identity.
_REFUSED = ("23", "22", "428C9", "55000")


@contextmanager
def naming_causes(runtime: Runtime) -> Iterator[None]:
    """Within the `with` block a refusal is replaced by one that names its cause, where the cause can be found."""
    try:
        yield
    except EnvironmentFault as fault:
        if fault.sqlstate == _INSUFFICIENT_PRIVILEGE:
            _name_privileges(runtime, fault)
        elif fault.sqlstate.startswith(_REFUSED):
            _name_foreign(runtime, fault)
        raise


def _name_foreign(runtime: Runtime, fault: EnvironmentFault) -> None:
    """Raises a fault that names what was added to the in_ tables or removed from them; returns when nothing was."""
    with transaction(runtime.engine) as connection:
        found = ddl.foreign(connection, runtime.company, runtime.in_schema)
    if found:
        listed = "\n".join(f"  {one}" for one in found)
        named = EnvironmentFault(f"{fault}\nthe in_ tables are not as etl generate-ddl makes them:\n{listed}")
        named.sqlstate = fault.sqlstate
        raise named from fault


def _name_privileges(runtime: Runtime, fault: EnvironmentFault) -> None:
    """Raises a fault that names the missing privileges; returns when none is missing."""
    for engine in dict.fromkeys((runtime.engine, runtime.store_engine, runtime.out_engine)):
        with transaction(engine) as connection:
            found = privileges.lacking(connection, runtime.held(engine))
            if found:
                raise privileges.privileges_fault(connection, found) from fault
            if engine is runtime.engine:
                ddl.check_in_tables(connection, runtime.company, runtime.in_schema)
