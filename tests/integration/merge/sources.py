"""Units of work of a source that stages its links, such as records of Kafka, beside the runs of the in_ tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy

from etl.database import Connection, transaction
from etl.engine.runtime import Runtime
from etl.merge import MergeContext, Source
from etl.merge.links import any_member_table, create_staged_links, lock_links, merge_links, settle_members
from etl.merge.source import Matching
from etl.runs import Chunk, Counters, add_counters
from etl.store import new_ids
from tests.fix_company import STORE, Row, Site

RECORDS = Source("records", Matching.REJECT, gives_some=True, is_ordered=True)

_IN = "needLoadFromInTables: true"
_UNIQUE = f"isUnique: true, {_IN}"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Email, type: INPUT_EMAIL, {_UNIQUE}}}
  - {{code: Number, type: INPUT_NUMBER, {_UNIQUE}}}
  - {{code: Seen, type: FULL_DATE, {_UNIQUE}}}
  - {{code: Chosen, type: CHECKBOX, {_UNIQUE}}}
  - {{code: Kind, type: DROPDOWN_SINGLE, options: [{{code: new}}, {{code: old, id: WbX5Wa8gcabbVbF1}}], {_UNIQUE}}}
  - {{code: Level, type: RADIO_BUTTON_GROUP, dictionary: Level, {_UNIQUE}}}
  - {{code: Phone, type: INPUT_PHONE, {_UNIQUE}}}
""",
    "Level": f"""
code: Level
category: DICTIONARY
orderIndex: 9
fields:
  - {{code: code, type: INPUT_TEXT, {_UNIQUE}}}
""",
    "Firm": f"""
code: Firm
orderIndex: 2
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Email, type: INPUT_EMAIL, {_UNIQUE}}}
  - {{code: Number, type: INPUT_TEXT, {_UNIQUE}}}
""",
    "Party": """
code: Party
category: CO
bos: [Client, Firm]
""",
    "Claim": f"""
code: Claim
orderIndex: 3
fields:
  - {{code: Title, type: INPUT_TEXT, {_IN}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_IN}}}
  - {{code: Watcher, type: BO, bo: Client, {_IN}}}
  - {{code: Team, type: BO, bo: Client, linkMode: replace, {_IN}}}
  - {{code: Party, type: CO, co: Party, {_IN}}}
  - {{code: Parties, type: CO, co: Party, linkMode: replace, {_IN}}}
  - {{code: Lead, type: CO, co: Party, viewType: SINGLE, {_IN}}}
  - {{code: Quiet, type: BO, bo: Client}}
""",
}


