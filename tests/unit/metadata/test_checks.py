"""Every check of the documents: the whole message, with file, line, business object and field."""

import pytest

from tests.unit.metadata.documents import FOLDER, company, one_field, problems

DATA = "needLoadFromInTables: true"


def field_message(body: str, **more: str) -> str:
    """The one message about field F of Client; it stands on line 4."""
    (problem,) = one_field(f"code: F, {body}", **more)
    assert (problem.path, problem.line, problem.key) == (f"{FOLDER}/Client.yaml", 4, "Client.F")
    return problem.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("type: INPUT_TXT", "unknown type `INPUT_TXT`: did you mean `INPUT_TEXT`?"),
        ("type: date", "unknown type `date`: did you mean `DATE`?"),
        ("type: DATE_TIME", "unknown type `DATE_TIME`: did you mean `FULL_DATE`?"),
        ("type: DATE, needLoadFromInTable: true",
         "unknown key `needLoadFromInTable`: did you mean `needLoadFromInTables`?"),
        ("type: DATE, qqq: true", "unknown key `qqq`"),
        ("type: DATE, isUnique: maybe", "`isUnique` must be true or false, not `maybe`"),
        ("type: DATE, inMigrationTimezoneMinutes: 5:30",
         "`inMigrationTimezoneMinutes` must be a whole number, not `5:30`"),
        ("type: DATE, options: 5", "`options` must be a list, not `5`"),
        ("type: INPUT_NUMBER, useAsKeyInMigration: true",
         "a field of type INPUT_NUMBER cannot be the key: use INPUT_EMAIL, INPUT_PHONE, INPUT_TEXT"),
        ("type: BO", "a field of type BO needs its target: add `bo`"),
        ("type: CO", "a field of type CO needs its target: add `co`"),
        ("type: BO, bo: Cliemt", "there is no BO or DICTIONARY `Cliemt`: did you mean `Client`?"),
        ("type: BO, bo: Zzz", "there is no BO or DICTIONARY `Zzz`: add its document"),
        ("type: BO, bo: client", "there is no BO or DICTIONARY `client`: did you mean `Client`?"),
        ("type: CO, co: Client", "`Client` is a BO, and a CO is wanted here"),
        ("type: DATE, bo: Client", "the key `bo` belongs to fields of type BO, and this one is DATE"),
        ("type: BO, bo: Client, viewType: SINGEL", "unknown viewType `SINGEL`: did you mean `SINGLE`?"),
        ("type: DATE, sources: [kafka, kafka], needLoadFromInTables: true", "the source kafka stands twice: keep one"),
        (
            "type: DATE, sources: [kafka]",
            "sources belong to loaded fields with values, not to links, files and the key: drop the key",
        ),
        (
            "type: DATE, sources: [kafka, pin], needLoadFromInTables: true",
            "a pin counts more than any source: write pin first, or leave it out",
        ),
        (
            "type: INPUT_TEXT, isUnique: true, sources: ['kafka:a'], needLoadFromInTables: true",
            "a unique field counts the records of all topics alike: name kafka without a topic",
        ),
        ("type: DATE, linkMode: replace", "linkMode belongs to fields of type BO and CO, and this one is DATE"),
        ("type: DATE, onBadValue: skip", "unknown onBadValue `skip`: did you mean `skip_value`?"),
        ("type: DROPDOWN_SINGLE", "it has nothing to choose from: add `options` or `dictionary`"),
        ("type: DROPDOWN_SINGLE, options: []", "it has nothing to choose from: add `options` or `dictionary`"),
        ("type: DROPDOWN_SINGLE, dictionary: Kinds", "there is no DICTIONARY `Kinds`: add its document"),
        ("type: DROPDOWN_SINGLE, dictionary: Client", "`Client` is a BO, and a DICTIONARY is wanted here"),
        ("type: RADIO_BUTTON_GROUP, options: [{code: a}, {code: b, id: a}]",
         "two options are called `a`, so that a value would not tell which"),
        ("type: RADIO_BUTTON_GROUP, options: [{code: ''}]",
         "`code` is ``: it must be 1 to 32 printable characters, as an in_ table keeps no more"),
        ("type: DATE, options: [{code: a}]",
         "a field of type DATE has no choices: drop the key, or make it DROPDOWN_SINGLE"),
        ("type: INPUT_TEXT, inMigrationTimezoneMinutes: 300",
         "a field of type INPUT_TEXT has no time zone: drop the key"),
        ("type: DATE, inMigrationTimezoneMinutes: 100000",
         "`inMigrationTimezoneMinutes` is `100000`: input should be less than or equal to 959"),
    ],
)  # fmt: skip
def test_faults_of_one_field(body: str, message: str) -> None:
    assert field_message(body) == message


