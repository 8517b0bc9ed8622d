"""A record as COPY writes it: a line of text for each object and each link, without the numbers that its batch gives.

Lines are all that is kept of most records until they are merged: to keep what was decoded costs five times as much as
to decode it. What is said about a record that is refused is found by reading its message once more.
"""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from etl.sources.kafka.shapes import NULL, LinkShape, ObjectShape
from etl.sources.kafka.tree import LinkRow, ObjectRow, Tree

_ESCAPED: Final = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_ESCAPES: Final = str.maketrans(_ESCAPED)

# The place of the column _given among those of an object.
_GIVEN: Final = 4


class StagedObject(Struct, frozen=True, gc=False):
    """An object: the codes of the fields that it gives, and its columns behind the number."""

    shape: ObjectShape
    codes: tuple[str, ...]
    columns: str


class StagedLink(Struct, frozen=True, gc=False):
    """A link of the record's object number `owner`, to its object number `target` if that is not None; its columns
    behind the numbers. `named_by`: the column of the unique field that names its target, "" for the external id; None
    for an object of the record, an id, or none at all."""

    link: LinkShape
    owner: int
    target: int | None
    named_by: str | None
    columns: str


class Staged(Struct, frozen=True, gc=False):
    objects: tuple[StagedObject, ...]
    links: tuple[StagedLink, ...] = ()


def staged_of(tree: Tree, origin: str) -> Staged:
    """The lines of a record that was read in the exact way."""
    return Staged(
        tuple([StagedObject(row.shape, row.layout.codes, _columns(row, origin)) for row in tree.objects]),
        tuple([_link(row, origin) for row in tree.links]),
    )


def of_message_time(staged: Staged, timestamp_ms: int) -> Staged:
    """The same where the objects that do not give the time of their values count with that of their message."""
    return Staged(tuple([_timed(one, timestamp_ms) for one in staged.objects]), staged.links)


def _timed(one: StagedObject, timestamp_ms: int) -> StagedObject:
    code = one.shape.time_of_message
    if not code or code in one.codes:
        return one
    codes, given = one.shape.timed(one.codes)
    columns = one.columns.split("\t")
    columns[_GIVEN] = given
    at = datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat()
    return StagedObject(one.shape, codes, "\t".join([*columns, at]))


def _columns(row: ObjectRow, origin: str) -> str:
    state = None if row.is_removed else row.state
    fixed = [column(row.external_id), row.id or NULL, "t" if row.is_removed else "f", state or NULL]
    return "\t".join([*fixed, row.layout.given, origin, *map(column, row.values)])


def _link(row: LinkRow, origin: str) -> StagedLink:
    named_by = row.target_field if row.value is not None else None
    fields = (column(row.target_id), NULL if named_by is None else named_by, column(row.value))
    flags = ("t" if row.unlink else "f", "t" if row.link.is_set else "f", "t" if row.is_end else "f")
    columns = "\t".join((row.link.link_columns(row.member), *fields, *flags, origin))
    return StagedLink(row.link, row.owner, row.target, named_by, columns)


def column(text: str | None) -> str:
    """A value as the text format of COPY has it."""
    if text is None:
        return NULL
    # What is escaped is a backslash, or is not printable.
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)
