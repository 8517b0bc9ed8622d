"""An Excel file to fill by hand: one sheet per in_ table, its columns in the first row, an example in the second."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from etl.contract.samples import Samples, Value, in_tables, known_links, table_of
from etl.contract.wording import LANGUAGES, wording
from etl.errors import ConfigurationError
from etl.metadata import Company
from etl.metadata.company import LinkTable
from etl.metadata.field import Field, Label
from etl.metadata.field_types import CHOICE_TYPES, FieldType

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.comments import Comment
    from openpyxl.worksheet.worksheet import Worksheet

MAX_SHEET_NAME: Final = 31
"""Excel takes no longer name of a sheet."""

# Excel takes a list in place up to this length; its commas divide the choices.
_LIST_LENGTH: Final = 255
_ROWS: Final = 10_000
_DAY: Final = "yyyy-mm-dd"
_INSTANT: Final = "yyyy-mm-dd hh:mm:ss"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")
_HEAD, _EXAMPLE = "FFDCE6F1", "FFFFF2CC"


def sheet_names(tables: Sequence[str]) -> dict[str, str]:
    """Table -> name of its sheet: as much of its own as Excel takes, with a number where several would be called so."""
    cut = Counter(table[:MAX_SHEET_NAME].lower() for table in tables)
    return {
        table: table[:MAX_SHEET_NAME]
        if cut[table[:MAX_SHEET_NAME].lower()] == 1
        else f"{table[: MAX_SHEET_NAME - 4]}~{number:03d}"
        for number, table in enumerate(tables, start=1)
    }


def workbook(company: Company) -> bytes:
    """The file; the same metadata always gives the same bytes. Raises ConfigurationError without openpyxl."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise ConfigurationError(
            "the Excel template needs openpyxl: pip install 'etl[files]', or leave it out with --without-excel"
        ) from None
    book = Workbook()
    book.remove(book.worksheets[0])
    samples = Samples(company)
    links = company.in_link_tables()
    titles = sheet_names([*map(table_of, in_tables(company)), *(link.name for link in links)])
    for bo in in_tables(company):
        row = {**samples.row(bo, 1), "removed": False}
        # A file of the storage is no cell, and a cell that names none would wait for it.
        for field in bo.loaded_fields:
            if field.type is FieldType.FILE_UPLOAD:
                row[field.code] = None
        _sheet(book, titles[table_of(bo)], bo.name, row, {field.code: field for field in bo.loaded_fields})
    known = known_links(company)
    for link in links:
        _sheet(book, titles[link.name], link.field.label, _link_row(samples, link, is_known=link in known), {})
    return _settled(book)


def _link_row(samples: Samples, link: LinkTable, *, is_known: bool) -> Mapping[str, Value]:
    ends = samples.link(link, 1, 1) if is_known else {link.owner_column: None, link.target_column: None}
    return {**ends, "removed": False if is_known else None}


def _sheet(book: "Workbook", title: str, label: Label, row: Mapping[str, Value], fields: Mapping[str, Field]) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for number, (column, value) in enumerate(row.items(), start=1):
        field = fields.get(column)
        letter = get_column_letter(number)
        head, example = sheet.cell(1, number, column), sheet.cell(2, number)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor=_HEAD)
        known = "link_removed" if column == "removed" and "in_id" not in row else column
        head.comment = _comment("\n".join(_about(known, field, label if number == 1 else Label())))
        example.fill = PatternFill("solid", fgColor=_EXAMPLE)
        _write(example, value)
        sheet.column_dimensions[letter].number_format = _format(column, field)
        sheet.column_dimensions[letter].width = min(max(len(column), len(str(example.value or "")), 10) + 3, 48)
        example.number_format = _format(column, field)
        _validate(sheet, letter, column, field)
    sheet.cell(2, 1).comment = _comment("\n".join(wording(language)("x_example") for language in LANGUAGES))


def _about(column: str, field: Field | None, table: Label) -> Iterator[str]:
    for language in LANGUAGES:
        t = wording(language)
        if str(table):
            yield t.label(table)
        if column in ("in_id", "removed", "link_removed"):
            yield t(f"x_{column}")
        if field is not None:
            marks = [
                t(mark) for mark, is_set in (("required", field.is_required), ("unique", field.is_unique)) if is_set
            ]
            label = t.label(field.label) or field.code
            yield f"{label}{' (' + ', '.join(marks) + ')' if marks else ''}: {t('v_' + field.type)}".rstrip(":")
            if field.is_date:
                yield t("x_date")
            if field.dictionary:
                yield field.dictionary
            elif field.options and language == LANGUAGES[0]:
                yield ", ".join(option.code for option in field.options)


def _comment(text: str) -> "Comment":
    from openpyxl.comments import Comment

    comment = Comment(text.replace("`", ""), "etl")
    comment.width, comment.height = 360, 24 + 18 * (text.count("\n") + 1 + len(text) // 55)
    return comment


def _write(cell: "Cell", value: Value) -> None:
    if isinstance(value, datetime):
        # A cell has no zone.
        cell.value = value.replace(tzinfo=None) if value.utcoffset() else value.astimezone(UTC).replace(tzinfo=None)
    elif isinstance(value, Decimal):
        cell.value = float(value)
    elif isinstance(value, str):
        cell.value = value
        cell.data_type = "s"  # a text that begins with = is no formula, and one like #N/A no error
        # Nor does it become one when the cell is edited.
        cell.quotePrefix = value.startswith(_FORMULA_MARKS)
    elif isinstance(value, bool):
        cell.value = value


def _format(column: str, field: Field | None) -> str:
    if field is None:
        return "General" if column == "removed" else "@"
    if field.is_date:
        return _INSTANT if field.type in (FieldType.FULL_DATE, FieldType.TIME) else _DAY
    # As text, so that Excel neither drops leading zeros nor makes dates of codes.
    return "General" if field.type in (FieldType.INPUT_NUMBER, FieldType.CHECKBOX) else "@"


def _validate(sheet: "Worksheet", letter: str, column: str, field: Field | None) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = _choices(column, field)
    if not choices:
        return
    validation = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
    validation.errorTitle = column[:32]
    validation.error = " / ".join(wording(language)("x_pick") for language in LANGUAGES)
    validation.showErrorMessage = True
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{_ROWS}")


def _choices(column: str, field: Field | None) -> list[str]:
    if column == "removed" or (field is not None and field.type is FieldType.CHECKBOX):
        return ["TRUE", "FALSE"]
    if field is None or field.type not in CHOICE_TYPES:
        return []
    codes = [option.code for option in field.options]
    is_plain = not any(mark in code for code in codes for mark in ',"')
    return codes if is_plain and len(",".join(codes)) <= _LIST_LENGTH else []


def _settled(book: "Workbook") -> bytes:
    """The file without the time at which it was made, which openpyxl writes into its properties and its archive."""
    made, settled = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