_NO_TIME = "is no loaded field of type FULL_DATE: name the field that has the time of the values"
_BAD_TIME = "At says of when the values are: it must be neither unique nor skipped where it is bad"
_LACKS_TIME = "sourceTime is missing: name the field that has the time of the values, or leave the other keys out"


@pytest.mark.parametrize(
    ("keys", "field", "message"),
    [
        ("sourceTime: Seen", "type: FULL_DATE", f"Seen {_NO_TIME}"),
        ("sourceTime: At", "type: DATE", f"At {_NO_TIME}"),
        ("sourceTime: at", "type: FULL_DATE, isUnique: true", _BAD_TIME),
        ("sourceTime: at", "type: FULL_DATE, onBadValue: skip_value", _BAD_TIME),
        ("sourceTimeFromMessage: true", "type: FULL_DATE", _LACKS_TIME),
        ("sourceTimeAheadSeconds: 5", "type: FULL_DATE", _LACKS_TIME),
        (
            "sourceTime: At\nsourceTimeAheadSeconds: -1",
            "type: FULL_DATE",
            "`sourceTimeAheadSeconds` is `-1`: input should be greater than or equal to 0",
        ),
    ],
)
def test_a_source_time(keys: str, field: str, message: str) -> None:
    text = f"code: Client\n{keys}\nfields:\n  - {{code: At, {field}, {DATA}}}\n"
    (problem,) = problems(Client=text)
    assert problem.message == message


def test_options_and_dictionary_together() -> None:
    body = "type: DROPDOWN_SINGLE, dictionary: Kinds, options: [{code: a}]"
    assert field_message(body, Kinds="code: Kinds\ncategory: DICTIONARY") == (
        "it has options and a dictionary: keep one of them"
    )


@pytest.mark.parametrize("code", ["id", "IN_ID", "out_id", "inserted_date", "in_status", "occupied_id", "removed"])
def test_fixed_columns_of_in_tables(code: str) -> None:
    (problem,) = one_field(f"code: {code}, type: DATE, {DATA}")
    assert problem.key == f"Client.{code}"
    assert problem.message == "its code is a fixed column of every in_ table: rename the field"


@pytest.mark.parametrize("code", ["id", "System_Id", "system_created_at", "updated_at", "inserted_at", "system_state"])
def test_fixed_columns_of_out_tables(code: str) -> None:
    (problem,) = one_field(f"code: {code}, type: DATE, needUploadToOutTable: true")
    assert problem.message == "its code is a fixed column of every out_ table: rename the field"


def test_fixed_columns_disturb_only_the_tables_that_have_them() -> None:
    company(A=f"code: A\nfields: [{{code: updated_at, type: DATE, {DATA}}}, {{code: id, type: DATE}}]")


@pytest.mark.parametrize("code", ["xmin", "CTID", "tableoid", "cmin", "cmax", "xmax"])
def test_system_columns(code: str) -> None:
    (problem,) = one_field(f"code: {code}, type: DATE")
    assert problem.message == "its code is a system column of PostgreSQL: rename the field"


def test_a_field_that_is_called_like_an_uploaded_native() -> None:
    field = "{code: open_count, type: DATE, needUploadToOutTable: true}"
    (problem,) = problems(
        A=f"code: A\nfields: [{field}]\nnativeFields: [{{code: OPEN_COUNT, needUploadToOutTable: true}}]"
    )
    assert "native field" in problem.message


def test_fields_equal_after_folding() -> None:
    (problem,) = problems(A="code: A\nfields:\n- {code: Name, type: DATE}\n- {code: NAME, type: DATE}")
    assert (problem.line, problem.key) == (4, "A.NAME")
    assert problem.message.startswith("its code is that of field Name,")


def test_objects_equal_after_folding() -> None:
    (problem,) = problems(Client="code: Client", CLIENT="code: CLIENT")
    assert problem.path.endswith("/Client.yaml")
    assert f"that of CLIENT ({FOLDER}/CLIENT.yaml)" in problem.message


