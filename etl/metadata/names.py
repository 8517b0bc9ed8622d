"""The one birthplace of every derived name: tables, columns and schemas made from codes.

Functions take codes and give plain names, unquoted, in the case of the codes; PostgreSQL folds them. Their SQL text
comes from etl.quoting.
"""

import hashlib
import re
from datetime import date
from typing import Final

from etl.quoting import MAX_NAME_BYTES, fold

CODE_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9_]*$"
CODE_RULE: Final = "a code begins with a Latin letter and holds only Latin letters, digits and _, at most 63 of them"
OUT_MIGRATION_VERSION: Final = "1"
"""The version of the out_ tables' shape, raised when their DDL changes (vendor's guide, OUT_MIGRATION_VERSION)."""
FILE_STORAGE: Final = "in_fileStorage"
PROCESS_TRACKING: Final = "process_tracking"
PROCESS_EXPECTED: Final = "process_expected"
PROCESS_COMPARE: Final = "process_compare"
# Digits of the SHA-256 of a name that was cut, which keep a company's tables apart.
_DIGEST_DIGITS: Final = 8


def is_code(text: str) -> bool:
    """Whether a text may be the code of a company, a business object or a field."""
    return re.fullmatch(CODE_PATTERN[1:-1], text) is not None and len(text) <= MAX_NAME_BYTES


def in_table(bo: str) -> str:
    return f"in_{bo}"


def in_link_table(bo: str, field: str, member: str | None = None) -> str:
    """Table a partner fills with the links of a BO field, or of one member of a CO field."""
    return f"in_{bo}_{field}_{member}" if member else f"in_{bo}_{field}"


def copy_table(day: date, table: str) -> str:
    """The day's copy of an in_ table: `copy_2024_12_26_in_Client`.

    An in_ table's name of over 47 bytes is shortened to its first 38, `_` and 8 digits of its digest: codes that are
    good for an in_ table are good for its copy.
    """
    room = MAX_NAME_BYTES - len(f"copy_{day:%Y_%m_%d}_")
    if len(table) > room:
        digest = hashlib.sha256(fold(table).encode()).hexdigest()[:_DIGEST_DIGITS]
        table = f"{table[: room - _DIGEST_DIGITS - 1]}_{digest}"
    return f"copy_{day:%Y_%m_%d}_{table}"


def link_columns(bo: str, field: str) -> tuple[str, str]:
    """Names of a link table's (owner, target) columns; a field coded as its object would give one name twice."""
    owner, target = f"{bo}_id", f"{field}_id"
    return (owner, f"{target}_2") if fold(owner) == fold(target) else (owner, target)


def store_schema(company: str) -> str:
    return f"store_{fold(company)}"


def store_table(bo: str) -> str:
    return f"bo_{bo}"


def store_link_table(bo: str, field: str) -> str:
    return f"link_{bo}_{field}"


def out_schema(company: str, code_version: str, environment_version: str) -> str:
    return fold(f"out_{company}_{code_version}_{environment_version}")


def out_views_schema(company: str) -> str:
    return fold(f"out_{company}")


def out_reader_schema(version_schema: str) -> str:
    """Of the views and functions for the readers of one version that confirm what they were given."""
    return f"{version_schema}_reader"


def changes_view(table: str) -> str:
    """The view of what changed in an out_ table; a long name is shortened as that of a copy is."""
    name = f"{table}_changes"
    if len(name) <= MAX_NAME_BYTES:
        return name
    digest = hashlib.sha256(fold(table).encode()).hexdigest()[:_DIGEST_DIGITS]
    return f"{table[: MAX_NAME_BYTES - _DIGEST_DIGITS - len('__changes')]}_{digest}_changes"


def out_table(bo: str) -> str:
    return bo


def out_link_table(bo: str, field: str) -> str:
    return f"_{bo}_{field}_"
