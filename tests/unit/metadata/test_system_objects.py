"""Person, Department and PersonGroup come with the package, and a company's own document adds to them."""

import pytest

from etl.metadata.field_types import Category, FieldType
from etl.metadata.system_objects import SYSTEM_OBJECTS
from tests.unit.metadata.documents import company, problems

IN = "needLoadFromInTables: true"
STAFF = "code: Staff\nfields:\n- {code: Boss, type: BO, bo: %s}\n"


def codes(company_objects: tuple[object, ...]) -> list[str]:
    return [getattr(one, "code") for one in company_objects]  # noqa: B009 - objects and fields


def test_what_the_package_gives() -> None:
    given = {code: [field.code for field in one.fields] for code, one in SYSTEM_OBJECTS.items()}
    assert given == {
        "Person": ["surname", "name", "email", "accessLevel", "position", "status", "adGuid"],
        "Department": ["name", "header", "person", "parent"],
        "PersonGroup": ["name", "header", "users"],
    }


def test_a_company_that_never_mentions_them_does_not_have_them() -> None:
    assert codes(company(Client="code: Client").objects) == ["Client"]


def test_a_link_brings_its_target_without_a_document_and_without_flags() -> None:
    found = company(Staff=STAFF % "Person")
    assert codes(found.objects) == ["Staff", "Person"]
    person = found.object("Person")
    assert (person.category, str(person.name)) == (Category.BO, "Пользователи")
    assert not person.has_in_table
    assert not person.has_out_table
    assert len(person.stored_fields) == 7


def test_what_is_brought_brings_its_own_targets() -> None:
    found = company(Staff=STAFF % "Department")
    assert codes(found.objects) == ["Staff", "Department", "Person"]
    kinds = {field.code: (field.bo, field.is_single) for field in found.object("Department").links}
    assert kinds == {"header": ("Person", True), "person": ("Person", False), "parent": ("Department", True)}


def test_a_composite_brings_its_members() -> None:
    found = company(Party="code: Party\ncategory: CO\nbos: [Client, PersonGroup]", Client="code: Client")
    assert codes(found.objects) == ["Client", "Party", "Person", "PersonGroup"]


def test_a_document_adds_flags_and_fields() -> None:
    text = f"code: Person\nfields:\n- {{code: tab, type: DATE, {IN}}}\n- {{code: email, type: INPUT_EMAIL, {IN}}}\n"
    person = company(Person=text).object("Person")
    assert codes(person.fields) == ["tab", "email", "surname", "name", "accessLevel", "position", "status", "adGuid"]
    assert codes(person.loaded_fields) == ["tab", "email"]
    assert codes(person.loaded_system_fields) == ["email"]
    assert codes(person.unique_fields) == ["email"]


def test_the_key_counts_as_a_loaded_system_field() -> None:
    text = "code: Person\nfields: [{code: email, type: INPUT_EMAIL, useAsKeyInMigration: true}]"
    person = company(Person=text).object("Person")
    assert person.has_in_table
    assert codes(person.loaded_system_fields) == ["email"]


def test_the_email_is_unique_without_being_reported() -> None:
    assert codes(company(Staff=STAFF % "Person").object("Person").unique_fields) == ["email"]


def test_the_document_need_not_repeat_target_and_view() -> None:
    text = f"code: Department\nfields:\n- {{code: name, type: INPUT_TEXT, {IN}}}\n- {{code: header, type: BO, {IN}}}"
    [link] = company(Department=text).in_link_tables()
    assert (link.name, link.member.code, link.field.is_single) == ("in_Department_header", "Person", True)


@pytest.mark.parametrize("kind", ["INPUT_TEXT", "DROPDOWN_SINGLE, options: [ACTIVE]"])
def test_a_word_may_be_a_text_or_a_choice(kind: str) -> None:
    person = company(Person=f"code: Person\nfields: [{{code: status, type: {kind}}}]").object("Person")
    assert person.fields[0].type is FieldType(kind.split(",")[0])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("code: email, type: INPUT_TEXT", "the system field is of type INPUT_EMAIL, not INPUT_TEXT: make it so"),
        ("code: Email, type: INPUT_EMAIL",
         "the system field is written `email`: write it so, or rename a field of your own"),
        ("code: email, type: INPUT_EMAIL, isUnique: false",
         "the system field is always unique: drop `isUnique: false`"),
        ("code: surname", "the key `type` is missing: add it"),
        ("code: status, type: DATE",
         "the system field is of type INPUT_TEXT or DROPDOWN_SINGLE or RADIO_BUTTON_GROUP, not DATE: make it so"),
    ],
)  # fmt: skip
def test_a_document_that_contradicts_the_platform(body: str, message: str) -> None:
    (problem,) = problems(Person=f"code: Person\nfields:\n- {{{body}}}\n")
    assert (problem.line, problem.path[-12:], problem.message) == (3, "/Person.yaml", message)


def test_a_link_to_another_object() -> None:
    text = "code: Department\nfields:\n- {code: header, type: BO, bo: Department}\n"
    (problem,) = problems(Department=text)
    assert (problem.line, problem.key) == (3, "Department.header")
    assert problem.message == "the system field links to Person, not Department: make it so"


def test_a_system_object_of_another_category() -> None:
    (problem,) = problems(Person="code: Person\ncategory: DICTIONARY")
    assert problem.line == 2
    assert problem.message.startswith("the system object Person is a BO, not a DICTIONARY")


@pytest.mark.parametrize(
    ("code", "field", "named"),
    [
        ("Person", "{code: tab, type: DATE, needLoadFromInTables: true}",
         "surname, name, email, accessLevel, position, status, adGuid"),
        ("Department", "{code: header, type: BO, needLoadFromInTables: true}", "name"),
    ],
)  # fmt: skip
def test_at_least_one_system_field_is_loaded(code: str, field: str, named: str) -> None:
    (problem,) = problems(**{code: f"code: {code}\nfields:\n- {field}\n"})
    assert (problem.line, problem.key) == (2, code)
    assert problem.message.endswith(f"set needLoadFromInTables on at least one of {named}")


def test_an_unread_document_is_not_replaced_by_the_packages() -> None:
    (problem,) = problems(Staff=STAFF % "Person", Person="code: [")
    assert problem.path.endswith("Person.yaml")
