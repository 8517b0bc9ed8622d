"""The page of the tables and views: as they are in the databases of a sample company that has done a run."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import sqlalchemy
import yaml

from etl import ddl
from etl.database import SqlTemplates, fetch_all, transaction
from etl.engine import Runtime, open_database, run_once
from etl.web.identity.store import WebStore
from scripts.reference.markdown import NOTE, cell, code, table

_sql = SqlTemplates(__package__)

COMPANY: Final = "demo"
_FLAGS: Final = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS: Final = {
    "Object": f"""
code: Object
fields:
  - {{code: Value, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Field, type: BO, bo: Object, {_FLAGS}}}
"""
}
"""The sample company: one object with a value and a link."""

# Name in the sample -> as the page has it. The first two letters say of which schema a table is.
_RELATIONS: Final = {
    "in_object": "in_<object>",
    "in_object_field": "in_<object>_<field>",
    "bo_object": "bo_<object>",
    "link_object_field": "link_<object>_<field>",
    "object": "<object>",
    "_object_field_": "_<object>_<field>_",
}
_COLUMNS: Final = {"value": "<field>", "object_id": "<object>_id", "field_id": "<field>_id"}
_SENTENCES: Final = {
    "in_<object>": "Rows of a business object, as the partner hands them over; one table for each object.",
    "in_<object>_<field>": "Links of a field, as the partner hands them over; of a CO field one table for each member.",
    "in_filestorage": "Files that FILE_UPLOAD fields of rows name (`in_fileStorage`).",
    "process_tracking": "The marker of the handshake: its newest row says what the partner and the run do.",
    "process_compare": "What the partner has, to be compared with the store: ids and hashes.",
    "process_expected": "What the partner says of the next hand-over: control totals, which tables are full sets, and "
    "which are to be compared.",
    "bo_<object>": "The instances of a business object.",
    "link_<object>_<field>": "The links of a field, BO and CO alike.",
    "<object>": "The instances of a business object, for readers; in `out_<company>` a view of the current version. "
    "With `mark` of removedInOut and its like the last column is `system_state`.",
    "_<object>_<field>_": "The links of a field, for readers; of a CO field `<field>_bo` names the target's object.",
    "boi_reference": "Links that wait for an end.",
    "copy_table_info": "The day's copies of `in_` tables.",
    "errors": "Unexpected errors: what the server refused, and records that were lost.",
    "from_kafka_to_mongo_tracking": "What became of the rows of each run and the records of each batch.",
    "log": "Expected errors: rows and records that are not as they should be.",
    "timings": "How long the tasks of each run took, by kind and table; empty with `trackTimings=false`.",
    "web_action_key": "Keys of actions: an action that is sent again with its key is not done again.",
    "web_audit": "What was asked for in the console, written before it is done; rows are only added.",
    "web_audit_outcome": "How each action ended; one without a row has not ended, or its process was killed.",
    "web_proxy_user": "Users whom a proxy names.",
    "web_role": "The role of each user in each company.",
    "web_session": "Sign-ins that have not ended.",
    "web_token": "Tokens by which programs sign in.",
    "web_user": "Users with passwords.",
}
"""Of tables that have no comment in the database."""

_TEXT: Final = """\
The tables and views of a company, as a run makes them; `<object>` and `<field>` stand for codes of the metadata, in
lower case. Tables of the partner are made by `etl generate-ddl`. Only these are written by others: the partner's
tables and `process_tracking`. All others belong to etl: read them, and write none. Not listed are copies of `in_`
tables (`copy_<date>_…`), which are as these, and tables that exist only during an upgrade.

