"""Links to composites of which the source does not say to which member they lead: looked up in all of them.

Exactly one hit is a link, several are a fault, none waits.
"""

from collections.abc import Iterable

from etl.database import Connection
from etl.merge.context import MergeContext
from etl.merge.links.locks import lock_links
from etl.merge.links.serving.serve import move_position, since_last_time
from etl.merge.links.staging import any_member_table
from etl.merge.links.statements import LinkMerge, link_merge_of
from etl.merge.links.writing import write_links
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.company import LinkTable
from etl.runs import Chunk, Counters
from etl.store.targets import TargetField, mixed_fields, option_values_of, target_fields

_NOTHING = Chunk(rows=0)


def settle_members(connection: Connection, links: Iterable[LinkTable], context: MergeContext) -> Counters:
    """Moves the staged links of a composite field with unknown members to the staged tables of the members they lead
    to; returns counters of the others, which wait or are rejected.

    `links`: the link tables of all members, with their staged tables made. Before merge_links of any of them.
    """
    tables = list(links)
    lock_links(connection, tables, context)
    merge = _of_any_member(link_merge_of(connection, tables[0], _NOTHING, context))
    merge = merge.with_values({}, member_tables={link.member.code: link.name for link in tables})
    merge.run("find_members")
    if merge.variables["is_single"] and merge.variables["is_ordered"]:
        merge.run("order_links", staged="hit", number="id")
    rejected = merge.run("reject_members")
    merge.run("mark_members")
    for link in tables:
        merge.run("move_to_member", table=link.name, member=link.member.code)
    removed = merge.run("remove_member_references")
    if merge.variables["replaces"]:
        merge.run("forget_member_references")
    waiting = merge.run("wait_for_members")
    merge.run("drop_hits")
    return {"rejected": rejected, "waiting": waiting, "removed": removed}


def serve_members(merge: LinkMerge) -> Counters:
    """As serve_references, for links that wait for any member of the composite; once a field."""
    link = merge.link
    if len(link.members) < 2 or link.member != link.members[0]:
        return {}
    merge = _of_any_member(merge)
    if not merge.finds("any_reference"):
        return {}
    merge = since_last_time(merge)
    with merge.by_index():
        merge.run("find_members_of_references")
        merge.run("reject_ambiguous_references")
        merge.run("stage_member_references")
        merge.run("finish_references", is_given=False)
    resolved = 0
    merge.run("keep_members")
    merge.run("drop_stage")
    for member in link.members:
        of_member = merge.with_values({"target_bo": member.code})
        resolved += of_member.run("stage_member")
        write_links(of_member)
        of_member.run("drop_stage")
    merge.run("drop_hits")
    move_position(merge)
    return {"resolved": resolved, "expired": merge.run("expire_references")}


def _of_any_member(merge: LinkMerge) -> LinkMerge:
    members = [Member(one, number) for number, one in enumerate(merge.link.members)]
    mixed = mixed_fields(merge.link.members)
    fields = {field.name: field for member in reversed(members) for field in member.unique}
    # A value that members read in different ways is kept as it is given.
    fields |= {name: TargetField(name, fields[name].column) for name in mixed}
    options = {
        member.options_name(field): field.options
        for member in members
        for field in member.unique
        if field.name in mixed and field.options
    }
    return merge.with_values(
        {"target_bo": "", **option_values_of(fields.values()), **options},
        members=members,
        mixed=sorted(mixed),
        unique=list(fields.values()),
        any_table=any_member_table(merge.link),
    )


class Member:
    def __init__(self, business_object: BusinessObject, number: int) -> None:
        self.code = business_object.code
        self.golden = names.store_table(business_object.code)
        self.unique = target_fields(business_object)
        self._number = number

    def options_name(self, field: TargetField) -> str:
        """The parameter with the list of one of its fields."""
        return f"options_of_{field.name}_{self._number}"
