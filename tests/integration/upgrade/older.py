"""The last version before migrations were recorded: what it left in a database, and the program itself."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from etl.engine.upgrading import PARTS
from tests.fix_company import (
    APART,
    CLAIMS,
    PASSWORD,
    PATIENCE_SECONDS,
    Ended,
    MakeSite,
    Site,
    superuser,
)
from tests.fix_database import LOOPBACK, Database

PROGRAM = {part.name: part.version for part in PARTS}
"""The versions that this program makes."""

DATA = Path(__file__).parents[2] / "data" / "older_version"
STORE_12 = Path(__file__).parents[2] / "data" / "store_12"
VERSIONS = ("out_demo_1_1", "out_demo_1_2")

# What the killed run comes to, in any version.
CLIENTS = {
    "Client 0": 100,
    "Renamed": 11,
    "Client 2": 2,
    "Client 3": 3,
    "Client 4": 4,
    "Client 5": 5,
    "Client 7": 7,
    "Came late": 8,
}
CLAIM_CLIENT = {"first": "Client 0", "second": "Came late", "third": "Client 7"}

_OWN = (
    "n.nspname in ('in_tables', 'store_demo') and c.relname !~ '^process_(tracking$|expected|compare)' "
    "and c.relname !~ '^(bo_|link_|in_|copy_[0-9])'"
)
# Names of not-null constraints follow the columns' first names, and PostgreSQL has them only from 18 on.
_SHAPES = (
    f"""
    select n.nspname, c.relname, c.relkind, obj_description(c.oid) as comment, a.attnum, a.attname,
        format_type(a.atttypid, a.atttypmod) as type, a.attnotnull, a.attcollation::regcollation::text as collated,
        pg_get_expr(d.adbin, d.adrelid) as default
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where {_OWN} and c.relkind in ('r', 'v', 'S') order by 1, 2, 5
    """,
    f"""
    select n.nspname, c.relname, i.indexrelid::regclass::text as index, pg_get_indexdef(i.indexrelid) as made
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where {_OWN} order by 1, 2, 3
    """,
    f"""
    select n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid) as made, k.convalidated
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where {_OWN} and k.contype <> 'n' order by 1, 2, 3
    """,
    """
    select p.oid::regprocedure::text as name, p.prosrc, p.provolatile, p.proparallel, p.proisstrict, p.proconfig
    from pg_proc p where p.pronamespace::regnamespace::text in ('in_tables', 'store_demo') order by 1
    """,
    """
    select schemaname, viewname, definition from pg_views
    where schemaname = 'in_tables' order by 1, 2
    """,
)
_ROWS = """
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname ~ '^(in_tables|store_|out_)' order by 1
"""


def older_site(make_site: MakeSite, layout: str) -> Site:
    """A company whose databases are as the older program left them."""
    site = make_site(CLAIMS)
    site.look("drop schema in_tables cascade")
    names = ["three_import", "three_store", "three_out"] if layout == APART else ["one"]
    for database, name in zip(site.databases, names, strict=True):
        with psycopg.connect(
            host=LOOPBACK, port=database.port, dbname=database.name, user=site.engine_role, password=PASSWORD
        ) as session:
            session.execute((DATA / f"{name}.sql").read_bytes())
    if layout == APART:  # a mirror is called after its database
        mirror = "update store_demo.out_version set schema_name = %s where schema_name like 'mirror in %%'"
        site.look(mirror, [f"mirror in {site.out_database.name}"], at=site.store_database)
    site.look("update in_tables.run set heartbeat_at = null")
    site.grant_partner()
    return site


def shape(site: Site) -> list[list[dict[str, Any]]]:
    """Tables, indexes, constraints, functions and views of ours that do not follow from the metadata."""
    return [[_plain(row) for row in site.look(query, at=one)] for one in site.databases for query in _SHAPES]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Without the casts and brackets that a dump and its restore add to an expression."""
    made = re.sub(r"::(character varying|text|\w+\[\])|[()\[\]]", "", row.get("made", ""))
    return {**row, "made": made.replace("::text", "")}


def written(site: Site) -> dict[str, Any]:
    """What any write to a table, and any change of one, would change."""
    found: dict[str, Any] = {}
    for one in site.databases:
        for row in site.look(_ROWS, at=one):
            rows = (
                f"select count(*) as n, md5(string_agg(xmin::text || ctid::text, ',' order by ctid)) from {row['name']}"
            )
            found[f"{one.name} {row['name']}"] = site.look(rows, at=one)
    return found | {"shape": shape(site)}


def out(site: Site, schema: str) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Clients with their amounts; claims with their client, and with their watcher."""
    clients = site.look(f"select name, amount from {schema}.client")
    links = (
        f"select c.title, t.name from {schema}._claim_{{0}}_ l join {schema}.claim c on c.system_id = l.claim_id "
        f"join {schema}.client t on t.system_id = l.{{1}}_id"
    )
    found = [
        {row["title"]: row["name"] for row in site.look(links.format(table, column))}
        for table, column in (("client", "client"), ("watchers", "watchers"))
    ]
    return {row["name"]: row["amount"] for row in clients}, found[0], found[1]


class OlderProgram:
    """The wheel, as processes."""

    def __init__(self, folders: pytest.TempPathFactory, data: Path = DATA) -> None:
        # One folder for all tests of a process: else each of them would wait until its modules are compiled.
        self._folder = folders.getbasetemp() / data.name
        if not self._folder.exists():
            [wheel] = data.glob("*.whl")
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(self._folder)

    def environ(self, site: Site) -> dict[str, str]:
        own = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self._folder), "HOME": str(site.home), "LANG": "C.UTF-8"}
        return {**own, **site.environ, "ETL_CONFIG": site.url}

    def __call__(self, site: Site, *arguments: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "etl", *arguments],
            env=self.environ(site),
            cwd=site.home,
            text=True,
            capture_output=True,
            timeout=PATIENCE_SECONDS * 2,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(self, site: Site, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """Killed at the end, if it has not ended by itself."""
        with ExitStack() as stack:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "etl", *arguments],
                    env=self.environ(site),
                    cwd=site.home,
                    text=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
            )
            stack.callback(process.kill)
            yield process


@contextmanager
def session(database: Database) -> Iterator["psycopg.Connection[dict[str, Any]]"]:
    with psycopg.connect(**superuser(database), row_factory=dict_row) as opened:
        yield opened


def newer(site: Site, part: str, database: Database, **versions: int) -> None:
    """What a newer program would record of a part: version 99 of etl 0.9.0."""
    values: Mapping[str, int] = {"version": 99, "oldest_writer": 1, "oldest_reader": 1, **versions}
    schema = "in_tables" if part == "import" else "store_demo"
    columns = ", ".join(f"{name} = {value}" for name, value in values.items())
    site.look(f"update {schema}.etl_schema set {columns}, made_by = '0.9.0' where part = '{part}'", at=database)
