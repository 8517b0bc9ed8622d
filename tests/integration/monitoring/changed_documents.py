"""A company with every rule that documents know, and what its partner, readers and consumers do day by day.

What they do is the same whatever the documents say; what comes of it is compared with a company whose documents have
not changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from etl import ddl
from etl.database import transaction
from etl.engine import build_version, run_once, switch_version
from etl.errors import EtlError
from etl.sources.kafka.rules import RecordRules
from tests.fix_company import CODE, OUT, STORE, Row, Site
from tests.integration.kafka_out.output import Output, Record, links, unlinks, values
from tests.integration.kafka_records.topic import Topic, record

FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
NAMED = f"fields:\n  - {{code: Name, type: INPUT_TEXT, {FLAGS}}}\n"
DOCUMENTS: dict[str, str] = {
    "City": f"""
code: City
category: DICTIONARY
orderIndex: 1
fields:
  - {{code: code, type: INPUT_TEXT, isUnique: true, {FLAGS}}}
""",
    "Town": f"""
code: Town
category: DICTIONARY
orderIndex: 2
fields:
  - {{code: code, type: INPUT_TEXT, isUnique: true, {FLAGS}}}
""",
    "Client": f"""
code: Client
orderIndex: 3
fields:
  - {{code: Iin, type: INPUT_TEXT, useAsKeyInMigration: true, {FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {FLAGS}}}
  - {{code: Phone, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Amount, type: INPUT_NUMBER, {FLAGS}}}
  - {{code: Active, type: CHECKBOX, {FLAGS}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: 360, {FLAGS}}}
  - {{code: Seen, type: FULL_DATE, {FLAGS}}}
  - {{code: Size, type: DROPDOWN_SINGLE, options: [{{code: S, id: "1"}}, {{code: M, id: "2"}}, L], {FLAGS}}}
  - {{code: Shape, type: RADIO_BUTTON_GROUP, options: [round], onBadValue: skip_value, {FLAGS}}}
  - {{code: Home, type: DROPDOWN_SINGLE, dictionary: City, {FLAGS}}}
  - {{code: Note, type: TEXTAREA, isRequired: true, needLoadFromInTables: true}}
  - {{code: Rank, type: INPUT_TEXT, needUploadToOutTable: true}}
nativeFields:
  - {{code: OPEN_COUNT, needUploadToOutTable: true}}
""",
    "Firm": f"code: Firm\norderIndex: 4\n{NAMED}",
    "Shop": f"code: Shop\norderIndex: 5\n{NAMED}",
    "Party": """
code: Party
category: CO
bos: [Client, Firm]
fields:
  - {code: Name, type: INPUT_TEXT, boFieldCodes: [{boCode: Client, fieldCode: Name}]}
""",
    "Claim": f"""
code: Claim
orderIndex: 6
fields:
  - {{code: Title, type: INPUT_TEXT, {FLAGS}}}
  - {{code: Payer, type: BO, bo: Client, viewType: SINGLE, {FLAGS}}}
  - {{code: Watchers, type: BO, bo: Client, {FLAGS}}}
  - {{code: Team, type: BO, bo: Firm, linkMode: replace, {FLAGS}}}
  - {{code: Sides, type: CO, co: Party, {FLAGS}}}
""",
}


@dataclass(frozen=True)
class Day:
    """What comes in a day: records, each a batch of its own, and then rows, with a hand-over."""

    name: str
    rows: tuple[tuple[str, Row], ...]
    records: tuple[Record, ...]


AHEAD = datetime.now(UTC) + timedelta(days=1)
"""A time that a partner's clock may not be ahead by, unless the documents allow it."""
CLIENT: Row = {
    "in_id": "a", "name": "Ann", "email": "a@x.kz", "phone": "1", "amount": 1, "active": True,
    "born": "2000-01-01 00:00", "seen": "2026-01-05 12:00", "size": "S", "shape": "round", "home": "ALA", "note": "n",
}  # fmt: skip


def client(in_id: str, **values: object) -> tuple[str, Row]:
    return "in_Client", {**CLIENT, "in_id": in_id, "email": f"{in_id}@x.kz", "phone": f"+{in_id}", **values}


def claim(in_id: str) -> tuple[str, Row]:
    return "in_Claim", {"in_id": in_id, "title": f"claim {in_id}"}


def link(field: str, owner: str, target: str) -> tuple[str, Row]:
    name = field.partition("_")[0]
    return f"in_Claim_{field}", {"claim_id": owner, f"{name}_id": target}


FIRST = Day(
    "first",
    (
        *(("in_City", {"in_id": code, "code": code}) for code in ("ALA", "AST")),
        ("in_Town", {"in_id": "t", "code": "ALA"}),
        *(client(one) for one in ("a", "b", "c")),
        client("t", seen=None),
        *(("in_Firm", {"in_id": one, "name": one}) for one in ("f", "g")),
        ("in_Shop", {"in_id": "s", "name": "s"}),
        *(claim(one) for one in ("1", "2")),
        *(link(field, "1", "a") for field in ("Payer", "Watchers", "Sides_Client")),
        *(link(field, "1", "f") for field in ("Team", "Sides_Firm")),
    ),
    (record("Client", "a", Rank="first"),),
)
"""Yesterday."""
USUAL = Day(
    "usual",
    (
        ("in_City", {"in_id": "SHY", "code": "SHY"}),
        client("a", name="Anna", amount="7.5", size="M", home="AST", born="2001-01-01 00:00", note="m"),
        client("d", name="Dan", size="M", seen="2026-01-06 12:00"),
        ("in_Firm", {"in_id": "h", "name": "h"}),
        ("in_Shop", {"in_id": "s", "name": "other"}),
        claim("3"),
        *(link(field, "3", "d") for field in ("Payer", "Watchers", "Sides_Client")),
        *(link(field, "3", "h") for field in ("Team", "Sides_Firm")),
    ),
    (record("Client", "b", Phone="+b", Rank="second"),),
)
"""Today: rows that every contract allows in which the columns are."""
RARE = Day(
    "rare",
    (
        client("e", phone="+a", name="Eve"),
        client("f", email="B@x.kz", name="Flo"),
        client("g", size="XL"),
        client("h", shape="oval", size="l"),
        ("in_Client", {"in_id": "c", "name": "Cem", "note": None}),
        client("t", name="Tia", seen=None),
        client("u", seen=AHEAD),
        client("w", phone="+T"),
        client("x", shape="oval"),
        client("y", size="2"),
        client("v", born="2000-01-01 18:30"),  # the next day from 330 minutes east of Greenwich on
        client("i", seen="2026-01-01 12:00", home="OSS"),
        client("a", name="Old Ann", seen="2026-01-02 12:00", size="L", phone="+a"),
        *(link(field, "1", "b") for field in ("Payer", "Watchers", "Sides_Client")),
        *(link(field, "1", "g") for field in ("Team", "Sides_Firm")),
    ),
    (
        record("Client", "d", Phone="by record", Born="2002-02-02T04:05:00", Size="1"),
        record("Client", "t", Name="by record"),
        record("Client", "a", Phone="by record"),
        record("Shop", "s", Name="by record"),
    ),
)
"""And rows at whose rules documents differ."""

Seen = dict[str, Any]
"""What a party meets: name of a statement, a table or a column -> what came of it."""


OUT_COLUMNS: dict[str, tuple[str, ...]] = {
    "city": ("system_id", "code"),
    "town": ("system_id", "code"),
    "client": (
        *("system_id", "iin", "name", "email", "phone", "amount", "active", "born", "seen", "size", "shape", "home"),
        *("rank", "open_count"),
    ),
    "firm": ("system_id", "name"),
    "shop": ("system_id", "name"),
    "claim": ("system_id", "title"),
    "_claim_payer_": ("claim_id", "payer_id"),
    "_claim_watchers_": ("claim_id", "watchers_id"),
    "_claim_team_": ("claim_id", "team_id"),
    "_claim_sides_": ("claim_id", "sides_id", "sides_bo"),
}
_LOADED = {
    "city": ("code",),
    "town": ("code",),
    "client": (
        *("iin", "name", "email", "phone", "amount", "active", "born", "seen", "size", "shape", "home", "note"),
        "rank",  # which rows would empty if they brought it
    ),
    "firm": ("name",),
    "shop": ("name",),
    "claim": ("title",),
}
_LINKS = ("payer", "watchers", "team", "sides")


def deploy(site: Site, changed: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Brings documents into use by the steps that an impact names; what was refused, or ""."""
    for code, text in changed.items():
        if text:
            site.document(code, text)
        else:
            (Path(site.url.removeprefix("file:")) / document(code)).unlink()
    for path, text in settings.items():
        site.write(path, site.text(path) + text)
    site.environ["MYBPM_OUT_MIGRATION_VERSION"] = "2"
    try:
        with site.runtime() as runtime:
            for direction, engine in (("in", runtime.engine), ("store", runtime.store_engine)):
                with transaction(engine) as connection:
                    schemas = {"in_schema": "in_tables", "store_schema": STORE, "out_schema": OUT}
                    ddl.bring_up(connection, runtime.company, direction, **schemas)
            build_version(runtime, "2", lambda _: None)
            switch_version(runtime, "2", force=False, patience=10)
    except EtlError as refused:
        return f"{type(refused).__name__}: {refused}"
    finally:
        site.grant_partner()
    return ""


def document(code: str) -> str:
    return f"companies/{CODE}/business-objects/{code}.yaml"


def hand_over(site: Site, day: Day) -> Seen:
    """The partner's statements and a run: what came of each, of its rows, and what err says of them."""
    found: Seen = {}
    tables = dict.fromkeys(table for table, _ in day.rows)
    for table in tables:
        found[f"delete {table}"] = _answer(site.partner, f"delete from {table}")
    for number, (table, row) in enumerate(day.rows):
        found[f"insert {number} {table}"] = _answer(site.partner.fill, table, row)
    site.partner.hand_over()
    try:
        with site.runtime() as runtime:
            topic = Topic(site, runtime, RecordRules(), name=day.name)
            for one in day.records:
                topic.send(one)
            found["records"] = topic.faults()
            run_once(runtime)
    except EtlError as fault:
        found["run"] = type(fault).__name__
        return found
    for table in tables:
        given = dict.fromkeys(column for name, row in day.rows if name == table for column in row)
        rows = _answer(_rows, site, table, [*given, "in_status"])
        found |= rows if isinstance(rows, dict) else {f"rows {table}": rows}
    found["err"] = sorted(f"{one['in_table'].lower()} {one['in_id']} {one['code']}" for one in site.errors())
    return found


def _rows(site: Site, table: str, columns: list[str]) -> Seen:
    """By external ids; two columns of a table of links."""
    keys = 1 if columns[0] == "in_id" else 2
    rows = [tuple(row.values()) for row in site.partner(f"select {', '.join(columns)} from {table}")]
    return {" ".join(("row", table, *row[:keys])): row for row in rows}


# Of rows that were taken without the value.
_SKIPPED = "OPTION_UNKNOWN"


def accepted(day: str, found: Seen) -> set[str]:
    """What a partner meets but for rows of a day that were rejected and values that were skipped, and what they would
    have brought about."""
    rejected = {key for key, row in found.items() if key.startswith(f"{day} row ") and row[-1] == "ERROR"}
    ids = {key.split(" ")[-1] for key in rejected if key.startswith(f"{day} row in_Client ")}
    ids |= {line.split(" ")[1] for line in found.get(f"{day} err", []) if line.endswith(f" {_SKIPPED}")}
    return found.keys() - rejected - {f"stored client {one}" for one in ids} - {f"{day} err", f"{day} records"}


def _answer(act: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return act(*arguments)
    except psycopg.Error as error:
        return type(error).__name__


def stored(site: Site) -> Seen:
    """What the partner has brought about: its columns by external ids, links by those of both ends."""
    ids = _external_ids(site)
    found: Seen = {}
    for table, columns in _LOADED.items():
        for row in site.look(f"select to_jsonb(t) as row from {STORE}.bo_{table} t where _state = 'ACTUAL'"):
            values = row["row"]
            key = f"stored {table} {ids[values['_id']]}"
            found[key] = {column: values.get(column, "no column") for column in columns}
    for field in _LINKS:
        rows = _answer(site.look, f"select _owner, _target from {STORE}.link_claim_{field}")
        found[f"stored links {field}"] = _mapped(rows, ids)
    return found


def read(site: Site, schema: str = "out_demo") -> Seen:
    """What the queries of yesterday's reader answer: values with their types, ids as external ids."""
    ids = _external_ids(site)
    found: Seen = {}
    for table, columns in OUT_COLUMNS.items():
        kinds = ", ".join(f"pg_typeof({column})::text as {column}_kind" for column in columns)
        rows = _answer(_at_out, site, f"select {', '.join(columns)}, {kinds} from {schema}.{table}")
        found[table] = _mapped(rows, ids)
    return found


def consumed(output: Output, after: int) -> Seen:
    """What yesterday's consumer takes from the records after a number of them, all written by now: values and links
    that it knows; or that none could be written."""
    try:
        output.write()
    except EtlError as refused:
        return {"refused": type(refused).__name__}
    ids = _external_ids(output.site)
    found: Seen = {}
    for one in output.records()[after:]:
        known = OUT_COLUMNS.get(one["boCode"].lower(), ())
        taken = {code: value for code, value in values(one).items() if code.lower() in known}
        unchanged = {
            code: value for code, value in values(one, "unchangedUniqueFields").items() if code.lower() in known
        }
        ends = sorted(
            str((kind, *end[:3], ids.get(str(end[3]), end[3])))
            for kind, found_of in (("link", links), ("unlink", unlinks))
            for end in found_of(one)
            if end[0].lower() in _LINKS
        )
        if taken or ends or one["boCode"] in DOCUMENTS:
            key = f"{one['boCode']} {ids[one['id']]}"
            found[f"{key} {sum(name.startswith(key) for name in found)}"] = (taken, unchanged, ends, one["state"])
    return found


def _at_out(site: Site, query: str) -> list[Row]:
    return site.look(query, at=site.out_database)


def _mapped(rows: list[Row] | str, ids: Mapping[str, str]) -> list[str] | str:
    if isinstance(rows, str):
        return rows
    return sorted(str([ids.get(value, value) for value in row.values()]) for row in rows)


def _external_ids(site: Site) -> dict[str, str]:
    """Id of an instance -> its first external id, which no run changes."""
    return {
        row["_id"]: row["id"]
        for table in _LOADED
        for row in site.look(f"select _id, coalesce(_in_id, 'without') as id from {STORE}.bo_{table}")
    }
