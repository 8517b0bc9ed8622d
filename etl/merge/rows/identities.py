"""Which instances staged rows are, before they are merged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.rows.statements import merge_without_pins
from etl.metadata.business_object import BusinessObject
from etl.runs import Chunk
from etl.store import new_ids


@contextmanager
def staged_instances(connection: Connection, business_object: BusinessObject, context: MergeContext) -> Iterator[None]:
    """For a while the table `stage` has the rows of a staged table (_row, _origin) with the instances that the merge
    will find for them (_known, null for a new one); nothing is written."""
    merge = merge_without_pins(connection, business_object, Chunk(1), context)
    merge = replace(merge, variables=merge.variables | {"exact": True}, values=merge.values | {"new_ids": new_ids()})
    merge.run("stage_rows")
    yield
    merge.run("drop_stage")