def test_two_keys() -> None:
    key = "type: INPUT_TEXT, useAsKeyInMigration: true"
    (problem,) = problems(A=f"code: A\nfields:\n- {{code: K1, {key}}}\n- {{code: K2, {key}}}")
    assert (problem.line, problem.key) == (4, "A.K2")
    assert problem.message == "a second useAsKeyInMigration: field K1 is the key already, so unset one of them"


def test_the_line_is_that_of_the_key_at_fault() -> None:
    text = "code: A\nfields:\n  - code: F\n    type: DATE\n    label:\n      rus: x\n      deu: y\n"
    (problem,) = problems(A=text)
    assert (problem.line, problem.message) == (7, "unknown key `deu`")


def test_a_native_field_that_does_not_exist() -> None:
    (problem,) = problems(A="code: A\nnativeFields:\n  - {code: CREATED}")
    assert (problem.line, problem.key) == (3, "A.CREATED")
    assert problem.message == "unknown code `CREATED`: did you mean `CREATED_BY`?"


def test_an_unknown_category() -> None:
    (problem,) = problems(A="code: A\ncategory: DICTIONARI")
    assert (problem.line, problem.message) == (2, "unknown category `DICTIONARI`: did you mean `DICTIONARY`?")


def test_the_file_is_called_like_the_code() -> None:
    (problem,) = problems(A="code: B")
    assert (problem.line, problem.message) == (1, "the file's name must be the code: call it B.yaml")


def test_company_is_never_migrated() -> None:
    (problem,) = problems(Company=f"code: Company\nfields: [{{code: F, type: DATE, {DATA}}}]")
    assert "never migrated" in problem.message
    company(Company="code: Company\nfields: [{code: F, type: DATE}]")


def test_the_code_of_a_dictionary_is_text() -> None:
    (problem,) = problems(D="code: D\ncategory: DICTIONARY\nfields:\n- {code: CODE, type: INPUT_NUMBER}")
    assert (problem.line, problem.key) == (4, "D.CODE")
    assert problem.message == "a dictionary's rows are found by their code: make it INPUT_TEXT"


def test_too_many_fields() -> None:
    fields = "\n".join(f"- {{code: f{i}, type: DATE}}" for i in range(1501))
    (problem,) = problems(A=f"code: A\nfields:\n{fields}")
    assert "1501 fields" in problem.message


def test_every_problem_of_every_document_in_one_error() -> None:
    found = problems(
        B="code: B\nfields:\n- {code: X, type: INPUT_TXT}\n- {code: x y, type: DATE}\n- {code: L, type: BO, bo: Nope}",
        A="code: A\nfields: [",
        C="",
    )
    places = [(p.path[-6:], p.line) for p in found]
    assert places == [("A.yaml", 2), ("B.yaml", 3), ("B.yaml", 4), ("B.yaml", 5), ("C.yaml", None)]


def test_a_document_that_cannot_be_read_does_not_make_others_faulty() -> None:
    (problem,) = problems(A="code: A\nfields: [{code: L, type: BO, bo: B}]", B="code: [")
    assert problem.path.endswith("B.yaml")


def test_fields_that_are_no_list_and_natives_that_stand_twice() -> None:
    (problem,) = problems(Kinds="code: Kinds\ncategory: DICTIONARY\nfields: 5\n")
    assert problem.message == "`fields` must be a list, not `5`"
    (problem,) = problems(Client="code: Client\nnativeFields: [{code: CREATED_AT}, {code: CREATED_AT}]\n")
    assert problem.message == "the native field CREATED_AT stands twice"
    (problem,) = problems(Person="code: Person\nfields: 5\n")
    assert problem.message == "`fields` must be a list, not `5`"


def test_a_field_of_a_composite_whose_member_is_faulty_is_no_fault_of_its_own() -> None:
    sources = "[{boCode: Client, fieldCode: Name}, {boCode: Lost, fieldCode: Name}]"
    fields = f"fields: [{{code: N, type: DATE, boFieldCodes: {sources}}}]"
    parties = f"code: Parties\ncategory: CO\nbos: [Client, Lost]\n{fields}\n"
    found = problems(Client="code: Client\ncolour: red\n", Parties=parties)
    assert [(one.path.rpartition("/")[2], one.message) for one in found] == [
        ("Client.yaml", "unknown key `colour`"),
        ("Parties.yaml", "there is no BO or DICTIONARY `Lost`: add its document"),
    ]
