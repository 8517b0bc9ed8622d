"""What changed documents mean to others, as lines of a terminal: breaking changes first."""

from collections.abc import Iterator

from etl.monitoring.impact import Effect, MetadataImpact
from etl.monitoring.impact_texts import Impact
from etl.quoting import printable


def impact_lines(found: MetadataImpact) -> list[str]:
    now = [one for one in found.effects if one.is_now]
    lines = [line for impact in Impact for one in now if one.impact is impact for line in _lines(one)]
    later = [one for one in found.effects if not one.is_now]
    if later:
        lines.append("Only for those who still read an older version, when they leave it:")
        lines += [line for one in later for line in _lines(one)]
    if not found.are_rules_compared:
        lines.append(
            "Only tables were compared: rules such as choices, isUnique or linkMode are compared "
            "with --against URL, the configuration in use."
        )
    breaking, additive = found.count(Impact.BREAKING), found.count(Impact.ADDITIVE)
    return [*lines, f"company {found.company} is sound: {breaking} breaking and {additive} additive changes"]


def _lines(one: Effect) -> Iterator[str]:
    who = f"reader {one.reader}" if one.reader else str(one.party)
    yield printable(f"{one.impact} for {who}: {one.location}: {one.kind}: {one.what}")
    yield printable(f"    do: {one.do}")
