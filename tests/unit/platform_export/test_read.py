"""What a structure export carries becomes documents; what it cannot carry is reported; the rest is refused."""

import copy
import json
import struct
import zipfile
from pathlib import Path

import pytest

from etl.errors import ConfigurationError, MetadataError
from etl.metadata import parse_company
from etl.metadata.platform_export import archive, read_structure
from tests.unit.platform_export.exports import CLIENT, COMPANY, KINDS, PARTIES, PREFIX, Plain, export

DOCUMENT = """\
code: Client
category: BO
name:
  rus: Клиент
orderIndex: 2
fields:
- code: IIN
  type: INPUT_TEXT
  needUploadToOutTable: true
  useAsKeyInMigration: true
  isUnique: true
- code: 'No'
  type: DATE
  needLoadFromInTables: true
  inMigrationTimezoneMinutes: 300
- code: Kind
  type: DROPDOWN_SINGLE
  needLoadFromInTables: true
  dictionary: Kinds
- code: St
  type: DROPDOWN_SINGLE
  needLoadFromInTables: true
  options:
  - code: new
    id: i1
    label: Новый
  - code: old
    id: i2
    label: Старый
- code: Boss
  type: BO
  needLoadFromInTables: true
  bo: Client
  viewType: SINGLE
- code: Sibling
  type: BO
  bo: Client
  viewType: TABLE
- code: Party
  type: CO
  needLoadFromInTables: true
  co: Parties
  viewType: TABLE
nativeFields:
- code: CREATED_AT
  needUploadToOutTable: true
"""


def changed(field: str, **keys: object) -> Plain:
    found = copy.deepcopy(CLIENT)
    found["dynamicFields"].setdefault(field, {"code": field}).update(keys)
    return found


def test_an_export_becomes_documents(tmp_path: Path) -> None:
    path = export(tmp_path / "s.mybpm.zip", COMPANY, CLIENT, KINDS, PARTIES)
    found = read_structure(path, "shop", {})
    assert list(found.documents) == ["Client", "Kinds", "Parties"]
    assert found.documents["Client"] == DOCUMENT
    assert found.left_out == ("1 × `CompanyMetadataStructDto`: not of business objects",)
    assert not found.is_partial
    assert read_structure(path, "shop", {}) == found
    company = parse_company("shop", {f"x/{code}.yaml": text for code, text in found.documents.items()})
    assert [link.name for link in company.in_link_tables()] == ["in_Client_Boss", "in_Client_Party_Client"]


@pytest.mark.parametrize(
    ("client", "line"),
    [
        (changed("Фамилия", type="INPUT_TEXT"), "`Client.Фамилия`: no code for SQL"),
        (changed("New", type="HOLOGRAM"), "`Client.New`: its type is `HOLOGRAM`"),
        (changed("New"), "`Client.New`: its type is missing"),
        (changed("in_id", type="INPUT_TEXT", needLoadFromInTables=True), "`Client.in_id`: its code is a fixed column"),
        (changed("Lost", type="BO", oldRefBoId="missing"), "`Client.Lost`: a field of type BO needs its target"),
        (changed("Key", type="INPUT_TEXT", useAsKeyInMigration=True), "`Client.Key`: a second useAsKeyInMigration"),
        (changed("a; drop", type="DATE"), "`Client.a; drop`: no code for SQL"),
    ],
)
def test_a_field_that_cannot_be_carried_is_reported_and_the_rest_is_sound(
    tmp_path: Path, client: Plain, line: str
) -> None:
    found = read_structure(export(tmp_path / "s.zip", client, KINDS, PARTIES), "shop", {})
    assert found.left_out[0].startswith(line)
    assert len(found.left_out) == 1
    assert found.is_partial
    assert found.documents["Client"] == DOCUMENT


