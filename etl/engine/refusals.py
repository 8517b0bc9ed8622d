"""What the server refused our role, said again as what it lacks, with the statement that helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etl import ddl, rights
from etl.database import transaction
from etl.errors import EnvironmentFault

if TYPE_CHECKING:
    from etl.engine.wiring import House

_INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def naming_rights(house: House) -> Iterator[None]:
    """Within the `with` block a refusal for want of a right becomes one that names all that is wanting."""
    try:
        yield
    except EnvironmentFault as fault:
        if fault.sqlstate != _INSUFFICIENT_PRIVILEGE:
            raise
        _name(house, fault)
        raise


def _name(house: House, fault: EnvironmentFault) -> None:
    """Raises what is wanting; returns when nothing is found."""
    for engine in dict.fromkeys((house.engine, house.store_engine, house.out_engine)):
        with transaction(engine) as connection:
            found = rights.lacking(connection, house.held(engine))
            if found:
                raise rights.lacks(connection, found) from fault
            if engine is house.engine:
                ddl.check_in_tables(connection, house.company, house.in_schema)
