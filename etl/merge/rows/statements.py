"""The merge of one chunk of an in_ table: the variables and values of all its statements."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from etl.database import Connection, SqlTemplates, execute, fetch_all
from etl.merge.context import MergeContext
from etl.merge.errors.catalogue import sentences
from etl.merge.rows.field_values import FieldValue, field_values
from etl.merge.rows.keeping.ownership import rank_sql, ranks_of, source_sql
from etl.merge.rows.value_policy import ValuePolicy
from etl.metadata import names
from etl.metadata.business_object import BusinessObject
from etl.metadata.instance_state import STATE
from etl.quoting import fold, identifier
from etl.runs import Chunk
from etl.store import Pins, sources_lock

_sql = SqlTemplates(
    __package__,
    "etl.merge.rows.conflicts",
    "etl.merge.rows.folding",
    "etl.merge.rows.keeping",
    "etl.merge",
    "etl.store",
)


# Limit of the before-image in one row of the journal: jsonb ends at 256 MB. New rows are smaller (maxRowBytes).
_MAX_IMAGE_BYTES = 200_000_000


# Sources with staged tables have one lock for the ids that they create: their units are small, and some have no fence.
_STAGED = "staged"


@dataclass(frozen=True)
class Merge:
    """The connection, the columns to write, the variables of the templates, the bind values."""

    connection: Connection
    context: MergeContext
    fields: tuple[FieldValue, ...]
    variables: dict[str, object]
    values: dict[str, object]

    @property
    def unique(self) -> list[FieldValue]:
        return [field for field in self.fields if field.is_unique]

    def run(self, statement: str) -> int:
        """Runs a statement of this package and returns how many rows it wrote."""
        return execute(self.connection, _sql(statement, **self.variables), self.values)

    def ask(self, statement: str) -> list[Row[Any]]:
        """Runs a statement of this package and returns its rows."""
        return fetch_all(self.connection, _sql(statement, **self.variables), self.values)


def merge_of(connection: Connection, business_object: BusinessObject, chunk: Chunk, context: MergeContext) -> Merge:
    """The merge, which keeps to pins and to the order of sources; pins are asked for in its transaction."""
    if context.source.is_pin:
        return merge_without_pins(connection, business_object, chunk, context)
    pinned = Pins(context.store_schema).fields(connection, business_object.code)
    policy = replace(value_policy(context), pinned=pinned, family=context.source.family)
    return _merge(connection, business_object, chunk, context, policy)


def merge_without_pins(
    connection: Connection, business_object: BusinessObject, chunk: Chunk, context: MergeContext
) -> Merge:
    """The same without both: of a pin itself, and for statements that only ask what rows may touch."""
    return _merge(connection, business_object, chunk, context, value_policy(context))


def _merge(
    connection: Connection,
    business_object: BusinessObject,
    chunk: Chunk,
    context: MergeContext,
    policy: ValuePolicy,
) -> Merge:
    fields = field_values(business_object, policy)
    return Merge(
        connection,
        context,
        fields,
        template_variables(business_object, fields, chunk, context),
        _values(business_object, fields, chunk, context),
    )


def value_policy(context: MergeContext) -> ValuePolicy:
    """The rules for values, as the run and the source of its rows have them."""
    source = context.source
    return ValuePolicy(
        context.store_schema, context.keep_on_null, source.gives_some, source.is_staged, source.always_given
    )


def template_variables(
    business_object: BusinessObject, fields: tuple[FieldValue, ...], chunk: Chunk, context: MergeContext
) -> dict[str, object]:
    """What the statements of a chunk are rendered with; no values."""
    return context.variables | {
        "in_table": names.in_table(business_object.code),
        "golden": names.store_table(business_object.code),
        "fields": fields,
        "lookups": [field.lookup for field in fields if field.lookup],
        "tested": [field for field in fields if field.is_bad],
        "rejecting": [field for field in fields if field.is_bad and not field.skips_bad_value],
        "skipping": [field for field in fields if field.skips_bad_value],
        "chunk": chunk,
        "waiting": [field for field in fields if field.is_missing_file],
        "unique": [field for field in fields if field.is_unique],
        "system": [field for field in fields if field.is_system],
        "folding": [field for field in fields if field.sets_value],
        "held": [field for field in fields if field.holding],
        "ending": [field for field in fields if field.holding and field.holding.is_ended],
        "owned": [field for field in fields if field.ownership],
        **_time(business_object, fields),
        "ranked": [field for field in fields if field.ownership and field.ownership.varies],
        "rank_sql": rank_sql,
        "source_sql": source_sql(context.source.family),
        "long": [identifier(field.code) for field in business_object.loaded_fields if field.sql_type == "text"],
        "exact": False,
        "has_remaining": False,
        "keep_on_null": context.keep_on_null,
        "matching": context.source.matching.name,
        "is_ordered": context.source.is_ordered,
        "is_staged": context.source.is_staged,
        "creates_ids": context.source.creates_ids,
        # See staged_ways.
        "one_by_one": False,
        "has_out_ids": True,
        "has_aliases": True,
    }


def _time(business_object: BusinessObject, fields: tuple[FieldValue, ...]) -> dict[str, object]:
    """The column that says of when the values of a row are, where that counts, else ""; its code; and where _bad says
    of it."""
    time = business_object.time_field
    if time is None or not any(field.ownership and field.ownership.is_late for field in fields):
        return {"time": "", "time_code": "", "time_bad_at": 0}
    [bad_at] = [field.bad_at for field in fields if field.field == time.code]
    return {"time": fold(time.code), "time_code": time.code, "time_bad_at": bad_at}


def _values(
    business_object: BusinessObject, fields: tuple[FieldValue, ...], chunk: Chunk, context: MergeContext
) -> dict[str, object]:
    options = {f"options_{f.lookup.alias}": f.lookup.options for f in fields if f.lookup and f.lookup.options}
    return options | {
        "run": context.run,
        "bo": business_object.code,
        "source": context.source.name,
        "sources": sources_lock(context.store_schema),
        "ids_of": f"etl ids {context.store_schema}.{names.store_table(business_object.code)} ",
        "staged_sources": _STAGED,
        "created_by": _STAGED if context.source.is_staged else context.source.name,
        "in_table": names.in_table(business_object.code),
        "started_at": context.started_at,
        "first": chunk.first,
        "after": chunk.after,
        "max_value_bytes": context.max_value_bytes,
        "max_row_bytes": context.max_row_bytes,
        "max_image_bytes": _MAX_IMAGE_BYTES,
        "latest_time": context.started_at + timedelta(seconds=business_object.source_time_ahead_seconds),
        "family": context.source.family,
        "ranks": json.dumps(
            {fold(one.code): ranks_of(business_object.sources_of(one)) for one in business_object.loaded_fields}
            | ({STATE: ranks_of(())} if business_object.time_field else {})
        ),
        "system_fields": ", ".join(field.code for field in business_object.loaded_system_fields),
        "sentences": sentences(),
    }