A type is followed by "or null" where the column may be empty; of views that is not known. [store.md](../store.md) and
[monitoring.md](../monitoring.md#information-tables) say more.
"""


@dataclass(frozen=True)
class Part:
    """A chapter: the tables of schemas whose names match a pattern, in one of the databases."""

    title: str
    text: str
    pattern: str
    leaves_out: str = "(?!)"


_PARTS: Final = {
    "import": Part("Import", "Schema `in_tables`, or what `schemaName` says.", "^in_tables$", "copy_[0-9].*"),
    "store": Part(
        "Golden store", "Schema `store_<company>`; also `etl_schema` and `etl_step`, as above.", "^store_", "etl_.*"
    ),
    "out": Part("Out", "Schema `out_<company>_<code version>_<environment version>`.", "^out_.*_1_1$"),
    "mirror": Part(
        "Mirror", "In the database of the out_ tables, where that is another one.", "^store_", "(?!mirror$).*"
    ),
    "information": Part("Information tables", "Views in the schema `in_migration`.", "^in_migration$"),
    "web": Part("Console", "Schema `etl_web`; also `etl_schema` and `etl_step`, as above.", "^etl_web$", "etl_.*"),
}


def make_all(runtime: Runtime) -> None:
    """Makes the tables of a sample company, by a run and by the console's own means."""
    schemas = {
        "in_schema": runtime.in_schema,
        "store_schema": runtime.store.schema,
        "out_schema": runtime.out_version.schema,
    }
    with transaction(runtime.engine) as connection:
        ddl.bring_up(connection, runtime.company, "in", **schemas)
    run_once(runtime)
    console = WebStore(lambda: open_database(runtime.settings.store_database, "reference"))
    with console.writing():
        pass
    console.close()


def tables(runtime: Runtime) -> str:
    """The page. Raises ValueError for a column without meaning, and for a meaning without column."""
    page = _Page(yaml.safe_load((Path(__file__).parent / "columns.yaml").read_text(encoding="utf-8")))
    found = {
        "import": _relations(runtime.engine, _PARTS["import"]),
        "store": _relations(runtime.store_engine, _PARTS["store"]),
        "out": _relations(runtime.out_engine, _PARTS["out"]),
        "mirror": _relations(runtime.out_engine, _PARTS["mirror"]),
        "information": [
            *_relations(runtime.store_engine, _PARTS["information"]),
            *_relations(runtime.engine, _PARTS["information"]),
        ],
        "web": _relations(runtime.store_engine, _PARTS["web"]),
    }
    lines = ["# Tables and views", "", NOTE, _TEXT]
    for name, relations in found.items():
        lines += [f"## {_PARTS[name].title}", "", _PARTS[name].text, ""]
        for relation, columns in relations:
            lines += page.relation(relation, columns)
    page.refuse_unused()
    return "\n".join(lines)


def _relations(engine: sqlalchemy.Engine, part: Part) -> list[tuple[str, list[Any]]]:
    with transaction(engine) as connection:
        rows = fetch_all(connection, _sql("columns"), {"schemas": part.pattern})
    kept = [row for row in rows if not re.fullmatch(part.leaves_out, row.relation)]
    return [(name, list(group)) for name, group in groupby(kept, key=lambda row: row.relation)]


class _Page:
    """Finds the meaning of each column, and notes which meanings were found."""

    def __init__(self, meanings: Mapping[str, Mapping[str, str]]) -> None:
        self._meanings = meanings
        self._used: set[tuple[str, str]] = set()

    def relation(self, name: str, columns: Iterable[Any]) -> Iterator[str]:
        """The lines of one table or view."""
        rows = list(columns)
        shown = _RELATIONS.get(name, name)
        sentence = re.sub(r" \(definition \w+\)", "", rows[0].sentence).rstrip(".") + "."
        yield from (f"### `{shown}`", "", sentence if rows[0].sentence else _SENTENCES[shown], "")
        names = _COLUMNS if name in _RELATIONS else {}
        cells = []
        for row in rows:
            column = names.get(row.name, row.name)
            cells.append((code(column), self._type(row), cell(self._meaning(shown, column, row.meaning))))
        yield from table(("column", "type", "meaning"), cells)
        yield ""

    def _type(self, row: Any) -> str:
        return code(row.type) + ("" if row.is_view or row.is_required else " or null")

    def _meaning(self, relation: str, column: str, comment: str) -> str:
        if comment:
            return comment.rstrip(".")
        for owner in (relation, "any"):
            if column in self._meanings.get(owner, {}):
                self._used.add((owner, column))
                return self._meanings[owner][column]
        raise ValueError(f"{relation}.{column} has no meaning: write one into scripts/reference/columns.yaml")

    def refuse_unused(self) -> None:
        known = {(owner, name) for owner, names in self._meanings.items() for name in names}
        if unused := known - self._used:
            raise ValueError(f"no column has these meanings of scripts/reference/columns.yaml: {sorted(unused)}")
