"""The files of a contract pack: the same bytes each time, both languages whole, no metadata read as HTML."""

import io
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import jsonschema
import openpyxl
import pytest
import yaml

from etl.contract import contract_files
from etl.contract.guide import guide_of
from etl.contract.markdown import code_span, escaped
from etl.contract.page import guide_page
from etl.contract.row_schema import row_schemas
from etl.contract.samples import Samples
from etl.contract.wording import wording
from etl.contract.workbook import MAX_SHEET_NAME, sheet_names, workbook
from etl.merge.errors.catalogue import CATALOGUE
from etl.metadata import Company, parse_company
from etl.metadata.field_types import SQL_TYPES
from tests.cases.case import Case, all_cases
from tests.contracts import TERMS, company


def pack(of: Company) -> dict[str, bytes]:
    return contract_files(of, TERMS, grants="")


def test_the_same_metadata_gives_the_same_bytes() -> None:
    assert pack(company()) == pack(company())


def test_the_excel_file_knows_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(workbook(company()))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb"20\d\d-\d\d-\d\dT", archive.read("docProps/core.xml"))) == {b"2000-01-01T"}


def test_the_excel_file_holds_no_formula() -> None:
    codes = ["=1+1", "+7", "-1+cmd|x", "@SUM(A1)", "=HYPERLINK(1)"]
    options = ", ".join(f'{{code: "{code}", label: "=2+2"}}' for code in codes)
    fields = "".join(
        f"  - {{code: C{n}, type: DROPDOWN_SINGLE, options: [{{code: {code!r}}}], needLoadFromInTables: true}}\n"
        for n, code in enumerate(codes)
    )
    document = (
        "code: Client\nname: '=3+3'\nfields:\n"
        f"  - {{code: Name, type: DROPDOWN_SINGLE, label: '=4+4', options: [{options}], needLoadFromInTables: true}}\n"
        f"{fields}"
    )
    content = workbook(parse_company("demo", {"Client.yaml": document}))
    [sheet] = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.value for cell in cells} >= set(codes)
    assert {cell.data_type for cell in cells} <= {"s", "b"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [one for one in sheets if b"<f>" in one or b"<f " in one]


def test_the_guide_says_whose_value_counts() -> None:
    loaded = "needLoadFromInTables: true"
    document = (
        "code: Client\nsources: [in_tables, kafka]\nsourceTime: At\nfields:\n"
        f"  - {{code: Name, type: INPUT_TEXT, {loaded}}}\n  - {{code: At, type: FULL_DATE, {loaded}}}\n"
    )
    files = pack(parse_company("demo", {"Client.yaml": document}))
    for language in ("en", "ru"):
        texts = wording(language)
        guide = files[f"guide.{language}.md"].decode()
        assert guide.count(texts("v_sources", sources="`in_tables`, `kafka`")) == 2
        assert guide.count(texts("v_source_time")) == 1


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_every_case_of_metadata_has_a_pack(case: Case) -> None:
    files = pack(case.company)
    assert {"ddl/in.sql", "ddl/out.sql", "grants.sql", "check.sql"} < set(files)
    assert ("template.xlsx" in files) == any(bo.has_in_table for bo in case.company.objects)
    assert {f"guide.{language}.{kind}" for language in ("en", "ru") for kind in ("md", "html")} < set(files)
    for bo in case.company.objects:
        for field in bo.loaded_fields:
            for language in ("en", "ru"):
                assert f"| `{field.code}` |" in files[f"guide.{language}.md"].decode()


def test_both_languages_say_the_same_things() -> None:
    english, russian = wording("en").texts, wording("ru").texts
    assert set(english) == set(russian)
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", russian[key])), key
        assert set(re.findall(r"`[^`]+`", text)) == set(re.findall(r"`[^`]+`", russian[key])), key
    assert not [key for key, text in english.items() if re.search("[а-я]", text, re.IGNORECASE)]


def test_every_type_that_can_be_loaded_has_its_words() -> None:
    assert {f"v_{kind}" for kind, sql_type in SQL_TYPES.items() if sql_type} <= set(wording("en").texts)


def test_each_language_shows_its_labels_and_all_codes() -> None:
    files = pack(company())
    english, russian = files["guide.en.md"].decode(), files["guide.ru.md"].decode()
    assert "Text & <i>".replace("&", r"\&").replace("<i>", r"\<i\>") in english
    assert "Текст" in russian
    assert "Текст" not in english
    for fault in CATALOGUE:
        assert f"| `{fault.code}` |" in english
        assert escaped(fault.cause) in english
        assert escaped(fault.cause_russian) in russian


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_page_takes_no_html_from_labels_and_nothing_from_elsewhere(language: str) -> None:
    seen = _Seen()
    seen.feed(guide_page(guide_of(company(), TERMS), language))
    assert not seen.tags & {"script", "b", "i", "em", "link", "img", "iframe"}
    label = company().object("Everything").name
    assert wording(language).label(label) in seen.text
    assert "a|b" in seen.text
    assert all(address.startswith("#") for address in seen.addresses)
    assert {address[1:] for address in seen.addresses} <= set(seen.ids)
    assert len(seen.ids) == len(set(seen.ids))
    assert "svg" in seen.tags


@pytest.mark.parametrize("text", ["`", "``x`", "a|b", r"\|", "<b>", "plain"])
def test_a_code_span_shows_its_text(text: str) -> None:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    seen = _Seen()
    seen.feed(reader.render(f"| {code_span(text)} | {escaped(text)} |\n|---|---|\n"))
    assert [line for line in seen.text.split("\n") if line] == [text, text]


def test_the_schemas_are_schemas_and_take_their_examples() -> None:
    schemas = row_schemas(company(), TERMS)
    assert {"in_Everything", "in_Everything_Party_Keyed", "in_fileStorage"} < set(schemas)
    for table, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        judge = jsonschema.Draft202012Validator(schema)
        for example in schema.get("examples", []):
            assert list(judge.iter_errors(json.loads(json.dumps(example)))) == [], table


@pytest.mark.parametrize(
    ("change", "is_good"),
    [
        ({"Drop": "a|b"}, True),
        ({"Drop": "WbX5Wa8gcabbVbF1"}, True),
        ({"Drop": "A|B"}, False),
        ({"Drop": None}, True),
        ({"Number": "1"}, False),
        ({"Number": 10**20}, False),
        ({"in_id": ""}, False),
        ({"stranger": 1}, False),
        ({"Scan": "x" * 33}, False),
    ],
    ids=str,
)
def test_a_schema_refuses_what_a_run_or_the_table_refuses(change: dict[str, object], is_good: bool) -> None:
    schema = row_schemas(company(), TERMS)["in_Everything"]
    row = schema["examples"][0] | change
    assert jsonschema.Draft202012Validator(schema).is_valid(row) == is_good


def test_sheets_have_columns_lists_and_an_example_that_is_marked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(company())))
    sheet = book["in_Everything"]
    columns = {cell.value: cell for cell in sheet[1]}
    assert next(iter(columns)) == "in_id"
    assert list(columns)[-1] == "removed"
    assert all(cell.comment is not None for cell in sheet[1])
    assert "EXAMPLE ROW" in sheet["A2"].comment.text
    assert "ПРИМЕР" in sheet["A2"].comment.text
    lists = {str(one.sqref).rstrip("0123456789:"): one.formula1 for one in sheet.data_validations.dataValidation}
    found = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists
    assert found == {'"new,old"', '"TRUE,FALSE"', "\"a|b,it's \\ 'q',`c`\""}
    assert columns["Day"].column is not None
    assert columns["Text"].column is not None
    day, text = sheet.cell(2, columns["Day"].column), sheet.cell(2, columns["Text"].column)
    assert (str(day.value), day.number_format) == ("2024-02-01 00:00:00", "yyyy-mm-dd")
    assert text.number_format == "@"
    assert max(len(name) for name in book.sheetnames) <= MAX_SHEET_NAME
    assert len(set(book.sheetnames)) == 8


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    odd = yaml.safe_dump(
        {
            "code": "Odd",
            "fields": [{"code": "Pick", "type": "DROPDOWN_SINGLE", "options": ["=1+1"], "needLoadFromInTables": True}],
        }
    )
    from etl.metadata import parse_company

    found = parse_company("demo", {"companies/demo/business-objects/Odd.yaml": odd})
    cell = openpyxl.load_workbook(io.BytesIO(workbook(found)))["in_Odd"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_samples_are_the_same_for_the_same_number_and_differ_for_others() -> None:
    everything = company().object("Everything")
    first, again, second = (Samples(company()).row(everything, number) for number in (1, 1, 2))
    assert first == again
    assert not [name for name in ("in_id", "Text", "Mail", "Number", "Day") if first[name] == second[name]]
    assert None not in first.values()


def test_sheets_of_long_names_are_distinguished() -> None:
    long = "in_" + "x" * 28
    names = sheet_names(["in_A", f"{long}_one", f"{long}_TWO", "in_" + "y" * 40])
    assert list(names.values()) == ["in_A", f"{long[:27]}~002", f"{long[:27]}~003", "in_" + "y" * 28]


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "#N/A", "=", "#REF!", "+", "-2+3")


