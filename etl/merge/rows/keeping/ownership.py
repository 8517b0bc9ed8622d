"""The SQL of conditions under which a field keeps what a source has written that counts more than that of a row, or
what is newer than the row.

Pure; no I/O. `i` is the row, `g` its golden row, `owners` the ranks of the sources that wrote its fields last (null
where none has) with the times of what they wrote, and `sent` the ranks of the row's own source where rows of a batch
differ in them. Rank 1 counts most; a source that the metadata do not name comes last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etl.merge.rows.value_checks import SameTexts, differ

_KAFKA = "kafka"
_LINE = ",\n                "


@dataclass(frozen=True)
class Ownership:
    """`number`: of the field in `owners` and `sent`. `rank`: of the row's source, in SQL. `varies`: rows of one batch
    may differ in it. `is_held`: the row does not set the field. `is_lost`: it brings another value, which is not
    written, as another source counts more; `is_late`: as that of the store is newer ("" where times do not count)."""

    number: int
    rank: str
    varies: bool
    is_held: str
    is_lost: str
    is_late: str = ""


def ranks_of(sources: Sequence[str]) -> dict[str, int]:
    """Name -> rank; "" is that of all others."""
    named = [one for one in sources if one != "pin"]
    return {name: number for number, name in enumerate(named, 1)} | {"": len(named) + 1}


def rank_sql(name: str, source: str) -> str:
    """The rank of a source, whose name is the SQL `source`, for the field with the column `name` (a SQL text)."""
    ranks = f"cast(:ranks as jsonb) -> {name}"
    found = (f"{ranks} ->> {source}", f"{ranks} ->> split_part({source}, ':', 1)", f"{ranks} ->> ''")
    return f"cast(coalesce({_LINE.join(found)}) as int)"


def source_sql(family: str) -> str:
    """The name of the row's source."""
    return "concat('kafka:', split_part(i._origin, '/', 1))" if family == _KAFKA else "cast(:family as text)"


def own(
    number: int,
    name: str,
    column: str,
    sources: Sequence[str],
    family: str,
    input_sql: str,
    brings: str,
    same_texts: SameTexts | None,
    time: str = "",
) -> Ownership:
    """`family`: the kind of source of the rows; `brings` as of `hold`; `time`: SQL of the time that the row has, ""
    where times do not count. Of sources that count alike the newer one wins; without a time a row is older than any."""
    ranks = ranks_of(sources)
    varies = family == _KAFKA and any(one.startswith("kafka:") for one in sources)
    rank = f"sent.rank_{number}" if varies else str(ranks.get(family, ranks[""]))
    is_held = f"coalesce(owners.rank_{number} < {rank}, false)"
    is_other = differ(input_sql, f"g.{column}", same_texts)
    is_lost = f"({is_held}\n            and {brings}\n            and ({is_other}))"
    if not time:
        return Ownership(number, rank, varies, is_held, is_lost)
    newer = f"coalesce(owners.time_{number} > {time}, owners.time_{number} is not null)"
    is_older = f"coalesce(owners.rank_{number} = {rank}\n            and {newer}, false)"
    is_late = f"({is_older}\n            and {brings}\n            and ({is_other}))"
    return Ownership(number, rank, varies, f"({is_held}\n            or {is_older})", is_lost, is_late)
