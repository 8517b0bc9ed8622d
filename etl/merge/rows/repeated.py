"""Marks rows that repeat what the store has: most rows of a full feed, and cheap to merge.

One statement reads, compares and marks them, without a stage. All others are left to the stage, which knows every rule.
"""

from dataclasses import replace

from etl.merge.rows.statements import Merge
from etl.runs import Chunk
from etl.store import writing_by_ctid

# Smaller chunks are cheap without this pass.
FROM_ROWS = 10_000
# Share of the first rows; with fewer, reading the chunk once more would cost more than it saves.
_SHARE = 0.5
# Up to this many instances for each row, reading the whole store costs less than a look into its index for each row.
READ_STORE_UP_TO = 10


def pass_repeated(merge: Merge, chunk: Chunk) -> tuple[int, Merge | None]:
    """Marks the chunk's rows that repeat what the store has; returns their number, and the merge of the others (None
    if there are none).

    This takes them out of their order; where it could show, they are left to the stage too.
    """
    # Another instance may have the unique value, a file may be missing, and a row that repeats a value may end
    # its pin or be of another source than the field's: such objects need the stage.
    if merge.variables["ending"] or merge.variables["owned"]:
        return 0, merge
    if chunk.rows < FROM_ROWS or any(field.is_unique or field.fast_value is None for field in merge.fields):
        return 0, merge
    [sample] = merge.ask("sample_repeated")
    if sample.repeated <= sample.rows * _SHARE:
        return 0, merge
    if sample.instances <= chunk.rows * READ_STORE_UP_TO:
        with writing_by_ctid(merge.connection):
            passed = merge.run("pass_many_repeated")
    else:
        passed = merge.run("pass_repeated")
    # A row that the partner moves into the chunk by changing its id is released with the leftovers.
    if passed == chunk.rows:
        return passed, None
    merge.run("drop_remaining")
    if not merge.run("remaining"):
        return passed, None
    merge.run("analyze_remaining")
    passed -= merge.run("put_back")
    return passed, replace(merge, variables=merge.variables | {"has_remaining": True})
