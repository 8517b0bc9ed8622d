"""The scripts with which a partner compares: ids and hashes of its rows, in the SQL of four database systems. Pure.

Those of other systems than PostgreSQL are written from their manuals; the hash of an example row tells whether one is
right.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from etl.contract.samples import Row, Samples, Value, in_tables, table_of
from etl.contract.terms import Terms
from etl.database import SqlTemplates
from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.quoting import identifier
from etl.sources.in_tables.expected import NO_TEXT, SEPARATOR, Spelling, compared_fields, hash_of_given

_sql = SqlTemplates(__package__)

_VISIBLE: Final = "␟"
"""How the separator is shown."""
_FORMATS: Final = {Spelling.DAY: "%Y-%m-%d", Spelling.MONTH: "%Y-%m", Spelling.YEAR: "%Y"}
_INSTANT: Final = "%Y-%m-%d %H:%M:%S.%f"
_FOUR_DIGITS: Final = Decimal("0.0001")


@dataclass(frozen=True)
class Example:
    """A sample row of a table: its id, the text of its values with a visible separator, and the hash."""

    in_id: str
    text: str
    hash: str


@dataclass(frozen=True)
class _System:
    """A database system: how it quotes a column, writes a value of each spelling (`{}` is the column), and makes the
    hash of these texts."""

    file: str
    quote: Callable[[str], str]
    texts: Mapping[Spelling, str]
    hash: Callable[[list[str]], str]


def compare_scripts(company: Company, terms: Terms) -> dict[str, str]:
    """File -> text; none where partners load no object."""
    samples = Samples(company)
    objects = in_tables(company)
    if not objects:
        return {}
    tables = [(table_of(bo), hash_of_given(bo), example_of(samples, bo)) for bo in objects]
    scripts = {"compare.sql": _sql.text("compare", in_schema=terms.in_schema, tables=tables)}
    for system in _SYSTEMS:
        listed = [(table_of(bo), system.hash(list(_texts(system, bo))), example_of(samples, bo)) for bo in objects]
        scripts[system.file] = _sql.text(system.file.removesuffix(".sql").replace(".", "_"), tables=listed)
    return scripts


def example_of(samples: Samples, bo: BusinessObject) -> Example:
    """Its first sample row."""
    row = samples.row(bo, 1)
    return Example(samples.in_id(bo, 1), _VISIBLE.join(_spelled(bo, row)), hash_of_row(bo, row))


def hash_of_row(bo: BusinessObject, row: Row) -> str:
    """The hash of a row of sample values."""
    return hashlib.md5(chr(SEPARATOR).join(_spelled(bo, row)).encode(), usedforsecurity=False).hexdigest()


def _spelled(bo: BusinessObject, row: Row) -> Iterator[str]:
    return (_written(row[field.code], field, spelling) for field, spelling in compared_fields(bo))


def _written(value: Value, field: Field, spelling: Spelling) -> str:
    match value:
        case None:
            return NO_TEXT
        case bool():
            return str(int(value))
        case Decimal():
            return f"{value.quantize(_FOUR_DIGITS):f}"
        case bytes():
            return value.decode()
        case datetime() if spelling is Spelling.INSTANT:
            return value.astimezone(UTC).strftime(_INSTANT)
        case datetime():
            local = value.astimezone(UTC) + timedelta(minutes=field.in_migration_timezone_minutes or 0)
            return local.strftime(_FORMATS[spelling])
        case _:
            return value


def _texts(system: _System, bo: BusinessObject) -> Iterator[str]:
    return (system.texts[spelling].format(system.quote(field.code)) for field, spelling in compared_fields(bo))


def _is_keyword(code: str) -> bool:
    return identifier(code).startswith('"')


def _joined(texts: list[str], separator: str) -> str:
    return f"{separator}\n        ".join(texts)


def _oracle_hash(texts: list[str]) -> str:
    text = _joined(texts, f" || chr({SEPARATOR}) ||") or "null"
    return f"lower(rawtohex(standard_hash({text}, 'MD5')))"


def _sql_server_hash(texts: list[str]) -> str:
    # `concat` takes null as an empty text; of texts that are all shorter it would cut what is over 4,000 characters.
    text = _joined(texts, f", nchar({SEPARATOR}),") or "N''"
    whole = f"concat(cast(N'' as nvarchar(max)), {text})"
    return (
        "lower(convert(char(32), hashbytes('MD5',\n"
        f"    cast({whole} collate Latin1_General_100_BIN2_UTF8 as varchar(max))), 2))"
    )


def _mysql_hash(texts: list[str]) -> str:
    listed = _joined([f"coalesce({one}, '')" for one in texts] or ["''"], ",")
    return f"md5(convert(concat_ws(char({SEPARATOR} using utf8mb4),\n        {listed}) using utf8mb4))"


_ORACLE: Final = _System(
    "compare.oracle.sql",
    lambda code: f'"{code.upper()}"' if _is_keyword(code) else code,
    {
        Spelling.TEXT: "{}",
        Spelling.NUMBER: "to_char(round({}, 4), 'FM99999999999999999990.0000', 'NLS_NUMERIC_CHARACTERS=''.,''')",
        Spelling.BOOLEAN: "to_char({})",
        Spelling.DAY: "to_char({}, 'YYYY-MM-DD')",
        Spelling.MONTH: "to_char({}, 'YYYY-MM')",
        Spelling.YEAR: "to_char({}, 'YYYY')",
        Spelling.INSTANT: "to_char(sys_extract_utc({}), 'YYYY-MM-DD HH24:MI:SS.FF6')",
    },
    _oracle_hash,
)
_SQL_SERVER: Final = _System(
    "compare.sqlserver.sql",
    lambda code: f"[{code}]",
    {
        Spelling.TEXT: "{}",
        Spelling.NUMBER: "convert(varchar(30), cast({} as decimal(24,4)))",
        Spelling.BOOLEAN: "convert(char(1), {})",
        Spelling.DAY: "convert(char(10), cast({} as date), 23)",
        Spelling.MONTH: "convert(char(7), cast({} as date), 23)",
        Spelling.YEAR: "convert(char(4), cast({} as date), 23)",
        Spelling.INSTANT: "convert(varchar(26), cast(switchoffset({}, '+00:00') as datetime2(6)), 121)",
    },
    _sql_server_hash,
)
_MYSQL: Final = _System(
    "compare.mysql.sql",
    lambda code: f"`{code}`",
    {
        Spelling.TEXT: "{}",
        Spelling.NUMBER: "cast(cast({} as decimal(24,4)) as char)",
        Spelling.BOOLEAN: "cast({} as char)",
        Spelling.DAY: "date_format({}, '%Y-%m-%d')",
        Spelling.MONTH: "date_format({}, '%Y-%m')",
        Spelling.YEAR: "date_format({}, '%Y')",
        Spelling.INSTANT: "date_format({}, '%Y-%m-%d %H:%i:%s.%f')",
    },
    _mysql_hash,
)
_SYSTEMS: Final = (_ORACLE, _SQL_SERVER, _MYSQL)
