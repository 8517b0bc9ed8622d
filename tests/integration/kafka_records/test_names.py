"""Objects and fields with odd codes, as their authors write them for objects that no partner loads by in_ tables."""

from msgspec import structs

from etl.engine import prepare
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import STORE, MakeSite
from tests.integration.kafka_records.topic import Topic, link, nest, record

_IN = "needLoadFromInTables: true"
LONG, MEMBER = "M" * 40, "Z" * 20
DOCUMENTS = {
    "Order": f"""
code: Order
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: id, type: INPUT_TEXT}}
  - {{code: Removed, type: CHECKBOX}}
  - {{code: select, type: INPUT_NUMBER, isUnique: true}}
  - {{code: User, type: BO, bo: User, viewType: SINGLE}}
  - {{code: {LONG}, type: CO, co: Far}}
""",
    "User": "code: User\nfields:\n  - {code: Table, type: BO, bo: Order}\n  - {code: Group, type: BO, bo: User}",
    "A_B": "code: A_B\nfields:\n  - {code: User, type: BO, bo: User}",
    "A": "code: A\nfields:\n  - {code: B, type: CO, co: Both}",
    MEMBER: f"code: {MEMBER}\nfields:\n  - {{code: Name, type: INPUT_TEXT}}",
    "Far": f"code: Far\ncategory: CO\nbos: [User, {MEMBER}]",
    "Both": "code: Both\ncategory: CO\nbos: [User, Order]",
}


def test_odd_codes(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        topic = Topic(site, runtime, RecordRules(allowed_objects=frozenset(DOCUMENTS)))
        outcome = topic.send(
            record("Order", "o", Name="n", select="7", links=[nest("User", record("User", "u"))]),
            record("User", "u", links=[link("Table", "7.0", "select"), link("Group", "u")]),
            record("A_B", "ab", links=[link("User", "u")]),
            record("A", "a", links=[link("B", "u")]),
            record("Order", "p", id="x"),
            {"boCode": "Order", "externalId": "q", "fields": [{"code": "id", "apiValue": "x"}]},
            record("Order", "r", Removed="true"),
            record("Order", "s", links=[link(LONG, "u")]),
        )
        assert topic.values("Order", 'name, "select"') == {"o": ("n", 7)}
        assert topic.links("User", "Table") == {("u", "o")}
        assert topic.links("User", "Group") == {("u", "u")}
        assert topic.links("Order", "User") == {("o", "u")}
        linked = [topic.links("A_B", "User"), topic.links("A", "B")]
        assert sorted(map(len, linked)) == [0, 1]  # both would be staged in in_A_B_User
        codes = [(offset, code) for offset, code, _ in topic.faults()]
        other = 2 if not linked[0] else 3
        assert codes == sorted(
            [
                (other, "UNKNOWN_FIELD"),
                (4, "OUT_ID_UNKNOWN"),
                (5, "UNKNOWN_FIELD"),
                (6, "UNKNOWN_FIELD"),
                (7, "UNKNOWN_FIELD"),
            ]
        )
        assert (outcome.merged, outcome.rejected) == (3, 5)
        assert site.count(f"{STORE}.bo_User") == 1
        states = []
        for given in (
            ["TEST", "ARCHIVED"],
            [None, None],
            ["REMOVED", None],
            ["REMOVED", "ACTUAL"],
            ["REMOVED", "TEST"],
        ):
            assert topic.send(*(record("User", "u", state=state) for state in given)).merged == 2
            states.append(site.value(f"select _state from {STORE}.bo_User"))
        assert states == ["ARCHIVED", "ARCHIVED", "REMOVED", "ACTUAL", "TEST"]


def test_times_of_any_producer(make_site: MakeSite) -> None:
    """What a producer's clock says reaches columns of the store, and must not stop a partition."""
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        topic = Topic(site, runtime)
        for number, milliseconds in enumerate((None, -1, 0, 1, 1_700_000_000_000, 10**15, 2**63 - 1, -(2**63))):
            messages = [
                structs.replace(one, timestamp_ms=milliseconds)
                for one in topic.messages(b"x", record("Order", f"{number}"))
            ]
            outcome = topic.merge(messages)
            assert (outcome.merged, outcome.rejected) == (1, 1), milliseconds
        assert topic.next_offset() == 16
        shown = site.look(
            f"select extract(epoch from recorded_at)::bigint as at from {STORE}.kafka_dead_letter order by id"
        )
        assert [row["at"] for row in shown[2:5]] == [0, 0, 1_700_000_000]
