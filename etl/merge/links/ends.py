"""Which instances staged links lead from and to, before they are merged."""

from collections.abc import Iterator
from contextlib import contextmanager

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.links.statements import link_merge_of
from etl.metadata.company import LinkTable
from etl.runs import Chunk


@contextmanager
def staged_ends(connection: Connection, link: LinkTable, context: MergeContext) -> Iterator[None]:
    """For a while the table `stage` has the rows of a staged link table (_source_row, _origin) with their ends (owner,
    target, null for one that is not there); nothing is written."""
    merge = link_merge_of(connection, link, Chunk(1), context)
    merge.run("stage_source_links")
    yield
    merge.run("drop_stage")