def test_an_object_that_cannot_be_carried_takes_its_links_with_it(tmp_path: Path) -> None:
    process = {"@class": f"{PREFIX}BoStructDto", "code": "Flow", "category": "BO_PROCESS"}
    odd = {"@class": f"{PREFIX}BoStructDto", "code": "../../etc/passwd", "category": "BO", "dynamicFields": {}}
    found = read_structure(export(tmp_path / "s.zip", CLIENT, KINDS, process, odd), "shop", {})
    assert list(found.documents) == ["Client", "Kinds"]
    assert [line.split(":")[0] for line in found.left_out] == ["`../../etc/passwd`", "`Client.Party`", "`Flow`"]


def test_what_is_odd_in_an_object_is_left_out_or_left_open(tmp_path: Path) -> None:
    odd = changed("Poll", type="QUESTIONNAIRE", questionnaires=[{"code": "q"}])
    odd["nativeFields"]["MOOD"] = {"needUploadToOutTable": True}
    odd["dynamicFields"]["No"]["label"] = {"rus": "Номер", "qaz": "", "fra": "Numéro"}
    odd["dynamicFields"]["IIN"]["label"] = "ИИН"
    odd["dynamicFields"]["Boss"]["label"] = 5
    options = odd["dynamicFields"]["St"]["fieldOptionsStruct"]["options"]
    options["old"] = {"fieldOption": {"code": "old"}}
    options["none"] = {"fieldOption": None}
    twice = copy.deepcopy(CLIENT) | {"name": {"rus": "Другой"}}
    found = read_structure(export(tmp_path / "s.zip", odd, twice, KINDS, PARTIES), "shop", {})
    assert found.left_out == (
        "`Client.Poll`: the questions; the field itself is carried",
        "`Client.MOOD`: an unknown native field",
        "`Client`: the code stands twice; the first one counts",
    )
    document = found.documents["Client"]
    assert "name:\n  rus: Клиент\n" in document
    assert "- code: 'No'\n  type: DATE\n  label:\n    rus: Номер\n" in document
    assert "- code: IIN\n  type: INPUT_TEXT\n  label: ИИН\n" in document
    assert "  options:\n  - code: new\n    id: i1\n    label: Новый\n  - code: old\n- code: Boss" in document


@pytest.mark.parametrize("struct", [None, {"optionSource": "FROM_BO"}])
def test_a_choice_without_its_choices_is_left_out(tmp_path: Path, struct: object) -> None:
    client = changed("St", fieldOptionsStruct=struct)
    found = read_structure(export(tmp_path / "s.zip", client, KINDS, PARTIES), "shop", {})
    assert found.left_out == ("`Client.St`: it has nothing to choose from: add `options` or `dictionary`",)


def test_nothing_can_be_carried_and_faults_of_others_are_theirs(tmp_path: Path) -> None:
    alone = {"@class": f"{PREFIX}BoStructDto", "code": "Lonely", "category": "BO_COMPOSITE", "bos": [{"code": "X"}]}
    with pytest.raises(ConfigurationError, match="nothing of it can be carried") as caught:
        read_structure(export(tmp_path / "s.zip", alone), "shop", {})
    assert "`Lonely`: " in str(caught.value)
    theirs = {"companies/shop/business-objects/Other.yaml": "code: Other\ncolour: red\n"}
    with pytest.raises(MetadataError, match="unknown key `colour`"):
        read_structure(export(tmp_path / "s.zip", CLIENT, KINDS, PARTIES), "shop", theirs)


def test_documents_that_are_there_already_count_as_targets(tmp_path: Path) -> None:
    known = {"companies/shop/business-objects/Kinds.yaml": "code: Kinds\ncategory: DICTIONARY\n"}
    path = export(tmp_path / "s.zip", CLIENT, PARTIES)
    assert not read_structure(path, "shop", known).is_partial
    assert read_structure(path, "shop", {}).is_partial


def answer(**first: object) -> Plain:
    field = {"id": "UoRFk8Qlb1kCDRWW", "code": "NAME", "label": "Имя", **first}
    return {"boId": "x", "boCode": "Pupil", "boType": "BO", "name": "Ученик", "fields": {"UoRFk8Qlb1kCDRWW": field}}