@dataclass
class Unit:
    """A unit of work in its transaction. `statuses` and `faults` are of all rows that it has staged so far."""

    connection: Connection
    runtime: Runtime
    context: MergeContext
    statuses: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    counters: Counters = field(default_factory=dict)
    rows: int = 0

    def look(self, query: str, **values: object) -> list[Row]:
        """The rows of a statement in the unit's transaction."""
        result = self.connection.execute(sqlalchemy.text(query), values)
        return [dict(row._mapping) for row in result] if result.returns_rows else []

    def instance(self, bo: str, in_id: str | None = None, **columns: object) -> str:
        """Creates an instance as the merge of rows does; returns its id."""
        [row] = self.look(f"select to_hex(1048575 + count(*)) as n from {STORE}.bo_{bo}")
        instance = new_ids() + str(row["n"])
        given = {"_id": instance, "_in_id": in_id, **columns}
        names, values = ", ".join(given), ", ".join(f":{name.lstrip('_')}" for name in given)
        self.look(
            f"insert into {STORE}.bo_{bo} ({names}, _created_at, _modified_at) values ({values}, now(), now())",
            **{name.lstrip("_"): value for name, value in given.items()},
        )
        self._journal(bo, instance, "created", None)
        return instance

    def change(self, bo: str, instance: str, column: str, value: object) -> None:
        """Gives a field another value."""
        self.look(f"update {STORE}.bo_{bo} set {column} = :value where _id = :id", value=value, id=instance)
        self._journal(bo, instance, "changed", column)

    def remove(self, bo: str, instance: str) -> None:
        """Removes an instance."""
        self.look(f"update {STORE}.bo_{bo} set _state = 'REMOVED' where _id = :id", id=instance)
        self._journal(bo, instance, "removed", "_state")

    def _journal(self, bo: str, instance: str, change: str, column: str | None) -> None:
        self.look(
            f"insert into {STORE}.journal (run, bo, instance, change, before) values "
            "(:run, :bo, :instance, :change, case when cast(:column as text) is not null "
            "then jsonb_build_object(cast(:column as text), null) end)",
            run=self.context.run,
            bo=bo,
            instance=instance,
            change=change,
            column=column,
        )

    def links(self, name: str, *rows: Row, serves: bool = True) -> "Unit":
        """Stages and merges links of a field of Claim; `to` in a row is the member, if it is known.

        Without `serves` as a chunk that is not the first of its table: it does not look up what waits."""
        links = [link for link in self.runtime.company.link_tables() if link.field.code == name]
        tables = {link.member.code: link.name for link in links}
        tables[""] = any_member_table(links[0]) if len(links) > 1 else links[0].name
        lock_links(self.connection, links, self.context)
        create_staged_links(self.connection, dict.fromkeys(tables.values()))
        number = dict.fromkeys(tables.values(), 0)
        for row in rows:
            self.rows += 1
            given = {"id": self.rows} | row
            table = tables[str(given.pop("to", ""))]
            number[table] += 1
            values = ", ".join(f":{column}" for column in given)
            self.look(f"insert into pg_temp.{table} ({', '.join(given)}) values ({values})", **given)
        if len(links) > 1:
            add_counters(self.counters, settle_members(self.connection, links, self.context))
        for link in links:
            [staged] = self.look(f"select count(*) as n from pg_temp.{link.name}")
            chunk = Chunk(rows=staged["n"], first=None if serves else 0)
            add_counters(self.counters, merge_links(self.connection, link, chunk, self.context))
        self.statuses |= {row["id"]: row["in_status"] for row in self.look("select * from pg_temp.mark")}
        errors = self.look("select code, column_name, value from pg_temp.err order by row_id, code")
        self.faults += [(row["code"], row["column_name"], row["value"]) for row in errors]
        self.look(f"drop table pg_temp.mark, pg_temp.err, {', '.join(f'pg_temp.{table}' for table in number)}")
        return self


@dataclass
class Records:
    """A site whose store is prepared, and units of a source on it."""

    site: Site
    runtime: Runtime

    @contextmanager
    def unit(self, **changed: object) -> Iterator[Unit]:
        """A unit of work in a transaction of its own, with a connection of its own; committed at the end."""
        with transaction(self.runtime.store_engine) as connection:
            number = self.runtime.store.next_number(connection)
        with transaction(self.runtime.store_engine) as connection:
            started = connection.execute(sqlalchemy.text("select clock_timestamp()")).scalar_one()
            given: dict[str, object] = {
                "in_schema": "pg_temp",
                "store_schema": STORE,
                "run": number,
                "started_at": started,
                "keep_on_null": False,
                "max_value_bytes": 1000,
                "max_row_bytes": 10_000,
                "reference_expiry_minutes": 10,
                "chunk_rows": 1000,
                "undivided_rows": 1000,
                "workers": 1,
                "source": RECORDS,
            }
            yield Unit(connection, self.runtime, MergeContext(**(given | changed)))  # type: ignore[arg-type]

    def links(self, name: str) -> set[tuple[str, str]]:
        """(in_id of the claim, in_id of the target) of the links of a field of Claim."""
        targets = " union all ".join(f"select _id, _in_id from {STORE}.bo_{bo}" for bo in ("Client", "Firm"))
        rows = self.site.look(
            f"select o._in_id as owner, t._in_id as target from {STORE}.link_Claim_{name} l "
            f"join {STORE}.bo_Claim o on o._id = l._owner join ({targets}) t on t._id = l._target"
        )
        return {(row["owner"], row["target"]) for row in rows}

    def waiting(self) -> list[tuple[str, str, str, str, str]]:
        """(field, member, external id of the owner, field of the target, its value) of what waits."""
        rows = self.site.look(
            "select field, target_bo, coalesce(nullif(owner_in_id, ''), g._in_id) as claim, target_field, target_value "
            f"from {STORE}.boi_reference r left join {STORE}.bo_Claim g on g._id = r.owner order by 1, 2, 3, 4, 5"
        )
        return [tuple(row.values()) for row in rows]
