"""Links by the ids of both ends."""

from collections.abc import Iterable
from typing import Final

from etl.files import RowFault, drop_tables
from etl.merge import StagedError, read_errors
from etl.merge.links import create_staged_links, merge_links
from etl.operations.adopt.work import ROWS, TableComparison, Work
from etl.runs import Chunk, Counters, add_counters

_NO_INSTANCE: Final = "leads to no instance: take the row out, or add the instance"
# What a merge of links makes beside the staged tables.
MERGE_TABLES = ("mark", "err", "link_base")


def read(work: Work) -> int:
    """Reads the file and checks what the merge does not; returns how many links there are."""
    layout = work.files.layout
    read = work.read(work.files.file, ROWS)
    codes = {"codes": [link.member.code for link in layout.links]}
    if layout.member:
        work.run("name_members", codes, column=layout.member)
    work.refuse(
        "check_links",
        codes,
        work.files.file,
        ends=[column for column in (layout.owner, layout.target, layout.member) if column],
        owner=layout.owner,
        member=layout.member,
        is_single=layout.links[0].field.is_single,
    )
    return read.rows


def write(work: Work) -> Counters:
    """Merges the links, those of one owner together; returns counters. Raises TableRefused for links without an end."""
    [last] = work.ask("last_line")
    parts = last.line // work.runtime.settings.in_migration.chunk_rows + 1
    counters: Counters = {}
    faults: list[RowFault] = []
    for part in range(parts):
        faults += _merge(work, {"parts": parts, "part": part}, counters)
    work.refuse_rows(sorted(faults, key=lambda fault: fault.line))
    return counters


def _merge(work: Work, part: dict[str, int], counters: Counters) -> list[RowFault]:
    layout = work.files.layout
    tables = [link.name for link in layout.links]
    create_staged_links(work.connection, tables)
    for link in layout.links:
        values = {**part, "origin": work.origin} | ({"code": link.member.code} if layout.member else {})
        columns = {"owner": layout.owner, "target": layout.target, "member": layout.member}
        rows = work.run("stage_links", values, staged=link.name, **columns)
        add_counters(counters, merge_links(work.connection, link, Chunk(rows), work.context))
    found = read_errors(work.connection)
    drop_tables(work.connection, *tables, *MERGE_TABLES)
    return link_faults(found)


def link_faults(errors: Iterable[StagedError]) -> list[RowFault]:
    """The faults of rows; an id of the platform is one that there is, or it is none."""
    return [
        RowFault(one.row_id, one.column_name or "", _NO_INSTANCE if one.code == "LINK_END_INVALID" else one.message)
        for one in errors
        if one.row_id is not None
    ]


def compare(work: Work) -> TableComparison:
    layout = work.files.layout
    values = {} if layout.member else {"code": layout.links[0].member.code}
    columns = {"owner": layout.owner, "target": layout.target, "member": layout.member}
    return work.compare("compare_links", values, golden=work.golden_link, **columns)


def end(work: Work) -> None:
    drop_tables(work.connection, ROWS)
