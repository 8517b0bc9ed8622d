"""Files with their ids: those of the platform, and those by which the partner names them."""

from etl.files import drop_tables
from etl.merge.adopted import store_adopted_files
from etl.operations.adopt.work import ROWS, TableComparison, Work
from etl.runs import Counters
from etl.store import new_ids


def read(work: Work) -> int:
    """Reads the file and checks it; returns how many rows there are."""
    read = work.read(work.files.file, ROWS)
    work.refuse("check_files", {}, work.files.file)
    work.run("name_files", {"new_ids": new_ids()})
    return read.rows


def write(work: Work) -> Counters:
    files = store_adopted_files(work.connection, work.runtime.store.schema, ROWS, work.context.run)
    return {"created": files}


def compare(work: Work) -> TableComparison:
    return work.compare("compare_files")


def end(work: Work) -> None:
    drop_tables(work.connection, ROWS)
