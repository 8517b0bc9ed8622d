from etl.errors import Problem
from tests.unit.metadata.documents import company, problems

HUMAN = "code: Human\nfields: [{code: Born, type: DATE}, {code: Name, type: INPUT_TEXT}]"
FIRM = "code: Firm\nfields: [{code: Made, type: DATE}, {code: Name, type: TEXTAREA}]"


def party(source: str, kind: str = "DATE", bos: str = "[Human, Firm]") -> str:
    return f"code: Party\ncategory: CO\nbos: {bos}\nfields:\n- code: F\n  type: {kind}\n  boFieldCodes:\n  - {source}\n"


def only(text: str) -> Problem:
    (problem,) = problems(Party=text, Human=HUMAN, Firm=FIRM)
    return problem


def test_a_sound_composite() -> None:
    company(Party=party("{boCode: Human, fieldCode: Born}"), Human=HUMAN, Firm=FIRM)


def test_a_member_field_of_another_type() -> None:
    problem = only(party("{boCode: Firm, fieldCode: Name}", "INPUT_TEXT"))
    assert (problem.line, problem.key) == (8, "Party.F")
    assert problem.message == (
        "the field is of type INPUT_TEXT, its member field Firm.Name of type TEXTAREA: make them the same"
    )


def test_a_member_field_that_does_not_exist() -> None:
    problem = only(party("{boCode: Human, fieldCode: born}"))
    assert problem.message == "there is no field `Human.born`: did you mean `Born`?"


def test_a_field_of_an_object_that_is_no_member() -> None:
    assert (
        only(party("{boCode: Firn, fieldCode: Made}")).message
        == "`Firn` is not a member of Party: did you mean `Firm`?"
    )


def test_an_unknown_member() -> None:
    problem = only("code: Party\ncategory: CO\nbos:\n- Human\n- Frim\n")
    assert (problem.line, problem.message) == (5, "there is no BO or DICTIONARY `Frim`: did you mean `Firm`?")


def test_a_member_that_is_a_composite() -> None:
    assert (
        only("code: Party\ncategory: CO\nbos: [Party]\n").message
        == "`Party` is a CO, and a BO or DICTIONARY is wanted here"
    )


def test_no_members_and_a_member_twice() -> None:
    assert only("code: Party\ncategory: CO\n").message == "a composite needs members: add `bos`"
    assert only("code: Party\ncategory: CO\nbos: [Firm, Firm]\n").message == "the member `Firm` stands twice"


def test_members_belong_to_composites() -> None:
    assert "`bos` belongs to composites" in only("code: Party\nbos: [Firm]\n").message
