"""Rows that say what the store has already are most of a full feed, and ask for little thought.

One statement reads, compares and marks them, without a stage. All others are left to the stage, which knows every rule.
"""

from dataclasses import replace

from etl.merge.rows.statements import Merge
from etl.runs import Chunk

# A small chunk is cheap anyway.
FROM_ROWS = 10_000
# Of the first rows; with fewer of them, to read the chunk once more would cost more than it saves.
_SHARE = 0.5


def pass_repeated(merge: Merge, chunk: Chunk) -> tuple[int, Merge | None]:
    """Marks the chunk's rows that repeat what is known; returns how many there are, and how to merge the others (None
    if there are none).

    This takes them out of their order; where it could show, they are left to the stage too.
    """
    # A unique value may be another instance's, and a file may not be there yet: such objects need the stage.
    if chunk.rows < FROM_ROWS or any(field.is_unique or field.fast_value is None for field in merge.fields):
        return 0, merge
    [sample] = merge.ask("sample_repeated")
    if sample.repeated <= sample.rows * _SHARE:
        return 0, merge
    passed = merge.run("pass_repeated")
    if not passed:
        return 0, merge
    # A row that the partner brings into the chunk by another id is released with the leftovers.
    if passed == chunk.rows:
        return passed, None
    merge.run("drop_remaining")
    if not merge.run("remaining"):
        return passed, None
    merge.run("analyze_remaining")
    passed -= merge.run("put_back")
    return passed, replace(merge, names=merge.names | {"has_remaining": True})
