"""The rendered statements of a merge, so that a review shows what a changed macro makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from etl.database import SqlTemplates
from etl.merge.context import MergeContext
from etl.merge.links import statements as links
from etl.merge.links.members.settle import Member
from etl.merge.rows import statements as rows
from etl.merge.rows.field_values import FieldValue, field_values
from etl.merge.source import IN_TABLES, Matching, Source
from etl.metadata.business_object import BusinessObject
from etl.metadata.field_types import FieldType
from etl.quoting import fold, identifier
from etl.runs import Chunk
from etl.store import PinnedField
from etl.store.targets import mixed_fields
from tests.cases.case import FOLDER, Case

_CHUNK = Chunk(rows=10, first=1, after=11)
# What is given besides, where a statement has several forms.
_FURTHER: dict[str, dict[str, object]] = {
    "any_large_image": {"actions": "'changed'"},
    "journal_large": {"actions": "'changed'"},
    "update_instances": {"actions": "'changed', 'removed'", "has_large": False},
    "stage_links": {"more": False},
    "finish_references": {"is_given": True},
    "remove_references": {"has_restored": True},
}

# Statements for links that a source has staged.
_STAGED: dict[str, dict[str, object]] = {
    "create_staged_links": {"table": "in_table"},
    "order_links": {"staged": "stage", "number": "_source_row"},
    "move_to_member": {"table": "in_table", "member": "Member"},
    "find_members": {},
    "find_members_of_references": {"has_values": True},
    "forget_member_references": {},
    "reject_ambiguous_references": {},
    "reject_members": {},
    "remove_member_references": {},
    "remove_replaced": {},
    "stage_source_links": {},
    "wait_for_members": {},
}

# Statements that a run leaves out where an object has no such fields.
_ONLY_WITH = {
    "unique": ("refuse_rows", "release_values", "stage_value_claims"),
    "waiting": ("wait_for_files",),
    "long": ("any_large_image", "journal_large"),
    "ending": ("end_pins",),
    "owned": ("any_outranked", "insert_owners", "lock_owned", "stage_owners"),
}
# Rows that repeat what is known are passed in one statement only where no value depends on others.
_ONLY_WITHOUT = {"unique": ("pass_many_repeated", "pass_repeated", "put_back", "sample_repeated")}
# Of in_ tables, or of staged ones.
_ONLY_OF_STAGED = {
    "fold_groups", "note_removals", "refuse_claimants", "refuse_competing_rows", "refuse_lacking",
    "refuse_overwritten", "stage_groups", "stage_touched", "stage_unclear", "staged_ways",
}  # fmt: skip
_ONLY_OF_IN_TABLES = {
    "apply_duplicates", "defer_later", "dependent_rows", "lock_chunk", "lock_rows", "mark_duplicates",
    "pass_many_repeated", "pass_repeated", "put_back", "rare_rows", "refuse_contradictions", "refuse_later",
    "refuse_rows", "refuse_targets", "sample_repeated", "stage_duplicates",
}  # fmt: skip
# What `staged_ways` may find.
_WAYS = {
    "stage_rows_one_by_one": {"one_by_one": True},
    "stage_rows_by_in_id": {"has_out_ids": False, "has_aliases": False},
}
RECORDS = Source("records", Matching.REJECT, gives_some=True, is_ordered=True)
"""A source of records, as Kafka is one."""


# A unique field whose pins stay, and one whose pin a row may end.
_PINNED = (PinnedField("email", 0, may_end=False), PinnedField("born", 1, may_end=True))


@dataclass(frozen=True)
class MergeCase:
    """One object or link table of a case; `is_relayed`: its rows are copies beside the store; `time`: the field that
    says of when a row is."""

    case: str
    table: str
    is_relayed: bool = False
    source: Source = IN_TABLES
    pinned: tuple[PinnedField, ...] = ()
    family: str = ""
    time: str = ""

    @property
    def folder(self) -> Path:
        if self.family:
            return FOLDER / self.case / f"merge_{self.family}_by_{'time' if self.time else 'sources'}" / self.table
        if self.pinned:
            return FOLDER / self.case / f"merge_{self.source.name}_pinned" / self.table
        kind = "merge_between_databases" if self.is_relayed else "merge"
        return FOLDER / self.case / (f"merge_{self.source.name}" if self.source.is_staged else kind) / self.table

    def rendered(self) -> dict[str, str]:
        """File name -> text, of every statement that metadata shape; with pins or sources of those that they change."""
        texts = self._rendered()
        if not (self.pinned or self.family):
            return texts
        usual = (replace(self, time="") if self.time else replace(self, pinned=(), family=""))._rendered()
        return {name: text for name, text in texts.items() if text != usual.get(name) and name != "dependent_rows"}

    def _rendered(self) -> dict[str, str]:
        company = Case(FOLDER / self.case).company
        source = replace(self.source, name=self.family) if self.family else self.source
        context = replace(_context(is_relayed=self.is_relayed), source=source)
        link = company.in_link_table(self.table)
        if link:
            variables = links.template_variables(link, _CHUNK, context) | {"has_removed": True}
            members = [Member(one, number) for number, one in enumerate(link.members)]
            variables |= {"any_table": "any_member", "members": members, "mixed": sorted(mixed_fields(link.members))}
            variables |= {"member_tables": {link.member.code: link.name}}
            return dict(_rendered("etl.merge.links", variables))
        found = company.in_objects[self.table]
        if self.time:
            found = found.model_copy(update={"source_time": self.time})
        variables = rows.template_variables(found, self._fields(found, context), _CHUNK, context)
        if self.source.is_staged:
            texts = dict(_rendered("etl.merge.rows", variables | {"exact": True}))
            for name, ways in _WAYS.items():
                texts[name] = dict(_rendered("etl.merge.rows", variables | {"exact": True} | ways))["stage_rows"]
            return {name: text for name, text in texts.items() if Path(name).name not in _ONLY_OF_IN_TABLES}
        by_all_ways = {
            f"{name}_by_all_ways": text for name, text in _rendered("etl.merge.rows", variables | {"exact": True})
        }
        texts = dict(_rendered("etl.merge.rows", variables | {"has_remaining": True}))
        texts |= {name: text for name, text in by_all_ways.items() if text != texts[name.removesuffix("_by_all_ways")]}
        for field in found.loaded_fields:
            if field.type is FieldType.FILE_UPLOAD:
                column = {"column": identifier(field.code), "name": fold(field.code)}
                texts |= dict(_rendered("etl.merge.files", variables | column))
        return {name: text for name, text in texts.items() if Path(name).name not in _ONLY_OF_STAGED}

    def _fields(self, found: BusinessObject, context: MergeContext) -> tuple[FieldValue, ...]:
        return field_values(found, replace(rows.value_policy(context), pinned=self.pinned, family=self.family))


# One object; a key and unique fields; pins, sources in an order, and times; links that add, replace, and hold one
# each; files; between databases.
MERGES = (
    MergeCase("for_migration", "in_For_migration"),
    MergeCase("unique_fields", "in_Person"),
    MergeCase("unique_fields", "in_Person_Teams"),
    MergeCase("contracts", "in_Contracts_Borrower_Natural_client"),
    MergeCase("five_objects", "in_NaturalClaim_Natural"),
    MergeCase("all_types", "in_Everything"),
    MergeCase("unique_fields", "in_Person", is_relayed=True),
    MergeCase("unique_fields", "in_Person_Teams", is_relayed=True),
    MergeCase("unique_fields", "in_Person", is_relayed=True, source=RECORDS),
    MergeCase("contracts", "in_Contracts_Borrower_Natural_client", is_relayed=True, source=RECORDS),
    MergeCase("unique_fields", "in_Person", pinned=_PINNED),
    MergeCase("unique_fields", "in_Person", is_relayed=True, source=RECORDS, pinned=_PINNED),
    MergeCase("unique_fields", "in_Person", family="in_tables"),
    MergeCase("unique_fields", "in_Person", is_relayed=True, source=RECORDS, family="kafka"),
    MergeCase("unique_fields", "in_Person", family="in_tables", time="Born"),
    MergeCase("unique_fields", "in_Person", is_relayed=True, source=RECORDS, family="kafka", time="Born"),
)


def _context(*, is_relayed: bool) -> MergeContext:
    return MergeContext(
        in_schema="pg_temp" if is_relayed else "in_tables",
        store_schema="store_demo",
        run=7,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        keep_on_null=False,
        max_value_bytes=1,
        max_row_bytes=1,
        reference_expiry_minutes=1,
        chunk_rows=1,
        undivided_rows=1,
        workers=1,
        is_relayed=is_relayed,
    )


def _rendered(package: str, variables: dict[str, object]) -> Iterator[tuple[str, str]]:
    """(name, text) of the statements of a package and the packages in it: `members/…`."""
    root = Path(str(files(package)))
    paths = sorted(root.rglob("sql/*.sql"))
    inner = sorted({path.parent.parent.name for path in paths} - {root.name})
    sql = SqlTemplates(package, *(f"{package}.{name}" for name in inner), "etl.merge", "etl.store")
    for path in paths:
        if "{" in path.read_text(encoding="utf-8") and _runs(path.stem, variables):
            text = sql.text(path.stem, **{**variables, **_FURTHER.get(path.stem, {}), **_STAGED.get(path.stem, {})})
            yield str(path.parent.parent.relative_to(root) / path.stem), text


def _runs(statement: str, variables: dict[str, object]) -> bool:
    if statement in _STAGED and not variables.get("is_staged"):
        return False
    lacks = any(statement in those and not variables.get(kind) for kind, those in _ONLY_WITH.items())
    return not lacks and not any(statement in those and variables.get(kind) for kind, those in _ONLY_WITHOUT.items())
