"""Links to composites that do not name the member: its members compare a field of one code in different ways."""

from collections.abc import Iterator

import pytest

from etl.engine import prepare
from tests.fix_company import STORE, MakeSite
from tests.integration.kafka_records.topic import Topic, link, record

_IN = "needLoadFromInTables: true"
_MEMBERS = {
    "Number": "INPUT_NUMBER",
    "Text": "INPUT_TEXT",
    "Mail": "INPUT_EMAIL",
    "Choice": "DROPDOWN_SINGLE, options: [{code: seven}, {code: eight, id: WbX5Wa8gcabbVbF1}]",
    "Time": "FULL_DATE",
}
DOCUMENTS = {
    **{
        code: f"code: {code}\nfields:\n  - {{code: Code, type: {kind}, isUnique: true, {_IN}}}\n"
        for code, kind in _MEMBERS.items()
    },
    "Any": f"code: Any\ncategory: CO\nbos: [{', '.join(_MEMBERS)}]",
    "Owner": f"code: Owner\nfields:\n  - {{code: Any, type: CO, co: Any, {_IN}}}\n",
}


@pytest.fixture
def topic(make_site: MakeSite) -> Iterator[Topic]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Topic(site, runtime)


def named(owner: str, value: str, **more: object) -> dict[str, object]:
    """A record whose link names its target by Code."""
    return record("Owner", owner, links=[link("Any", value, "Code", **more)])


TARGETS = (
    record("Number", "n7", Code="7"),
    record("Text", "t07", Code="07"),
    record("Text", "tA", Code="A-7"),
    record("Mail", "m", Code="x@y.kz"),
    record("Choice", "c", Code="eight"),
    record("Time", "d", Code="2024-05-01T10:00:00+05:00"),
)
NAMED: tuple[tuple[str, set[str] | None], ...] = (
    *(("A-7", {"tA"}), ("07", None), ("7.00", {"n7"}), ("X@Y.KZ", {"m"}), ("WbX5Wa8gcabbVbF1", {"c"})),
    *(("2024-05-01T05:00:00Z", {"d"}), ("nothing", set())),
)


def test_each_member_reads_the_value_in_its_own_way(topic: Topic) -> None:
    """Whether the targets are there, or come later."""
    owners = [named(f"early {value}", value) for value, _ in NAMED]
    outcome = topic.send(*owners)
    assert (outcome.merged, len(topic.waiting())) == (len(NAMED), len(NAMED))
    topic.send(*TARGETS)
    late = topic.send(*(named(f"late {value}", value) for value, _ in NAMED))
    assert (late.merged, late.rejected) == (len(NAMED) - 1, 1)
    wanted = {(f"{when} {value}", one) for when in ("early", "late") for value, ends in NAMED for one in ends or ()}
    assert topic.links("Owner", "Any") == wanted
    assert [code for _, code, _ in topic.faults()] == ["AMBIGUOUS", "AMBIGUOUS"]  # what waited too
    assert {value for *_, value in topic.waiting()} == {"nothing"}


@pytest.mark.parametrize(("given", "ended"), [({}, {"toBoCode": "Mail"}), ({"toBoCode": "Mail"}, {})])
def test_a_link_that_waits_is_ended_with_its_member_or_without(
    topic: Topic, given: dict[str, str], ended: dict[str, str]
) -> None:
    topic.send(named("o", "A@b.kz", **given), named("stays", "other@b.kz", **given))
    outcome = topic.send(named("o", "a@B.kz", **ended, unlink=True))
    assert outcome.merged == 1
    assert [value.lower() for *_, value in topic.waiting()] == ["other@b.kz"]
    topic.send(record("Mail", "m", Code="a@b.kz"))
    assert topic.links("Owner", "Any") == set()
    restored = topic.site.look(f"select target_bo, lower(target_value) as value from {STORE}.ended_reference")
    assert restored == [{"target_bo": given.get("toBoCode", ""), "value": "a@b.kz"}]
