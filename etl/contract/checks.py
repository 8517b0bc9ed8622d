"""check.sql: one `select` that shows a partner beforehand what the engine would reject. Pure; no I/O.

What makes a value bad is defined here again, beside etl/merge/rows/value_checks.py and the functions of
etl/store/migrations/0000_create.sql: a partner's role can neither call ours nor make its own. A test compares both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from etl.contract.samples import in_tables, loads_codes, table_of
from etl.contract.terms import Terms
from etl.database import SqlTemplates
from etl.merge.errors.catalogue import CATALOGUE
from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, OnBadValue
from etl.metadata.field_types import CHOICE_TYPES, FieldType
from etl.quoting import identifier, literal

NOTES: Final = {
    "REQUIRED_EMPTY": (
        "{column} is a required field and empty: the row is accepted, but people will have to fill it in",
        "{column} — обязательное поле, оно пусто: строка принимается, но поле придётся заполнить вручную",
    ),
    "DUPLICATE_VALUE": (
        "{column} is a unique field and {value} in several rows: those of new objects become one instance, and the "
        "row with the highest in_id counts; of objects that came earlier the one with the lowest in_id gets the value, "
        "and the others are rejected with UNIQUE_TAKEN",
        "{column} — уникальное поле и содержит {value} в нескольких строках: строки новых объектов сольются в одну "
        "инстанцию, верна строка с наибольшим in_id; из объектов, пришедших раньше, значение получит тот, чей in_id "
        "наименьший, остальные строки будут отклонены с UNIQUE_TAKEN",
    ),
    "DUPLICATE_OUT_ID": (
        "out_id is {value} in several rows: all of them name that one instance, and the row with the highest in_id "
        "counts; rows without in_id that differ are rejected with OUT_ID_TWICE, and one whose in_id belongs to another "
        "instance with IN_ID_TAKEN",
        "out_id содержит {value} в нескольких строках: все они указывают на одну инстанцию, верна строка с "
        "наибольшим in_id; различающиеся строки без in_id будут отклонены с OUT_ID_TWICE, а строка, чей in_id "
        "принадлежит другой инстанции, с IN_ID_TAKEN",
    ),
    "END_NOT_HERE": (
        "{column} is {value}, which is in none of these tables: if it came earlier, all is well; if not, the link "
        "waits for it, and becomes an error (REFERENCE_EXPIRED) when referenceExpiryMinutes have passed",
        "{column} содержит {value}, и в этих таблицах такой записи нет: если она пришла раньше, всё в порядке; если "
        "нет, связь будет её ждать и станет ошибкой (REFERENCE_EXPIRED) через referenceExpiryMinutes",
    ),
    "FILE_NOT_HERE": (
        "{column} names the file {value}, which is not in in_fileStorage or is over maxValueBytes: if it came earlier, "
        "all is well; if not, the field waits for it, and becomes an error (FILE_UNKNOWN) when referenceExpiryMinutes "
        "have passed",
        "{column} указывает на файл {value}, которого нет в in_fileStorage или который больше maxValueBytes: если он "
        "пришёл раньше, всё в порядке; если нет, поле будет его ждать, а через referenceExpiryMinutes будет ошибка "
        "(FILE_UNKNOWN)",
    ),
    "OPTION_NOT_HERE": (
        "{column} is {value}, and the dictionary's table has no row with that code: if it came earlier, all is well; "
        "if not, the value is bad (OPTION_UNKNOWN)",
        "{column} содержит {value}, а в таблице справочника нет строки с таким кодом: если она пришла раньше, всё в "
        "порядке; если нет, это значение неверно (OPTION_UNKNOWN)",
    ),
}
"""Codes that err never has: what is no error to the engine, and seldom meant. Code -> English, Russian."""

_sql = SqlTemplates(__package__, "etl.merge")

_KINDS: Final = {
    FieldType.PERIOD: "period",
    FieldType.PERIOD_TIME: "period",
    FieldType.GEO_POINT: "geo_point",
    FieldType.CHECKLIST: "checklist",
    FieldType.QUESTIONNAIRE: "questionnaire",
    FieldType.PROGRESS_BAR: "progress_bar",
    FieldType.INPUT_TEXT_LANG: "languages",
    FieldType.TEXTAREA_LANG: "languages",
}
_MAX_UNIQUE_BYTES: Final = 2000
# What etl/merge/links/statements.py takes for blank, as a regular expression of PostgreSQL.
_BLANK: Final = r"^[\s\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]*$"


@dataclass(frozen=True)
class CheckedColumn:
    """A column of an in_ table. In SQL, `i` is the row.

    `code` is SQL of the code of its fault, null for a good value; `kind` the shape of its JSON; `codes` the table and
    column where the partner itself keeps the codes of the dictionary; `missing` the condition under which the row
    brings no good value.
    """

    name: str
    raw: str
    severity: str
    code: str = ""
    kind: str = ""
    codes: tuple[str, str] | None = None
    missing: str = ""
    is_file: bool = False
    is_required: bool = False
    is_unique: bool = False
    compared: str = ""


@dataclass(frozen=True)
class CheckedTable:
    """An in_ table of rows; `system` are the columns of which a row of a system object must fill one."""

    name: str
    columns: tuple[CheckedColumn, ...]
    system: tuple[CheckedColumn, ...]
    system_names: str


@dataclass(frozen=True)
class LinkCheck:
    """A link table; `target` is empty where the partner does not load the other end."""

    name: str
    owner_column: str
    owner: str
    target_column: str
    target: str


@dataclass(frozen=True)
class RequiredLink:
    """A required link field: every row of `table` should be the owner in one of the link tables."""

    table: str
    field: str
    owner_column: str
    links: tuple[str, ...]


def check_sql(company: Company, terms: Terms) -> str:
    sentences = [(fault.code, fault.english, fault.russian) for fault in CATALOGUE]
    sentences += [(code, *reported) for code, reported in NOTES.items()]
    tables = [_table(company, bo, terms) for bo in in_tables(company)]
    return (
        _sql.text(
            "check",
            schema=terms.in_schema,
            company=company.code,
            max_value_bytes=terms.max_value_bytes,
            tables=tables,
            structured=any(column.kind for table in tables for column in table.columns),
            links=list(_links(company)),
            required_links=list(_required_links(company)),
            file_storage=names.FILE_STORAGE,
            blank=_BLANK,
            sentences=[tuple(literal(text) for text in sentence) for sentence in sentences],
        ).strip()
        + "\n"
    )


def _table(company: Company, bo: BusinessObject, terms: Terms) -> CheckedTable:
    columns = {field.code: _column(company, field, terms) for field in bo.loaded_fields}
    system = bo.loaded_system_fields
    key = CheckedColumn("in_id", "i.in_id", "error", missing="nullif(i.in_id, '') is null")
    lacking = tuple(columns.get(field.code, key) for field in system)
    return CheckedTable(table_of(bo), tuple(columns.values()), lacking, ", ".join(field.code for field in system))


def _column(company: Company, field: Field, terms: Terms) -> CheckedColumn:
    raw = f"i.{identifier(field.code)}"
    code = _code(field, raw, terms)
    is_text = field.sql_type == "text"
    empty = f"nullif({raw}, '') is null" if is_text and field.is_unique else f"{raw} is null"
    return CheckedColumn(
        name=field.code,
        raw=raw,
        severity="warning" if field.on_bad_value is OnBadValue.SKIP_VALUE else "error",
        code=code,
        kind=_KINDS.get(field.type, ""),
        codes=_codes(company, field),
        missing=f"({empty} or {code} is not null)" if code else f"({empty})",
        is_file=field.type is FieldType.FILE_UPLOAD,
        is_required=field.is_required,
        is_unique=field.is_unique,
        compared=f"lower({raw})" if field.ignores_case else raw,
    )


def _code(field: Field, raw: str, terms: Terms) -> str:
    """SQL of the fault's code for what the value alone shows, but for JSON."""
    if field.type in CHOICE_TYPES and field.dictionary is None:
        words = {option.code for option in field.options} | {option.id for option in field.options if option.id}
        known = ", ".join(literal(word) for word in sorted(words))
        unknown = f"{raw} not in ({known})" if known else "true"
        return f"case when {raw} is not null and {unknown} then 'OPTION_UNKNOWN' end"
    if field.type is FieldType.INPUT_NUMBER:
        return f"case when {raw} = 'NaN' then 'NUMBER_NOT_FINITE' end"
    if field.sql_type == "text":
        unique = f" when octet_length({raw}) > {_MAX_UNIQUE_BYTES} then 'UNIQUE_TOO_LONG'" if field.is_unique else ""
        return f"case when octet_length({raw}) > {terms.max_value_bytes} then 'VALUE_TOO_LONG'{unique} end"
    return ""


def _codes(company: Company, field: Field) -> tuple[str, str] | None:
    if field.type not in CHOICE_TYPES or field.dictionary is None:
        return None
    dictionary = company.object(field.dictionary)
    is_key = dictionary.key_field is not None and dictionary.key_field.code == "code"
    column = "code" if loads_codes(dictionary) else "in_id" if is_key else ""
    return (table_of(dictionary), column) if column else None


def _links(company: Company) -> Iterator[LinkCheck]:
    for link in company.in_link_tables():
        target = table_of(link.member) if link.member.has_in_table else ""
        yield LinkCheck(link.name, link.owner_column, table_of(link.bo), link.target_column, target)


def _required_links(company: Company) -> Iterator[RequiredLink]:
    tables = company.in_link_tables()
    for bo in company.objects:
        for field in bo.loaded_links:
            mine = [link for link in tables if link.bo is bo and link.field is field]
            if field.is_required and mine:
                yield RequiredLink(table_of(bo), field.code, mine[0].owner_column, tuple(link.name for link in mine))
