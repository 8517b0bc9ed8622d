"""Every JSON example of the vendor's guide: the input record, the expected store, and what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.engine import prepare
from tests.fix_company import STORE, MakeSite
from tests.integration.kafka_records.topic import EXAMPLES, Topic, example

_IN = "needLoadFromInTables: true"
DOCUMENTS = {
    "Client": f"""
code: Client
fields:
  - {{code: IIN, type: INPUT_NUMBER, isUnique: true, {_IN}}}
  - {{code: NAME, type: INPUT_TEXT, {_IN}}}
  - {{code: LASTNAME, type: INPUT_TEXT}}
""",
    "student": f"""
code: student
fields:
  - {{code: name, type: INPUT_TEXT, {_IN}}}
  - {{code: surname, type: INPUT_TEXT, {_IN}}}
  - {{code: student_id, type: INPUT_NUMBER, isUnique: true, {_IN}}}
""",
    "class": f"""
code: class
fields:
  - {{code: number, type: INPUT_TEXT, {_IN}}}
  - {{code: name, type: INPUT_TEXT, {_IN}}}
  - {{code: class_id, type: INPUT_TEXT, isUnique: true, {_IN}}}
  - {{code: student, type: BO, bo: student, {_IN}}}
""",
    "school": f"""
code: school
fields:
  - {{code: number, type: INPUT_NUMBER, {_IN}}}
  - {{code: name, type: INPUT_TEXT, {_IN}}}
  - {{code: student, type: BO, bo: student, {_IN}}}
  - {{code: class, type: BO, bo: class, {_IN}}}
""",
    "BO2": f"""
code: BO2
fields:
  - {{code: textFieldOfBO2, type: INPUT_TEXT, isUnique: true, {_IN}}}
""",
    "BO3": f"""
code: BO3
fields:
  - {{code: textFieldOfBO3, type: INPUT_TEXT, isUnique: true, {_IN}}}
""",
    "Any": "code: Any\ncategory: CO\nbos: [BO, BO2, BO3]",
    "BO": f"""
code: BO
fields:
  - {{code: textField, type: INPUT_TEXT, {_IN}}}
  - {{code: textField2, type: INPUT_TEXT, {_IN}}}
  - {{code: uniqueDynamicField, type: INPUT_TEXT, isUnique: true, {_IN}}}
  - {{code: boTextField, type: CO, co: Any, {_IN}}}
  - {{code: uniqueBoField, type: BO, bo: BO2, {_IN}}}
  - {{code: Polzovateli, type: BO, bo: Person, {_IN}}}
  - {{code: Departament, type: BO, bo: Department, {_IN}}}
  - {{code: Gruppa, type: BO, bo: PersonGroup, {_IN}}}
""",
    "doc": f"""
code: doc
fields:
  - {{code: number, type: INPUT_TEXT, isUnique: true, {_IN}}}
""",
    "client": f"""
code: customer
fields:
  - {{code: iin, type: INPUT_TEXT, isUnique: true, {_IN}}}
  - {{code: name, type: INPUT_TEXT, {_IN}}}
  - {{code: lastname, type: INPUT_TEXT, {_IN}}}
  - {{code: doc, type: BO, bo: doc, {_IN}}}
""",
}
DOCUMENTS["customer"] = DOCUMENTS.pop("client")

ARMEN, AZAMAT, SCHOOL = "7fq@eZ1kpg0iwHVV", "Iqn5iMZcg~M1I5o0", "MVLFsYhLv5eVbkXE"
# As the vendor's partner writes it again and again; a placeholder, as recordId is unique in a topic.
PLACEHOLDER = "random-value"


@pytest.fixture
def topic(make_site: MakeSite) -> Iterator[Topic]:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        yield Topic(site, runtime)


def unique(*names: str) -> list[dict[str, object]]:
    """Examples whose placeholder is replaced by a recordId of their own."""
    return [
        {**one, "recordId": name} if one.get("recordId") == PLACEHOLDER else one
        for name, one in ((name, example(name)) for name in names)
    ]


def test_the_client_has_a_wrong_code(topic: Topic) -> None:
    """The vendor's guide writes once «Clinet» for the object that it has called Client."""
    outcome = topic.send(example("client"))
    assert (outcome.merged, outcome.rejected) == (0, 1)
    assert topic.faults() == [(0, "UNKNOWN_OBJECT", "$.boCode")]
    assert "(Client?)" in topic.site.value(f"select message from {STORE}.err")
    assert topic.dead() == [(0, "UNKNOWN_OBJECT")]
    outcome = topic.send({**example("client"), "boCode": "Client"})
    assert (outcome.merged, outcome.rejected) == (1, 0)
    assert topic.values("Client", "iin, name, lastname, _state") == {
        "bfsseVCjGC225bM@": (17, "Сергей", "Иванов", "ACTUAL")
    }


