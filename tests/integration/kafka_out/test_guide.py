"""What an output writes of the vendor's examples of IN: the changes of each, as the vendor's OUT part has them."""

import pytest

from etl.database import transaction
from etl.engine.kafka_out.outputs import outputs_of, prepare_outputs
from tests.fix_company import MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output, Record, links, values
from tests.integration.kafka_records.test_guide import ARMEN, AZAMAT, DOCUMENTS, SCHOOL, SYSTEM, unique
from tests.integration.kafka_records.topic import example

_LOADED = "needLoadFromInTables: true"
_SCHOOL = {"number": "133", "name": "среднеобразовательная школа"}
_SHOWN = "needUploadToOutTable: true"
_SYSTEM = {
    "Person": f"""
code: Person
fields:
  - {{code: surname, type: INPUT_TEXT, {_SHOWN}}}
  - {{code: name, type: INPUT_TEXT, {_SHOWN}}}
  - {{code: email, type: INPUT_EMAIL, {_SHOWN}}}
  - {{code: status, type: INPUT_TEXT, {_SHOWN}}}
  - {{code: accessLevel, type: INPUT_TEXT, {_SHOWN}}}
""",
    "Department": f"""
code: Department
fields:
  - {{code: name, type: INPUT_TEXT, {_SHOWN}}}
  - {{code: header, type: BO, bo: Person, {_SHOWN}}}
  - {{code: person, type: BO, bo: Person, {_SHOWN}}}
  - {{code: parent, type: BO, bo: Department, {_SHOWN}}}
""",
    "PersonGroup": f"""
code: PersonGroup
fields:
  - {{code: name, type: INPUT_TEXT, {_SHOWN}}}
  - {{code: header, type: BO, bo: Person, {_SHOWN}}}
  - {{code: users, type: BO, bo: Person, {_SHOWN}}}
""",
}


