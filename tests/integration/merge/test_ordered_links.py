"""Links of an ordered source: the later row wins, in one unit of work or in several, and what waited comes too late."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from etl.engine import prepare
from tests.fix_company import MakeSite, Row
from tests.integration.merge.sources import DOCUMENTS, Records

# What records say of one claim, in their order: (target, is it taken away); x and y come only at the end.
STORIES: list[list[tuple[str, bool]]] = [
    [("a", False), ("b", False), ("a", False)],
    [("x", False), ("a", False)],
    [("a", False), ("x", False)],
    [("x", False), ("y", False)],
    [("y", False), ("a", False), ("x", False), ("b", False)],
    [("a", False), ("b", False), ("b", True)],
    [("a", False), ("a", True), ("b", False)],
    [("a", True), ("a", False)],
    [("x", False), ("x", True)],
    [("x", True), ("x", False)],
    [("x", False), ("a", False), ("x", False)],
    [("a", False), ("x", False), ("a", True)],
    [("a", False), ("b", True), ("x", False), ("x", True)],
]
# And where a unit of work ends: after every row, after the second, only at the end.
Story = list[tuple[str, bool]]
CUTS: list[Callable[[Story], list[Story]]] = [
    lambda rows: [[row] for row in rows],
    lambda rows: [rows[:2], rows[2:]],
    lambda rows: [rows],
]


@pytest.fixture
def records(make_site: MakeSite) -> Iterator[Records]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Records(site, runtime)


def single(story: list[tuple[str, bool]], there: str) -> set[str]:
    """The link of a SINGLE field when all rows are reported one by one, and what waits comes in that order."""
    link: str | None = None
    waiting: dict[str, int] = {}
    linked_at = -1
    for order, (target, is_removed) in enumerate(story):
        if is_removed:
            waiting.pop(target, None)
            link = None if link == target else link
        elif target in there:
            link, linked_at = target, order
        else:
            waiting[target] = order
    for target in "xy":
        if target in waiting and (link is None or waiting[target] > linked_at):
            link, linked_at = target, waiting[target]
    return {link} if link else set()


def many(story: list[tuple[str, bool]]) -> set[str]:
    """The links of a field that adds."""
    links: set[str] = set()
    for target, is_removed in story:
        links = links - {target} if is_removed else links | {target}
    return links


@pytest.mark.parametrize("name", ["Client", "Watcher", "Lead", "Party"])
def test_the_result_does_not_depend_on_where_units_end(records: Records, name: str) -> None:
    with records.unit() as unit:
        for target in "ab":
            # The second target is of another member, where there is one.
            unit.instance("Firm" if target == "b" and name in ("Lead", "Party") else "Client", target)
        owners = {
            (number, cut): unit.instance("Claim", f"{number} {cut}")
            for number, cut in product(range(len(STORIES)), range(len(CUTS)))
        }

    def row(owner: str, target: str, is_removed: bool) -> Row:
        found: dict[str, Any] = {"owner": owner, "target_value": target, "removed": is_removed}
        known = {"a": "Client", "b": "Firm"} if name == "Lead" else {}
        return found | (
            {"to": known[target]} if target in known else {} if name in ("Lead", "Party") else {"to": "Client"}
        )

    units: dict[int, list[Row]] = {}
    for (number, cut), owner in owners.items():
        for step, rows in enumerate(CUTS[cut](STORIES[number])):
            units.setdefault(step, []).extend(row(owner, *one) for one in rows)
    for step in sorted(units):
        with records.unit() as unit:
            unit.links(name, *units[step])
            assert unit.faults == []
    for late in "xy":
        with records.unit() as unit:
            unit.instance("Client", late)
            unit.links(name)
    found = records.links(name)
    for (number, cut), _ in owners.items():
        expected = single(STORIES[number], "ab") if name in ("Client", "Lead") else many(STORIES[number])
        links = {target for claim, target in found if claim == f"{number} {cut}"}
        assert links == expected, (STORIES[number], cut)
    assert records.waiting() == []


def test_clocks_that_are_set_back_change_nothing(records: Records) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        for target in ("a", "b"):
            unit.instance("Client", target)
        later = unit.context.started_at
    times = [later.replace(year=year) for year in (2031, 2020, 2010, 2025)]
    for started_at, target in zip(times, ("a", "x", "b", "y"), strict=True):
        with records.unit(started_at=started_at) as unit:
            unit.links("Client", {"owner": claim, "target_value": target})
    assert records.links("Client") == {("k", "b")}
    with records.unit() as unit:
        unit.instance("Client", "x")
        unit.links("Client")
    assert records.links("Client") == {("k", "b")}
    with records.unit() as unit:
        unit.instance("Client", "y")
        unit.links("Client")
    assert records.links("Client") == {("k", "y")}


def test_full_sets(records: Records) -> None:
    with records.unit() as unit:
        claims = [unit.instance("Claim", name) for name in ("k", "l", "m")]
        for target in ("a", "b", "c"):
            unit.instance("Client", target)
        unit.links("Team", *({"owner": claim, "target_value": to} for claim in claims for to in ("a", "b", "wait")))
    with records.unit() as unit:  # one of them again, none, and nothing said of the third; and an owner still to come
        rows: list[Row] = [{"owner": claims[0], "target_value": "b"}, {"owner_in_id": "l", "removed": True}]
        unit.links("Team", *rows, {"owner_in_id": "later", "target_value": "c"})
        assert unit.statuses == {1: "DONE", 2: "DONE", 3: "WAITING"}
    assert records.links("Team") == {("k", "b"), ("m", "a"), ("m", "b")}
    assert [row[2:] for row in records.waiting()] == [("later", "", "c"), ("m", "", "wait")]
    with records.unit() as unit:
        unit.links("Team", {"owner_in_id": "later", "removed": True}, {"owner": claims[2], "target_value": "wait"})
    assert records.links("Team") == {("k", "b")}
    assert [row[2:] for row in records.waiting()] == [("m", "", "wait")]


def test_a_full_set_of_a_composite_forgets_what_waits_for_any_member(records: Records) -> None:
    with records.unit() as unit:
        claim = unit.instance("Claim", "k")
        unit.instance("Firm", "f")
        rows: list[Row] = [{"owner": claim, "target_value": to} for to in ("x", "y", "f")]
        unit.links("Parties", *rows)
    assert records.links("Parties") == {("k", "f")}
    with records.unit() as unit:
        ends: list[Row] = [{"owner": claim, "removed": True, "to": member} for member in ("Client", "Firm")]
        unit.links("Parties", {"owner": claim, "target_value": "y"}, *ends)
    assert records.links("Parties") == set()
    assert [row[4] for row in records.waiting()] == ["y"]
