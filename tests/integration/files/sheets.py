"""Workbooks made part by part, as no library would write them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

DAY, MOMENT, CLOCK, DURATION = 1, 2, 3, 4
"""The styles of `workbook`: numbers of cells."""

_STYLES = (
    '<styleSheet xmlns="{0}"><numFmts><numFmt numFmtId="200" formatCode="[$-419]dd\\.mm\\.yyyy;@"/>'
    '<numFmt numFmtId="201" formatCode="[h]:mm:ss"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="201"/>'
    "</cellXfs></styleSheet>"
)


def workbook(
    path: Path,
    rows: str,
    *,
    texts: Sequence[str] = (),
    name: str = "in_Client",
    namespace: str = MAIN,
    prefix: str = "",
    properties: str = "",
    after: str = "",
    dimension: str = "",
    parts: Mapping[str, bytes | None] | None = None,
) -> Path:
    """A workbook of one sheet. `rows`: the XML within `sheetData`; `texts`: that of each `si`; `parts` come last, or go
    away where they are None.
    """
    root = f'xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{namespace}"'
    p = prefix
    made: dict[str, bytes | None] = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": _relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{namespace}" xmlns:q="{_KINDS}">{properties}<sheets>'
            f'<sheet name="{name}" sheetId="1" q:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": _relations(
            ("rId1", "worksheet", "/xl/worksheets/sheet1.xml"),
            ("rId2", "styles", "styles.xml"),
            ("rId3", "sharedStrings", "sharedStrings.xml"),
        ),
        "xl/styles.xml": _STYLES.format(namespace).encode(),
        "xl/sharedStrings.xml": (
            f'<sst xmlns="{namespace}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'
        ).encode(),
        "xl/worksheets/sheet1.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><{p}worksheet {root}>{dimension}<{p}sheetData>{rows}'
            f"</{p}sheetData>{after}</{p}worksheet>"
        ).encode(),
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in made.items():
            if content is not None:
                archive.writestr(part, content)
    return path


def header(*names: str, line: int = 1) -> str:
    """A row of names."""
    cells = "".join(
        f'<c r="{"ABCDEFGH"[at]}{line}" t="inlineStr"><is><t>{one}</t></is></c>' for at, one in enumerate(names)
    )
    return f'<row r="{line}">{cells}</row>'


def text(address: str, value: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'


def _relations(*relations: tuple[str, str, str]) -> bytes:
    found = "".join(
        f'<Relationship Id="{key}" Type="{_KINDS}/{kind}" Target="{target}"/>' for key, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}">{found}</Relationships>'.encode()
