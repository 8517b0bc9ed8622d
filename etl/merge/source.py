"""What the merge knows of the source of its rows: its name, how rows find their instances, what a row may leave out."""

from dataclasses import dataclass
from enum import Enum, auto


class Matching(Enum):
    """How rows find their instances, and what happens where another instance has a unique value of a row.

    Ids are out_id, in_id and further external ids, in all of them.
    """

    MERGE = auto()
    """Ids, then unique values: a row whose ids are unknown is merged into the instance that has its unique value."""
    REJECT = auto()
    """Ids; only a row without ids is matched by unique values. A value that another instance has rejects the row."""
    IDS = auto()
    """Ids only: a row without ids is rejected, and so is one whose unique value another instance has."""


@dataclass(frozen=True)
class Source:
    """A source of rows. `name` is its name at its fence, and noted with its units of work.

    `gives_some`: a row gives those loaded fields whose bit is set in its column `_given`; the others keep their values.
    Without it a row gives all loaded fields. `is_ordered`: rows of one instance count in the order of their numbers,
    field by field; else that of the highest external id counts, whatever their order. `is_staged`: the rows are in the
    tables that `create_staged_tables` makes, where a row may also give a state and its origin for the journal, and
    several rows may have one in_id. `creates_ids`: a row with an unknown out_id makes an instance with that id.
    `knows_owners`: its staged links name their owners by instances that are there. `always_given`: with `gives_some`,
    codes of fields that every row of the staged table gives; it need not say so of all of them. `marks_removals`: a
    staged row that removes its instance has `removed`, and none the state REMOVED. `is_pin`: its rows write fields that
    are pinned. `targets_by`: with `knows_owners`, the columns of all unique fields by which rows of the staged links
    name their targets, "" for external ids; None: also by instances, or any.
    """

    name: str
    matching: Matching = Matching.MERGE
    gives_some: bool = False
    is_ordered: bool = False
    is_staged: bool = True
    creates_ids: bool = False
    knows_owners: bool = False
    always_given: frozenset[str] = frozenset()
    marks_removals: bool = False
    is_pin: bool = False
    targets_by: frozenset[str] | None = None

    @property
    def family(self) -> str:
        """The kind of source, as `sources` of the metadata name it: names of imports have more behind it."""
        return self.name.partition(" ")[0]


IN_TABLES = Source("in_tables", is_staged=False)
"""The partner's in_ tables: a row is the whole of its instance's loaded fields. Imports add their ids to the name."""
