"""What stops a sync."""

from dataclasses import replace

from etl.sources.directory.people.guards import guard_stops
from tests.unit.directory.people import RULES, entry, group, person, planned

TEN = [person(f"p{n}", f"u{n}", n) for n in range(1, 11)]


def test_an_empty_read_is_never_accepted() -> None:
    for people in (TEN, []):
        [stop] = guard_stops(planned([], people), RULES)
        assert not stop.can_be_accepted
        assert f"0 users where {len(people)} are known" in str(stop)


def test_vanished_and_disabled_people_count_together() -> None:
    one_gone = planned([entry(n, f"u{n}") for n in range(1, 10)], TEN)
    assert guard_stops(one_gone, RULES) == []
    two_off = planned([entry(n, f"u{n}", is_active=n > 1) for n in range(1, 10)], TEN)
    [stop] = guard_stops(two_off, RULES)
    assert str(stop).startswith("adMaxVanishedShare: 2 of 10 active people would be switched off, more than 10 %")
    assert stop.can_be_accepted


def test_others_do_not_count() -> None:
    """Internal people, those who wait for adoption, and whom an administrator has blocked."""
    others = [person(f"i{n}", f"i{n}@corp.kz") for n in range(50)] + [person("b", "b", 99, status="BLOCKED")]
    plan = planned([entry(n, f"u{n}") for n in range(1, 9)], TEN + others)
    assert (plan.known, plan.switched_off) == (10, 2)


def test_memberships_that_would_end() -> None:
    all_ten = group("g1", "r", *(one.instance for one in TEN))
    three = planned([entry(n, f"u{n}", *("r" if n > 3 else "")) for n in range(1, 11)], TEN, all_ten)
    assert guard_stops(three, RULES) == []
    four = planned([entry(n, f"u{n}", *("r" if n > 4 else "")) for n in range(1, 11)], TEN, all_ten)
    assert [one.guard for one in guard_stops(four, RULES)] == ["adMaxLeaveShare"]
    none = planned([entry(n, f"u{n}") for n in range(1, 11)], TEN, all_ten)
    assert [one.guard for one in guard_stops(none, RULES)] == ["roles"]


def test_a_field_that_is_emptied_for_many() -> None:
    """Not of fewer than a hundred people, and not where any share is allowed; a field that was empty does not count."""
    some = [person(f"p{n}", f"u{n}", n, values={"position": "clerk" if n > 50 else None}) for n in range(1, 151)]

    def stops(number: int, share: int | None, position: str | None) -> list[str]:
        entries = [entry(n, f"u{n}", surname=f"U{n}", position=position) for n in range(1, number + 1)]
        plan = planned(entries, some[:number])
        return [str(one) for one in guard_stops(plan, replace(RULES, max_blanked_share=share, max_vanished_share=100))]

    assert stops(150, 30, position="clerk") == []
    [stop] = stops(150, 30, position=None)
    assert stop.startswith("maxBlankedShare: position of 100 of 150 people would be emptied, more than 30 %")
    assert stops(150, 67, position=None) == []
    assert stops(150, None, position=None) == []
    assert stops(99, 30, position=None) == []