def test_students_and_school(topic: Topic) -> None:
    topic.send(*unique("student_1", "student_2"))
    topic.send(*unique("school"))
    assert topic.values("student", "name, surname, student_id") == {
        ARMEN: ("Армэн", "Турсынбек", 1),
        AZAMAT: ("Азамат", "Утелхан", 2),
    }
    assert topic.values("school", "number, name") == {SCHOOL: (133, "среднеобразовательная школа")}
    assert topic.links("school", "student") == {(SCHOOL, ARMEN), (SCHOOL, AZAMAT)}
    assert (topic.waiting(), topic.faults()) == ([], [])


def test_a_record_id_that_two_examples_share_counts_once(topic: Topic) -> None:
    """The vendor's examples share a placeholder: under its own rule the second one is ignored."""
    outcome = topic.send(example("student_1"), example("student_2"))
    assert (outcome.merged, outcome.reused) == (1, 1)
    assert list(topic.values("student", "name")) == [ARMEN]
    assert topic.dead() == [(1, "RECORD_ID_REUSED")]
    assert topic.faults("warning") == [(1, "RECORD_ID_REUSED", "$.recordId")]


@pytest.mark.parametrize("cut", [1, 4])
def test_the_standard_way(topic: Topic, cut: int) -> None:
    """School, class, students: each link waits for what comes after it."""
    records = unique("standard_school", "standard_class", "standard_student_1", "standard_student_2")
    seen = []
    for number in range(0, 4, cut):
        topic.send(*records[number : number + cut])
        seen.append([row[3:] for row in topic.waiting()])
    students = [("student_id", "1.0000"), ("student_id", "2.0000")]
    if cut == 1:
        assert seen == [[("class_id", "1")], students, students[1:], []]
    assert topic.waiting() == []
    assert topic.links("school", "class") == {(SCHOOL, SCHOOL)}
    assert topic.links("class", "student") == {(SCHOOL, ARMEN), (SCHOOL, AZAMAT)}
    assert topic.faults() == []


def test_the_recursive_way(topic: Topic) -> None:
    """The ids nested in the tree are all the same: they are not asked."""
    outcome = topic.send(example("recursive_school"))
    assert outcome.merged == 1
    assert topic.values("class", "number, name, class_id") == {SCHOOL: ("9G", "Класс №", "1")}
    assert topic.links("school", "class") == {(SCHOOL, SCHOOL)}
    assert topic.links("class", "student") == {(SCHOOL, ARMEN), (SCHOOL, AZAMAT)}
    assert (topic.waiting(), topic.faults()) == ([], [])


def test_both_ways_give_one_store(topic: Topic) -> None:
    topic.send(example("recursive_school"))
    topic.send(*unique("standard_school", "standard_class", "standard_student_1", "standard_student_2"))
    changes = topic.site.value(f"select count(*) from {STORE}.journal where change <> 'touched'")
    assert changes == 7  # four instances, three links


SYSTEM = (
    "bo_with_known_person",
    "bo_with_nested_person",
    "person_group",
    "department",
    "department_with_nested_parent",
)


def test_system_objects_are_refused_by_their_unknown_ids(topic: Topic) -> None:
    """The vendor's guide says that an unknown id is a fault; the examples of system objects give such ids."""
    outcome = topic.send(*(example(name) for name in SYSTEM))
    assert (outcome.merged, outcome.rejected) == (0, 5)
    assert {code for _, code, _ in topic.faults()} == {"OUT_ID_UNKNOWN"}
    assert topic.waiting() == []