def test_an_answer_is_carried_as_far_as_it_says_its_types(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(answer(type="INPUT_TEXT", needLoadFromInTables=True)))
    found = read_structure(path, "shop", {})
    assert "needLoadFromInTables: true" in found.documents["Pupil"]
    assert not found.is_partial
    path.write_text(json.dumps(answer()))
    assert read_structure(path, "shop", {}).left_out == ("`Pupil.NAME`: its type is missing",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "holds no JSON object"),
        ("{", "is not readable JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"boCode": "A", "boCode": "B"}', "the key `boCode` stands twice"),
        ('{"boCode": "A"}', "is not an answer of load-bo-structure"),
        (json.dumps(answer() | {"boType": "PANEL"}), "holds no business object that carries data"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message):
        read_structure(path, "shop", {})


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(ConfigurationError, match="is neither a zip archive nor a text in UTF-8"):
        read_structure(path, "shop", {})
    with path.open("wb") as file:
        file.truncate(archive.MAX_LINE_BYTES + 1)
    with pytest.raises(ConfigurationError, match="is larger than 16 MiB"):
        read_structure(path, "shop", {})


def test_an_encrypted_archive_and_one_with_a_name_twice_are_refused(tmp_path: Path) -> None:
    data = bytearray(export(tmp_path / "s.zip", CLIENT).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first member
    (tmp_path / "encrypted.zip").write_bytes(data)
    with pytest.raises(ConfigurationError, match="is encrypted: export it without a password"):
        read_structure(tmp_path / "encrypted.zip", "shop", {})
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = export(tmp_path / "twice.zip", CLIENT, members=["a", "a"])
    with pytest.raises(ConfigurationError, match="has two members of one name"):
        read_structure(twice, "shop", {})


@pytest.mark.parametrize("count", [None, b"about a dozen"])
def test_an_archive_without_a_number_of_objects_is_read(tmp_path: Path, count: bytes | None) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("data-1/0000001.mybpm", "\n".join(["", json.dumps(KINDS), "  ", ""]))
        if count is not None:
            made.writestr("metadata.mybpm", count)
    assert read_structure(path, "shop", {}).left_out == ()


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "data-1/../../x", "C:\\x", "a\\b"])
def test_an_archive_that_names_a_file_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = export(tmp_path / "s.zip", CLIENT, KINDS, PARTIES, members=[name])
    with pytest.raises(ConfigurationError, match="names a file outside of itself"):
        read_structure(path, "shop", {})


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_LINE_BYTES", 10_000)
    path = export(tmp_path / "s.zip", CLIENT | {"description": "x" * 20_000})
    with pytest.raises(ConfigurationError, match="unpacks to more"):
        read_structure(path, "shop", {})
    monkeypatch.setattr(archive, "MAX_BYTES", 30_000)
    path = export(tmp_path / "s.zip", *[CLIENT] * 20)
    with pytest.raises(ConfigurationError, match="unpacks to more"):
        read_structure(path, "shop", {})


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = export(tmp_path / "s.zip", CLIENT, KINDS, PARTIES)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)  # the unpacked size of the first member
    path.write_bytes(data)
    with pytest.raises(ConfigurationError):
        read_structure(path, "shop", {})


def test_other_archives_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("readme.txt", "x")
    with pytest.raises(ConfigurationError, match="is not a structure export"):
        read_structure(tmp_path / "other.zip", "shop", {})
    short = export(tmp_path / "short.zip", CLIENT, KINDS, PARTIES, count=9)
    reported = "metadata.mybpm says that it holds 9 objects, and 3 were read"
    assert read_structure(short, "shop", {}).left_out == (reported,)
    many = export(tmp_path / "many.zip", CLIENT, members=[f"f{number}" for number in range(archive.MAX_MEMBERS)])
    with pytest.raises(ConfigurationError, match="members, and a structure export has a handful"):
        read_structure(many, "shop", {})
