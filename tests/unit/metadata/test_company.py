import pytest

from etl.metadata.field import LinkMode, OnBadValue
from tests.unit.metadata.documents import company, field

CLAIM = """
code: Claim
fields:
  - {code: Number, type: INPUT_TEXT, useAsKeyInMigration: true, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: Sum, type: INPUT_NUMBER, needLoadFromInTables: true, onBadValue: skip_value}
  - {code: Hidden, type: INPUT_TEXT}
  - {code: Title, type: STATIC_TEXT, needLoadFromInTables: true, needUploadToOutTable: true}
  - {code: Client, type: CO, co: Party, needLoadFromInTables: true, needUploadToOutTable: true, linkMode: replace}
  - {code: Parent, type: BO, bo: Claim, viewType: SINGLE, needLoadFromInTables: true, needUploadToOutTable: true}
nativeFields:
  - {code: CREATED_AT, needUploadToOutTable: true}
  - {code: OPEN_COUNT}
"""
PARTY = "code: Party\ncategory: CO\nbos: [Human, Firm]\nfields: [{code: Name, type: INPUT_TEXT}]"
HUMAN = "code: Human\nfields: [{code: Name, type: INPUT_TEXT, needUploadToOutTable: true}]"
DEMO = company(Claim=CLAIM, Party=PARTY, Human=HUMAN, Firm="code: Firm")


def codes(fields: tuple[object, ...]) -> list[str]:
    return [getattr(one, "code") for one in fields]  # noqa: B009 - fields of several kinds


def test_parts_of_an_object() -> None:
    claim = DEMO.object("Claim")
    assert claim.key_field is claim.fields[0]
    assert codes(claim.stored_fields) == ["Number", "Sum", "Hidden"]
    assert codes(claim.loaded_fields) == ["Sum"]
    assert codes(claim.uploaded_fields) == ["Number"]
    assert codes(claim.loaded_links) == codes(claim.uploaded_links) == ["Client", "Parent"]
    assert codes(claim.uploaded_natives) == ["CREATED_AT"]
    assert claim.fields[1].on_bad_value is OnBadValue.SKIP_VALUE
    assert claim.fields[4].link_mode is LinkMode.REPLACE
    assert claim.fields[5].is_single
    assert not claim.fields[4].is_single


def test_who_has_tables() -> None:
    assert [bo.code for bo in DEMO.objects if bo.has_in_table] == ["Claim"]
    assert [bo.code for bo in DEMO.objects if bo.has_out_table] == ["Claim", "Human"]


def test_a_key_field_alone_makes_an_in_table() -> None:
    text = "code: A\nfields: [{code: K, type: INPUT_EMAIL, useAsKeyInMigration: true}]"
    assert company(A=text).object("A").has_in_table


@pytest.mark.parametrize("category", ["CO", "PROCESS", "PANEL"])
def test_what_carries_no_data_has_no_tables(category: str) -> None:
    members = "\nbos: [Human]" if category == "CO" else ""
    flags = "needLoadFromInTables: true, needUploadToOutTable: true, useAsKeyInMigration: true"
    text = f"code: A\ncategory: {category}{members}\nfields: [{{code: F, type: INPUT_TEXT, {flags}}}]"
    found = company(A=text, Human=HUMAN).object("A")
    assert not found.has_in_table
    assert not found.has_out_table
    assert found.stored_fields == ()


def test_targets() -> None:
    claim = DEMO.object("Claim")
    assert codes(DEMO.targets(claim.fields[4])) == ["Human", "Firm"]
    assert codes(DEMO.targets(claim.fields[5])) == ["Claim"]
    assert DEMO.targets(claim.fields[0]) == ()


def test_in_link_tables() -> None:
    found = [(t.name, t.owner_column, t.target_column, t.member.code) for t in DEMO.in_link_tables()]
    assert found == [
        ("in_Claim_Client_Human", "Claim_id", "Client_id", "Human"),
        ("in_Claim_Client_Firm", "Claim_id", "Client_id", "Firm"),
        ("in_Claim_Parent", "Claim_id", "Parent_id", "Claim"),
    ]


def test_out_link_tables() -> None:
    found = [(t.name, t.owner_column, t.target_column, t.bo_column) for t in DEMO.out_link_tables()]
    assert found == [
        ("_Claim_Client_", "Claim_id", "Client_id", "Client_bo"),
        ("_Claim_Parent_", "Claim_id", "Parent_id", None),
    ]


def test_links_to_objects_that_are_not_out_give_no_out_link_table() -> None:
    text = "code: A\nfields: [{code: L, type: BO, bo: Firm, needUploadToOutTable: true}]"
    assert company(A=text, Firm="code: Firm").out_link_tables() == ()


def test_metadata_order() -> None:
    last, first = "code: Z\norderIndex: 2", "code: Y\norderIndex: 1"
    found = company(b2="code: b2", B="code: B", A="code: A", Z=last, Y=first)
    assert codes(found.objects) == ["Y", "Z", "A", "B", "b2"]


def test_a_dictionary_has_its_system_fields() -> None:
    found = company(D="code: D\ncategory: DICTIONARY\nfields: [{code: LABEL, type: INPUT_TEXT_LANG}]").object("D")
    assert codes(found.fields) == ["LABEL", "code"]


def test_names_in_languages() -> None:
    assert str(field(code="A", type="DATE", label="Имя").label) == "Имя"
    assert str(field(code="A", type="DATE", label={"kaz": "Аты", "eng": "Name"}).label) == "Name"


def test_values_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        DEMO.objects[0].code = "X"  # type: ignore[misc]


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        DEMO.object("claim")


def test_options_may_be_codes_alone() -> None:
    found = field(code="A", type="RADIO_BUTTON_GROUP", options=["new", {"code": "old", "label": "Старый"}])
    assert codes(found.options) == ["new", "old"]