@pytest.mark.parametrize("code", FORMULAS)
def test_no_text_of_the_excel_file_is_a_formula(code: str) -> None:
    """Read back, and as its XML says it: cells of texts are texts, whatever they begin with."""
    document = (
        f'code: Odd\nname: "{code}"\nfields:\n'
        f'  - {{code: Kind, type: DROPDOWN_SINGLE, label: "{code}", options: ["{code}"], needLoadFromInTables: true}}\n'
    )
    odd = parse_company("demo", {"companies/demo/business-objects/Odd.yaml": document})
    made = workbook(odd)
    [sheet] = openpyxl.load_workbook(io.BytesIO(made)).worksheets
    [head, example] = [list(row) for row in sheet.iter_rows()]
    [cell] = [cell for name, cell in zip(head, example, strict=True) if name.value == "Kind"]
    assert (cell.value, cell.data_type, cell.number_format) == (code, "s", "@")
    assert cell.quotePrefix == (code[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = archive.read(name).decode()
                assert not re.search(r"<f[ >]", text)
                assert set(re.findall(r'<c [^>]*t="(\w+)"', text)) <= {"s", "b", "n", "d", "inlineStr"}


@pytest.mark.parametrize(
    ("kept", "hidden"),
    [
        ((), ["REMOVED", "ARCHIVED", "TEST"]),
        (("ARCHIVED",), ["REMOVED", "TEST"]),
        (("REMOVED", "TEST"), ["ARCHIVED"]),
        (("REMOVED", "ARCHIVED", "TEST"), []),
    ],
)
def test_it_says_which_instances_readers_see(kept: tuple[str, ...], hidden: list[str]) -> None:
    files = contract_files(company(), replace(TERMS, kept_states=kept), grants="")
    objects = sum(bo.has_out_table for bo in company().objects)
    assert files["ddl/out.sql"].decode().count("system_state varchar(8)") == (objects if kept else 0)
    for language, said in (("en", "are not in the tables"), ("ru", "в таблицах нет")):
        guide = files[f"guide.{language}.md"].decode()
        columns = [line for line in guide.splitlines() if line.startswith("| `system_state`")]
        shown = [["ACTUAL", *kept, "REMOVED"]] if kept else []  # the last in the remark on its links
        assert [re.findall("`([A-Z]+)`", line) for line in columns] == shown
        lines = [line for line in guide.splitlines() if said in line]
        assert [re.findall("`([A-Z]+)`", line) for line in lines] == ([hidden] if hidden else [])
