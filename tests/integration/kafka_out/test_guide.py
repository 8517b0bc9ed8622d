"""What an output writes of the guide's examples of IN: the changes of each, as the guide's OUT part has them."""

import pytest

from etl.database import transaction
from etl.engine.kafka_outputs import outputs_of, prepare_outputs
from tests.fix_company import MakeSite
from tests.fix_kafka import MakeTopic
from tests.integration.kafka_out.output import Output, Record, links, values
from tests.integration.kafka_records.test_guide import ARMEN, AZAMAT, DOCUMENTS, SCHOOL, unique
from tests.integration.kafka_records.topic import example

_LOADED = "needLoadFromInTables: true"
_SCHOOL = {"number": "133", "name": "среднеобразовательная школа"}


@pytest.fixture
def output(make_site: MakeSite, kafka_url: str, make_topic: MakeTopic) -> Output:
    documents = {
        code: text.replace(_LOADED, f"{_LOADED}, needUploadToOutTable: true") for code, text in DOCUMENTS.items()
    }
    found = Output(make_site(documents), kafka_url, make_topic, make_topic())
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


def test_the_structure_and_system_objects(output: Output) -> None:
    """A composite names its member; a target without a value in its unique field is named by its external id."""
    names = ("bo_with_nested_person", "person_group", "department_with_nested_parent", "late_person_1")
    output.merge(example("structure"), *(example(name) for name in names))
    found = written(output)
    first, second = "bfsseVCjGC225bM@", "cfsseVCjGC225bM@"
    assert values(found["BO", first]) == {"textField": "someValue", "textField2": "someValue2"}
    assert links(found["BO", first]) == {("boTextField", "BO", "externalId", first)}
    assert links(found["BO", second]) == {("Polzovateli", None, "email", "timaz@gmail.com")}
