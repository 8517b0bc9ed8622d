"""Hands over the loaded rows, by the statements that a partner would use (vendor's guide, process_tracking)."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import sqlalchemy

from etl.database import Connection, SqlTemplates, execute, fetch_all, fetch_one, transaction
from etl.errors import MarkerHeld

_sql = SqlTemplates(__package__)


class HandOverWay(StrEnum):
    """The two ways of saying "ready": a marker row of one's own, or an empty marker table."""

    ROW = "row"
    CLEAR = "clear"


@contextmanager
def handing_over(engine: sqlalchemy.Engine, schema: str, way: HandOverWay | None) -> Iterator[None]:
    """Hands over when the block ends without an error. By row: no run starts meanwhile; after an error the row is
    gone."""
    row = None
    if way is HandOverWay.ROW:
        with transaction(engine) as connection:
            [begun] = fetch_all(connection, _sql("begin_loading", schema=schema))
            row = begun.id
    try:
        yield
    except BaseException:
        if row is not None:
            with transaction(engine) as connection:
                execute(connection, _sql("withdraw", schema=schema), {"id": row})
        raise
    if way is not None:
        with transaction(engine) as connection:
            execute(connection, _sql(f"hand_over_by_{way}", schema=schema), {"id": row} if row else {})


def hand_over(connection: Connection, schema: str) -> None:
    """Hands over by a marker row, in a transaction of the caller: with what it has loaded, or not at all.

    Raises MarkerHeld while another load says that it has not ended: its rows would be handed over as well.
    """
    newest = fetch_one(connection, _sql("newest_marker", schema=schema))
    if newest is not None and newest.load_status == 0 and newest.ins_inkafka_status == 0:
        raise MarkerHeld(
            f"row {newest.id} of {schema}.process_tracking says that rows are being loaded: hand over when that has "
            "ended, or delete the row if its load was given up"
        )
    [begun] = fetch_all(connection, _sql("begin_loading", schema=schema))
    execute(connection, _sql("hand_over_by_row", schema=schema), {"id": begun.id})
