"""The PostgreSQL keywords that cannot stand unquoted as a column or table name.

`select word from pg_get_keywords() where catcode in ('R', 'T')`, the union over PostgreSQL 15 to 18;
tests/integration/ddl/test_keywords.py compares it with a live server.
"""

from typing import Final

_RESERVED = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
    current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc
    distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral
    leading limit localtime localtimestamp not null offset on only or order placing primary references returning
    select session_user some symmetric system_user table then to trailing true union unique user using variadic when
    where window with
"""

_TYPE_OR_FUNCTION = """
    authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like
    natural notnull outer overlaps right similar tablesample verbose
"""

QUOTED_KEYWORDS: Final = frozenset((_RESERVED + _TYPE_OR_FUNCTION).split())
