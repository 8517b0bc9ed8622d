"""Links that wait for an instance which has not come."""

from etl.files import RowFault, drop_tables
from etl.merge import read_errors
from etl.merge.links import create_staged_links, merge_links
from etl.metadata import names
from etl.metadata.company import LinkTable
from etl.operations.adopt.links import MERGE_TABLES, link_faults
from etl.operations.adopt.work import ROWS, TableComparison, Work
from etl.runs import Chunk, Counters, add_counters


def read(work: Work) -> int:
    """Reads the file and checks what the merge does not; returns how many waiting links there are."""
    read = work.read(work.files.file, ROWS)
    links = work.runtime.company.link_tables()
    known = {
        "bos": [link.bo.code for link in links],
        "fields": [link.field.code for link in links],
        "targets": [link.member.code for link in links],
    }
    work.run("name_references", known)
    work.refuse("check_references", known, work.files.file)
    return read.rows


def write(work: Work) -> Counters:
    """Merges the links: those whose ends are there by now are made. Raises TableRefused for names of no instance."""
    counters: Counters = {}
    faults: list[RowFault] = []
    for link in _given(work):
        faults += _merge(work, link, counters)
    work.refuse_rows(sorted(faults, key=lambda fault: fault.line))
    work.run("name_owners", {"unit": work.context.run, "origin": work.origin})
    return counters


def _given(work: Work) -> list[LinkTable]:
    """The link tables that the file has rows of."""
    found = {(row.bo_code, row.field_code, row.target_bo_code) for row in work.ask("reference_fields")}
    links = work.runtime.company.link_tables()
    return [link for link in links if (link.bo.code, link.field.code, link.member.code) in found]


def _merge(work: Work, link: LinkTable, counters: Counters) -> list[RowFault]:
    create_staged_links(work.connection, [link.name])
    values = {"bo": link.bo.code, "field": link.field.code, "target": link.member.code, "origin": work.origin}
    rows = work.run("stage_references", values, staged=link.name)
    add_counters(counters, merge_links(work.connection, link, Chunk(rows), work.context))
    found = read_errors(work.connection)
    drop_tables(work.connection, link.name, *MERGE_TABLES)
    return link_faults(found)


def compare(work: Work) -> TableComparison:
    """How many of the rows wait, or are links."""
    links = [
        {
            "bo": link.bo.code,
            "field": link.field.code,
            "target": link.member.code,
            "owner_golden": names.store_table(link.bo.code),
            "target_golden": names.store_table(link.member.code),
            "golden_link": names.store_link_table(link.bo.code, link.field.code),
        }
        for link in _given(work)
    ]
    return work.compare("known_references", links=links)


def end(work: Work) -> None:
    drop_tables(work.connection, ROWS)
