"""What changed documents are reported to mean is true, for each kind of a change: it is made, partner, readers and
consumers continue as yesterday, and what comes of it is compared with documents that have not changed.

Breaking: something differs. Additive: nothing does; to partners but for rows that were rejected, to readers and
consumers as far as both documents take the rows alike, which they do not write.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.ddl.changed_tables import Alteration, altered_tables, altered_versions, in_shapes
from etl.metadata import Company, parse_company
from etl.metadata.changed_rules import Rule, changed_rules
from etl.metadata.out_structure import OutStructure
from etl.monitoring.impact import Effect, read_impact
from etl.monitoring.impact_texts import OF_IN_TABLES, OF_RULES, OF_VERSIONS, Impact, Party
from tests.fix_company import CODE, OUT, MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output
from tests.integration.monitoring.changed_documents import (
    FIRST,
    RARE,
    USUAL,
    Seen,
    accepted,
    consumed,
    deploy,
    document,
    hand_over,
    read,
    stored,
)
from tests.integration.monitoring.document_changes import CHANGES, Change

pytestmark = pytest.mark.prepared

_NOTHING = "said to be breaking, and nothing differs"


@dataclass(frozen=True)
class Met:
    """What each party has met: by usual rows, and by all rows."""

    partner: Seen
    readers: tuple[Seen, Seen]
    consumers: tuple[Seen, Seen]


def parsed(texts: Mapping[str, str]) -> Company:
    return parse_company(CODE, {document(code): text for code, text in texts.items() if text})


class Follower:
    """Makes changes, each in a company and a topic of its own."""

    def __init__(self, make_site: MakeSite, folder: Path, servers: str, make_topic: MakeTopic) -> None:
        self._make_site, self._folder, self._made = make_site, folder, 0
        self._servers, self._make_topic = servers, make_topic

    def follow(self, change: Change) -> tuple[list[Effect], Met]:
        """What is said of it before, and what is met afterwards."""
        self._made += 1
        site = self._make_site(change.before, url=f"file:{self._folder / str(self._made)}")
        output = Output(site, self._servers, self._make_topic, self._make_topic())
        output.progress_of(output.topic)
        output.configure(outUnlinks="true")
        hand_over(site, FIRST)
        said: list[Effect] = []
        output.write()
        began = len(output.records())
        with site.runtime() as runtime:
            said += read_impact(runtime, parsed(change.after), runtime.company).effects
        refused = deploy(site, change.changed, change.settings)
        partner = {"refused": refused, **{f"usual {key}": one for key, one in hand_over(site, USUAL).items()}}
        met: list[tuple[Seen, Seen]] = []
        for rows in ("usual", "all"):
            if rows == "all":
                partner |= {f"rare {key}": one for key, one in hand_over(site, RARE).items()}
            older = {f"older {key}": one for key, one in read(site, OUT).items()}
            met.append(({**read(site), **older}, consumed(output, began)))
        (usual, usual_records), (every, every_records) = met
        return said, Met({**partner, **stored(site)}, (usual, every), (usual_records, every_records))


CONTROLS: dict[object, Met] = {}
"""What is met without a change, by the documents that are in use before it."""


def check(follower: Follower, change: Change) -> None:
    if change.first not in CONTROLS:
        _, CONTROLS[change.first] = follower.follow(Change(first=change.first))
    expected = CONTROLS[change.first]
    said, met = follower.follow(change)
    keys = accepted("rare", expected.partner)
    good = [{key: one.partner[key] for key in keys & one.partner.keys()} for one in (expected, met)]
    partner = ((good[0], expected.partner), (good[1], met.partner))
    of_rules = any(is_said([one], Party.READERS) and one.kind in set(Rule) for one in said)
    wrong = [
        *misjudged("partners", is_said(said, Party.PARTNERS), *partner),
        *misjudged("readers", is_said(said, Party.READERS), expected.readers, met.readers),
        *misjudged("consumers", of_rules or is_said(said, Party.TOPICS), expected.consumers, met.consumers),
    ]
    if change.is_only_meant:
        assert all(one.endswith(_NOTHING) for one in wrong)
        return
    assert wrong == [], json.dumps([wrong, [str(one) for one in said]], indent=1, default=str)


def is_said(said: list[Effect], party: Party) -> bool:
    """Whether something breaks for a party."""
    return any(one.party is party and one.impact is Impact.BREAKING for one in said)


def misjudged(who: str, is_breaking: bool, expected: tuple[Seen, Seen], met: tuple[Seen, Seen]) -> Iterator[str]:
    usual, every = (different(one, other) for one, other in zip(expected, met, strict=True))
    if is_breaking and not (usual or every):
        yield f"{who}: {_NOTHING}"
    if not is_breaking and usual:
        yield f"{who}: not said to be breaking, and it differs: {usual}"


def different(one: Seen, other: Seen) -> dict[str, tuple[object, object]]:
    return {key: (one.get(key), other.get(key)) for key in {**one, **other} if one.get(key) != other.get(key)}


@pytest.mark.nightly
@pytest.mark.parametrize("name", CHANGES)
def test_each_kind(name: str, make_site: MakeSite, tmp_path: Path, kafka_url: str, make_topic: MakeTopic) -> None:
    check(Follower(make_site, tmp_path, kafka_url, make_topic), CHANGES[name])


def test_all_kinds_are_among_the_changes() -> None:
    """Of tables and rules those with a meaning, and each key of documents."""
    kinds: set[str] = set()
    for change in CHANGES.values():
        old, new = parsed(change.before), parsed(change.after)
        kept = ["REMOVED"] if change.settings else []
        kinds |= {one.kind for one in altered_tables(in_shapes(old), in_shapes(new))}
        kinds |= {one.kind for one in altered_versions(OutStructure.of(old), OutStructure.of(new, kept=kept))}
        kinds |= {one.rule for one in changed_rules(old, new)}
    reverted = {Alteration.STATE_REMOVED}
    named = {*OF_IN_TABLES, *OF_VERSIONS, *OF_RULES}
    assert named - kinds == {*reverted, Rule.OTHER, Alteration.VALUES_ENDED}
