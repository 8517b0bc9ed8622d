"""What a workbook says of itself is not believed, and what its cells mean comes as Excel shows it."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.files import unreadable
from tests.integration.files.conftest import SqlClient
from tests.integration.files.sheets import CLOCK, DAY, DURATION, MOMENT, STRICT, header, text, workbook

SHEET = "xl/worksheets/sheet1.xml"
HEADER = header("in_id", "Name", "Amount", "Seen")


def row(line: int, cell: str) -> str:
    """A row whose in_id is its line."""
    return f'<row r="{line}">{text(f"A{line}", str(line))}{cell}</row>'


def rows(column: str, cells: list[str]) -> str:
    """A row for each cell, from line 2 on; `@` in a cell stands for its address."""
    return "".join(row(line, cell.replace("@", f"{column}{line}")) for line, cell in enumerate(cells, 2))


@pytest.mark.parametrize("claim", ["A1", "A1:B3", "B2", "", "nonsense", "A1:XFD1048576", "A1:A1048576"])
def test_a_dimension_that_is_wrong_hides_nothing(client: SqlClient, claim: str) -> None:
    dimension = f'<dimension ref="{claim}"/>' if claim else ""
    amounts = rows("C", [f'<c r="@"><v>{n}</v></c>' for n in range(6)])
    client.fill(workbook(client.folder / "a.xlsx", HEADER + amounts, dimension=dimension))
    assert client.rows("count(*) as rows, count(amount) as amounts", order="1") == [(6, 6)]


TEXTS = [
    ('<c r="@" t="s"><v>0</v></c>', "one\r\ntwo"),
    ('<c r="@" t="s"><v>1</v></c>', "_x000D_"),
    ('<c r="@" t="s"><v>2</v></c>', " kept "),
    ('<c r="@" t="s"><v>3</v></c>', "bold plain"),
    ('<c r="@" t="inlineStr"><is><t>a_x0009_b_x0041_</t></is></c>', "a\tbA"),
    ('<c r="@" t="inlineStr"><is><r><t>_x005F_</t></r><r><t>x000D_</t></r></is></c>', "_x000D_"),
    ('<c r="@" t="inlineStr"><is><t>_xD83D__xDE00_ _xZZZZ_ _x12_</t></is></c>', "😀 _xZZZZ_ _x12_"),
    ('<c r="@" t="str"><f>A1</f><v>_x000a_end</v></c>', "\nend"),
    ('<c r="@" t="str"><f>""</f><v></v></c>', ""),
    ('<c r="@"><v>1234567890123456789</v></c>', "1234567890123456789"),
    ('<c r="@"><v>4.3499999999999996</v></c>', "4.35"),
    ('<c r="@"><v>1E+20</v></c>', "100000000000000000000"),
    ('<c r="@"><v>-0.5</v></c>', "-0.5"),
    ('<c r="@"><v>7.0</v></c>', "7"),
    ('<c r="@" t="b"><v>1</v></c>', "true"),
    (f'<c r="@" s="{DAY}"><v>45322</v></c>', "2024-01-31"),
    (f'<c r="@" s="{MOMENT}"><v>45322.5</v></c>', "2024-01-31 12:00:00"),
    (f'<c r="@" s="{CLOCK}"><v>0.75</v></c>', "18:00:00"),
    (f'<c r="@" s="{DURATION}"><v>1.5</v></c>', "36:00:00"),
    ('<c r="@" t="d"><v>2024-01-31T00:00:00</v></c>', "2024-01-31"),
    ('<c r="@"><!-- nothing --></c>', None),
    ('<c r="@" t="inlineStr"><is><t><![CDATA[a < b & c]]></t></is></c>', "a < b & c"),
]
SHARED = [
    "<t>one_x000D_&#10;two</t>",
    "<t>_x005F_x000D_</t>",
    '<t xml:space="preserve"> kept </t>',
    "<r><rPr><b/></rPr><t>bold</t></r><r><t> plain</t></r><rPh><t>SAID</t></rPh>",
]


def test_texts_as_excel_shows_them(client: SqlClient) -> None:
    path = workbook(client.folder / "a.xlsx", HEADER + rows("B", [cell for cell, _ in TEXTS]), texts=SHARED)
    client.fill(path)
    assert [name for (name,) in client.rows("name")] == [wanted for _, wanted in TEXTS]


def test_days_as_excel_counts_them(client: SqlClient) -> None:
    serials = ["1", "59", "61", "45322", "45322.999988425", "2958465", "45322.1234567890123"]
    path = workbook(
        client.folder / "a.xlsx", HEADER + rows("D", [f'<c r="@" s="{DAY}"><v>{n}</v></c>' for n in serials])
    )
    client.fill(path)
    assert [seen for (seen,) in client.rows("seen")] == [
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(1900, 2, 28, tzinfo=UTC),
        datetime(1900, 3, 1, tzinfo=UTC),
        datetime(2024, 1, 31, tzinfo=UTC),
        datetime(2024, 1, 31, 23, 59, 59, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime(2024, 1, 31, 2, 57, 46, 667_000, tzinfo=UTC),
    ]


def test_days_that_count_from_1904(client: SqlClient) -> None:
    cells = rows("D", [f'<c r="@" s="{DAY}"><v>{n}</v></c>' for n in ("0", "60", "43860", "-1")])
    path = workbook(client.folder / "a.xlsx", HEADER + cells, properties='<workbookPr date1904="1"/>')
    [reported] = client.fill(path, code=1)
    first = datetime(1904, 1, 1, tzinfo=UTC)
    assert [seen for (seen,) in client.rows("seen")] == [
        first,
        first + timedelta(60),
        datetime(2024, 1, 31, tzinfo=UTC),
    ]
    assert reported["examples"] == ["line 5: Seen is a day before the first one that Excel has"]


BAD = [
    (f'<c r="@" s="{DAY}"><v>60</v></c>', "is 29 February 1900 in Excel"),
    (f'<c r="@" s="{DAY}"><v>60.5</v></c>', "is 29 February 1900 in Excel"),
    (f'<c r="@" s="{DAY}"><v>-5</v></c>', "is a day before the first one"),
    (f'<c r="@" s="{DAY}"><v>-0.25</v></c>', "is a day before the first one"),
    (f'<c r="@" s="{DAY}"><v>0</v></c>', "is a time without a day"),
    (f'<c r="@" s="{DAY}"><v>2958466</v></c>', "is a day after the year 9999"),
    (f'<c r="@" s="{DAY}"><v>1E+300</v></c>', "is outside the days that Excel has"),
    ('<c r="@" s="99"><v>45322</v></c>', "names a format that the workbook does not have"),
    ('<c r="@" t="s"><v>7</v></c>', "names a text that the workbook does not have"),
    ('<c r="@" t="s"><v>-1</v></c>', "names a text that the workbook does not have"),
    ('<c r="@" t="inlineStr"><is><t>_xD800_</t></is></c>', "holds half of a character"),
    ('<c r="@" t="inlineStr"><is><t>a_x0000_b</t></is></c>', "holds a zero byte"),
    ('<c r="@" t="e"><v>#DIV/0!</v></c>', "is an error of Excel"),
    ('<c r="@" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "is an error of Excel"),
    ('<c r="@"><f>B1</f></c>', "is a formula without a result"),
    ('<c r="@"><f t="shared" si="0"/><v/></c>', "is a formula without a result"),
    ('<c r="@"><v>NaN</v></c>', "is not a number as Excel writes them"),
    ('<c r="@"><v>1_000</v></c>', "is not a number as Excel writes them"),
    ('<c r="@"><v>1e999</v></c>', "is not finite"),
    ('<c r="@" t="b"><v>2</v></c>', "is neither true nor false"),
    ('<c r="@" t="new"><v>1</v></c>', "is of a kind that Excel does not know"),
]


def test_cells_that_mean_nothing_reject_their_rows_alone(client: SqlClient) -> None:
    cells = rows("B", [cell for cell, _ in BAD])
    last = len(BAD) + 2
    path = workbook(client.folder / "a.xlsx", HEADER + cells + row(last, text(f"B{last}", "good")), texts=SHARED)
    [reported] = client.fill(path, code=1)
    assert client.rows("in_id, name") == [(str(last), "good")]
    said = (client.folder / "a.rejected.csv").read_text().splitlines()[1:]
    assert reported["rejected"] == len(BAD) == len(said)
    for line, ((_, reason), found) in enumerate(zip(BAD, said, strict=True), 2):
        assert f'"{line}","Name"' in found
        assert reason in found


def test_rows_and_cells_without_address_below_empty_rows(client: SqlClient) -> None:
    cells = '<row/><row r="5"/>' + header("in_id", "Name", line=7)
    cells += '<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row><row r="40"><c r="B40"><v>2</v></c></row>'
    [reported] = client.fill(workbook(client.folder / "a.xlsx", cells), code=1)
    assert client.rows("in_id, name") == [("a", "1")]
    assert reported["examples"][0].startswith("line 40: in_id and out_id are both empty")


def test_the_strict_namespace_and_prefixes(client: SqlClient) -> None:
    plain = (HEADER + rows("C", ['<c r="@"><v>1.5</v></c>'])).replace("</", "</x:").replace("<", "<x:")
    path = workbook(client.folder / "a.xlsx", plain.replace("<x:/x:", "</x:"), namespace=STRICT, prefix="x:")
    client.fill(path)
    assert client.rows("in_id, amount") == [("2", 1.5)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "windows-1251"])
def test_sheets_in_other_encodings_say_the_same(client: SqlClient, encoding: str) -> None:
    """Merged cells, too, which are looked for before the sheet is read."""
    merged = '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'
    declared = "UTF-16" if "16" in encoding else encoding
    sheet = f'<?xml version="1.0" encoding="{declared}"?><worksheet><sheetData>{HEADER}' + row(2, text("B2", "да"))
    sheet += f"{row(3, '')}{row(4, text('B4', 'Ёж'))}</sheetData>{merged}</worksheet>"
    content = sheet.encode(encoding)
    if encoding.endswith("e"):
        content = "\ufeff".encode(encoding) + content
    [reported] = client.fill(workbook(client.folder / "a.xlsx", "", parts={SHEET: content}), code=1)
    assert client.rows("in_id, name") == [("2", "да"), ("4", "Ёж")]
    assert "is merged with other cells (B2:B3)" in reported["examples"][0]


def test_sheets_of_charts_are_passed_over(client: SqlClient) -> None:
    sheets = """<workbook xmlns:r="x"><sheets><sheet name="in_Client" r:id="rId9"/><sheet name="Client" r:id="rId1"/>
        </sheets></workbook>"""
    path = workbook(client.folder / "Client.xlsx", HEADER + rows("C", ['<c r="@"><v>1</v></c>']))
    with zipfile.ZipFile(path) as archive:
        relations = archive.read("xl/_rels/workbook.xml.rels")
    chart = b'<Relationship Id="rId9" Type="x/chartsheet" Target="chart.xml"/></Relationships>'
    parts = {
        "xl/workbook.xml": sheets.encode(),
        "xl/_rels/workbook.xml.rels": relations.replace(b"</Relationships>", chart),
    }
    [reported] = client.fill(workbook(path, HEADER + rows("C", ['<c r="@"><v>1</v></c>']), parts=parts))
    assert reported["rows"] == 1


def test_merged_cells_and_values_beyond_the_header_are_reported(client: SqlClient) -> None:
    cells = rows("B", ['<c r="@"><v>1</v></c>', "", "", '<c r="@"><v>4</v></c><c r="F5"><v>9</v></c>'])
    merged = '<mergeCells count="1"><mergeCell ref="B2:B3"/><mergeCell ref="A1:D1"/></mergeCells>'
    path = workbook(client.folder / "a.xlsx", HEADER + cells, after=merged)
    [reported] = client.fill(path, code=1)
    assert client.rows("in_id, name") == [("2", "1"), ("4", None)]
    assert reported["examples"] == [
        "line 3: Name is merged with other cells (B2:B3): give each its own value",
        "line 5: has a value in column F, for which the header has no name",
    ]


def test_a_cell_in_the_last_corner_costs_nothing(client: SqlClient) -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = workbook(client.folder / "a.xlsx", HEADER + rows("C", ['<c r="@"><v>1</v></c>']) + corner)
    [reported] = client.fill(path, code=1)
    assert (reported["rows"], reported["rejected"]) == (1, 1)


ENTITY = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData/></worksheet>'


@pytest.mark.parametrize(
    ("cells", "parts", "reason"),
    [
        ('<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>', {}, "twice or out of order"),
        ('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>', {}, "twice or out of order"),
        ('<row r="3"/><row r="2"/>', {}, "row 2 stands behind row 3"),
        ('<row r="-2"/>', {}, "has the number"),
        ('<row r="2"><c r="A3"><v>1</v></c></row>', {}, "has a cell 'A3'"),
        ('<row r="2"><c r="A1:B2"><v>1</v></c></row>', {}, "has a cell"),
        ('<row r="2"><c r="XFE2"><v>1</v></c></row>', {}, "out of order"),
        ("<row r=", {}, "is damaged"),
        ("", {SHEET: ENTITY}, "declares a document type"),
        ("", {SHEET: b"<chartsheet/>"}, "it begins with chartsheet"),
        ("", {SHEET: None}, "has no part xl/worksheets/sheet1.xml"),
        ("", {SHEET: b"\xff\xff<worksheet>"}, "is damaged"),
        ("", {"xl/workbook.xml": b"<workbook/>"}, "has no sheet of cells"),
        ("", {"_rels/.rels": None}, "is not an Excel workbook"),
        ("", {"xl/sharedStrings.xml": ENTITY}, "declares a document type"),
        ("", {"xl/styles.xml": b"<styleSheet>"}, "is damaged"),
        ("", {"xl/styles.xml": b'<s><cellXfs><xf numFmtId="' + b"9" * 5000 + b'"/></cellXfs></s>'}, "is damaged"),
        ("", {SHEET: b'<?xml version="1.0" encoding="EUC-JP"?><worksheet/>'}, "is damaged"),
        ("", {SHEET: b'<?xml version="1.0" encoding="utf-7"?><worksheet/>'}, "is damaged"),
        ("", {SHEET: b'<?xml version="1.0" encoding="missing"?><worksheet/>'}, "is damaged"),
        ("", {"xl/workbook.xml": b'<?xml version="1.0" encoding="gb2312"?><workbook/>'}, "is damaged"),
        ("", {"xl/sharedStrings.xml": b'<?xml version="1.0" encoding="big5"?><sst/>'}, "is damaged"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_unreadable(
    client: SqlClient, cells: str, parts: dict[str, bytes | None], reason: str
) -> None:
    path = workbook(client.folder / "a.xlsx", HEADER + cells, parts=parts)
    assert reason in client.refused("fill", path)
    assert client.rows("1") == []


def test_archives_of_another_kind_are_named(client: SqlClient) -> None:
    def fill(name: str, content: bytes) -> str:
        return client.refused("fill", "Client", client.write(name, content))

    assert "is encrypted, or an old workbook" in fill("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "is read as .xlsx only" in fill("a.xlsb", b"")
    assert "is read as .xlsx only" in fill("a.XLS", b"")
    assert "is not an Excel workbook" in fill("a.xlsx", b"")
    assert "is not an Excel workbook" in fill("a.xlsm", b"PK\3\4" + bytes(100))
    binary = workbook(
        client.folder / "b.xlsx",
        "",
        parts={"_rels/.rels": b'<R><Relationship Id="1" Type="x/officeDocument" Target="xl/workbook.bin"/></R>'},
    )
    assert "is a binary workbook (.xlsb)" in client.refused("fill", "Client", binary)
    with zipfile.ZipFile(client.folder / "o.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert "is an OpenDocument file" in client.refused("fill", "Client", client.folder / "o.xlsx")


def test_a_stated_size_or_sum_that_is_wrong_is_found_before_the_first_row(client: SqlClient) -> None:
    path = workbook(client.folder / "a.xlsx", HEADER + rows("C", ['<c r="@"><v>1</v></c>'] * 2000))
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    content = path.read_bytes()
    for field, value in ((info.CRC, info.CRC ^ 1), (info.file_size, info.file_size // 2)):
        path.write_bytes(content.replace(field.to_bytes(4, "little"), value.to_bytes(4, "little")))
        assert "is damaged" in client.refused("fill", path)


@pytest.mark.parametrize(
    "part",
    [SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"],
)
def test_a_part_that_unpacks_without_end_is_given_up(client: SqlClient, part: str) -> None:
    filler = b"<!--" + b"x" * 1_000_000 + b"-->"
    root = Path(part).stem.rstrip("1")
    bomb = b"<%b>" % root.encode() + filler * 90 + b"</%b>" % root.encode()
    path = workbook(client.folder / "a.xlsx", HEADER + row(2, ""), parts={part: bomb})
    assert path.stat().st_size < 200_000
    assert "as no table of data is" in client.refused("fill", path)


def test_parts_that_are_large_together_are_given_up(client: SqlClient) -> None:
    """Whether the archive states it or not."""
    part = b"<x>" + b" " * 30_000_000 + b"</x>"
    parts = {"xl/styles.xml": part, "xl/sharedStrings.xml": part, "xl/theme/theme1.xml": part}
    path = workbook(client.folder / "a.xlsx", HEADER + row(2, ""), parts=parts)
    assert "as no table of data is" in client.refused("fill", path)
    content = path.read_bytes()
    path.write_bytes(content.replace(len(part).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    assert "is damaged" in client.refused("fill", path)


def test_texts_that_no_memory_should_hold_are_given_up(client: SqlClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unreadable, "_MOST_HELD_BYTES", 1024 * 1024)
    texts = b"<sst>" + b"".join(b"<si><t>%d</t></si>" % number for number in range(70_000)) + b"</sst>"
    path = workbook(client.folder / "a.xlsx", HEADER + row(2, text("B2", "x")), parts={"xl/sharedStrings.xml": texts})
    assert "unpacked part xl/sharedStrings.xml is over 1 MiB" in client.refused("fill", path)


def test_a_tag_or_text_without_end_is_given_up(client: SqlClient) -> None:
    tag = f'<row r="2" x="{"x" * 5_000_000}"/>'
    assert "has a tag of over" in client.refused("fill", workbook(client.folder / "a.xlsx", HEADER + tag))
    [reported] = client.fill(workbook(client.folder / "a.xlsx", HEADER + row(2, text("B2", "x" * 1_100_000))), code=1)
    assert reported["examples"] == ["line 2: Name has more characters than a cell can hold"]