@pytest.fixture
def output(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> Output:
    documents = {code: text.replace(_LOADED, f"{_LOADED}, {_SHOWN}") for code, text in DOCUMENTS.items()}
    found = Output(make_site(documents | _SYSTEM), kafka_url, make_topic, make_topic())
    found.progress_of(found.topic)
    found.configure()
    with found.site.runtime() as runtime:
        prepare_outputs(runtime)
        with transaction(runtime.store_engine) as connection:
            outputs_of(runtime).register(connection, "out")
    return found


def written(output: Output) -> dict[tuple[str, str], Record]:
    """(object, external id) -> its only record."""
    output.write()
    found = output.records()
    named = {(one["boCode"], one["externalId"]): one for one in found}
    assert len(named) == len(found)
    return named


@pytest.mark.parametrize("is_recursive", [False, True], ids=["the standard way", "the recursive way"])
def test_school_class_and_students(output: Output, is_recursive: bool) -> None:
    """Both ways give the same records."""
    names = ("standard_school", "standard_class", "standard_student_1", "standard_student_2")
    output.merge(*([example("recursive_school")] if is_recursive else unique(*names)))
    found = written(output)
    assert {key: values(one) for key, one in found.items()} == {
        ("school", SCHOOL): _SCHOOL,
        ("class", SCHOOL): {"number": "9G", "name": "Класс №", "class_id": "1"},
        ("student", ARMEN): {"name": "Армэн", "surname": "Турсынбек", "student_id": "1"},
        ("student", AZAMAT): {"name": "Азамат", "surname": "Утелхан", "student_id": "2"},
    }
    assert {key: links(one) for key, one in found.items()} == {
        ("school", SCHOOL): {("class", None, "class_id", "1")},
        ("class", SCHOOL): {("student", None, "student_id", "1"), ("student", None, "student_id", "2")},
        ("student", ARMEN): set(),
        ("student", AZAMAT): set(),
    }
    assert {one["state"] for one in found.values()} == {"ACTUAL"}


def test_client_students_and_school(output: Output) -> None:
    output.merge({**example("client"), "boCode": "Client"}, *unique("student_1", "student_2", "school"))
    found = written(output)
    assert values(found["Client", "bfsseVCjGC225bM@"]) == {"NAME": "Сергей", "IIN": "17"}
    assert values(found["school", SCHOOL]) == _SCHOOL
    assert links(found["school", SCHOOL]) == {
        ("student", None, "student_id", "1"),
        ("student", None, "student_id", "2"),
    }
    assert {key for key in found if key[0] == "student"} == {("student", ARMEN), ("student", AZAMAT)}


def test_the_structure(output: Output) -> None:
    """A composite names its member; a target without a value in its unique field is named by its external id."""
    third = {"fieldCode": "boTextField", "toBoCode": "BO3", "toFieldCode": "textFieldOfBO3", "apiValue": "3"}
    output.merge(
        example("structure"),
        {"boCode": "BO3", "externalId": "third", "fields": [{"code": "textFieldOfBO3", "apiValue": "3"}]},
        {**example("structure"), "recordId": "another", "fields": [], "boFields": [third]},
    )
    found = written(output)
    first = "bfsseVCjGC225bM@"
    assert values(found["BO", first]) == {"textField": "someValue", "textField2": "someValue2"}
    assert links(found["BO", first]) == {
        ("boTextField", "BO", "externalId", first),
        ("boTextField", "BO3", "textFieldOfBO3", "3"),
    }


def test_system_objects_and_the_two_late_persons(output: Output) -> None:
    """Persons are named by their emails; links that waited for the late ones are in the records of their owners."""
    known = {"boCode": "Person", "externalId": "q", "fields": [{"code": "email", "apiValue": "qwe@qwe.qwe"}]}
    output.merge(known, *(example(name) for name in SYSTEM))
    found = written(output)
    plain, outer, inner, group = (f"{letter}fsseVCjGC225bM@" for letter in "hkpz")
    assert {key: values(one) for key, one in found.items()} == {
        ("Person", "q"): {"email": "qwe@qwe.qwe"},
        ("Person", "fgL9~4keReK7Z1qi"): {
            "surname": "Zhumagulov",
            "name": "Temirlan",
            "email": "timaz@gmail.com",
            "status": "ACTIVE",
            "accessLevel": "ACCESS_ALLOWED",
        },
        ("Department", plain): {"name": "Мой департамент"},
        ("Department", outer): {"name": "Вложенный департамент"},
        ("Department", inner): {"name": "Главный департамент"},
        ("PersonGroup", group): {"name": "Моя группа #1"},
        ("BO", "bfsseVCjGC225bM@"): {},
        ("BO", "cfsseVCjGC225bM@"): {},
    }
    timaz, qwe = (None, "email", "timaz@gmail.com"), (None, "email", "qwe@qwe.qwe")
    assert {key: links(one) for key, one in found.items() if key[0] != "Person"} == {
        ("Department", plain): {("header", *timaz), ("person", *qwe)},
        ("Department", outer): {("header", *timaz), ("person", *qwe), ("parent", None, "externalId", inner)},
        ("Department", inner): set(),
        ("PersonGroup", group): {("header", *timaz), ("users", *qwe)},
        ("BO", "bfsseVCjGC225bM@"): {("Polzovateli", *qwe)},
        ("BO", "cfsseVCjGC225bM@"): {("Polzovateli", *timaz)},
    }
    output.merge(example("late_person_1"), example("late_person_2"))
    output.write()
    late = {(one["boCode"], one["externalId"]): one for one in output.records()[len(found) :]}
    assert set(late) == {("Department", inner), ("Person", "~gL9~4keReK7Z1qi"), ("Person", "~mL9~4keReK7Z1qi")}
    assert links(late["Department", inner]) == {
        ("header", None, "email", "alikhan@gmail.com"),
        ("person", None, "email", "yerkebulan@gmail.com"),
    }
    assert values(late["Person", "~mL9~4keReK7Z1qi"])["name"] == "Yerkebulan"