def test_system_objects_and_the_two_late_persons(topic: Topic) -> None:
    with topic.with_rules(creates_unknown_ids=True):
        topic.send({"boCode": "Person", "externalId": "q", "fields": [{"code": "email", "apiValue": "qwe@qwe.qwe"}]})
        outcome = topic.send(*(example(name) for name in SYSTEM))
        assert (outcome.merged, outcome.rejected) == (5, 0)
        timaz = "fgL9~4keReK7Z1qi"
        assert topic.stored("Person", "name, surname, email, status, accesslevel")[timaz] == {
            "_id": "~7TZ9zwn9P3Tj7Xx",
            "_in_id": timaz,
            "_state": "ACTUAL",
            "name": "Temirlan",
            "surname": "Zhumagulov",
            "email": "timaz@gmail.com",
            "status": "ACTIVE",
            "accesslevel": "ACCESS_ALLOWED",
        }
        assert {key: row["_id"] for key, row in topic.stored("BO").items()} == {
            "bfsseVCjGC225bM@": "dgL9~4keReK7Z1qi",
            "cfsseVCjGC225bM@": "cgL9~4keReK7Z1qi",
        }
        assert topic.links("BO", "Polzovateli") == {("bfsseVCjGC225bM@", "q"), ("cfsseVCjGC225bM@", timaz)}
        assert topic.links("PersonGroup", "header") == {("zfsseVCjGC225bM@", timaz)}
        assert topic.links("PersonGroup", "users") == {("zfsseVCjGC225bM@", "q")}
        inner, outer, plain = "pfsseVCjGC225bM@", "kfsseVCjGC225bM@", "hfsseVCjGC225bM@"
        assert topic.values("Department", "name") == {
            plain: ("Мой департамент",),
            outer: ("Вложенный департамент",),
            inner: ("Главный департамент",),
        }
        assert topic.links("Department", "parent") == {(outer, inner)}
        assert topic.links("Department", "header") == {(plain, timaz), (outer, timaz)}
        assert topic.links("Department", "person") == {(plain, "q"), (outer, "q")}
        assert topic.waiting() == [
            ("Department", "header", "Person", "email", "alikhan@gmail.com"),
            ("Department", "person", "Person", "email", "yerkebulan@gmail.com"),
        ]
        topic.send(example("late_person_1"))
        assert topic.links("Department", "header") >= {(inner, "~gL9~4keReK7Z1qi")}
        assert [row[1] for row in topic.waiting()] == ["person"]
        topic.send(example("late_person_2"))
        assert topic.links("Department", "person") >= {(inner, "~mL9~4keReK7Z1qi")}
        assert (topic.waiting(), topic.faults()) == ([], [])


def test_the_structure(topic: Topic) -> None:
    """One instance twice in a tree, and a composite of two objects; `{...}` stands for no links."""
    with topic.with_rules(creates_unknown_ids=True):
        outcome = topic.send(example("structure"))
        assert (outcome.merged, topic.faults()) == (1, [])
    assert topic.values("BO", "textfield, textfield2") == {"bfsseVCjGC225bM@": ("someValue", "someValue2")}
    assert topic.links("BO", "boTextField") == {("bfsseVCjGC225bM@", "bfsseVCjGC225bM@")}
    assert topic.waiting() == [("BO", "boTextField", "BO2", "textfieldofbo2", "015252634519")]


def test_what_an_output_writes_can_be_read(topic: Topic) -> None:
    with topic.with_rules(creates_unknown_ids=True):
        outcome = topic.send(example("out_structure"), {**example("out_client"), "boCode": "customer"})
        assert (outcome.merged, topic.faults()) == (2, [])
    [row] = topic.stored("customer", "iin, name, lastname").values()
    assert row == {
        "_id": "yKjoIid~C@R1h2Nf",
        "_in_id": None,
        "_state": "ACTUAL",
        "iin": "1101010101010",
        "name": "Test",
        "lastname": "Testtest",
    }
    assert topic.values("BO", "textfield, uniquedynamicfield") == {"bfsseVCjGC225bM@": ("someValue", "someValue")}
    assert topic.waiting() == [
        ("BO", "boTextField", "BO2", "textfieldofbo2", "015252634519"),
        ("BO", "boTextField", "BO3", "textfieldofbo3", "015256324519"),
        ("BO", "uniqueBoField", "BO2", "textfieldofbo2", "015252634519"),
        ("customer", "doc", "doc", "number", "1"),
    ]


def test_every_example_of_the_guide_is_a_case() -> None:
    folders = (Path(__file__).parent, Path(__file__).parents[1] / "kafka_out")
    tests = "".join(path.read_text() for folder in folders for path in folder.glob("test_*.py"))
    assert len(names := {path.stem for path in EXAMPLES.glob("*.json")}) == 19
    assert sorted(name for name in names if f'"{name}"' not in tests) == []
