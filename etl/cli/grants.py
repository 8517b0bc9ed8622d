"""`etl grants`: prints or executes the grants of partner and readers, and says what the engine's own role lacks."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain

import click
import sqlalchemy

from etl.cli.screen.printing import COMPANY, config_url
from etl.config import open_source
from etl.database import transaction
from etl.ddl import privileges
from etl.ddl.privileges import Held, Script
from etl.engine import information_schemas, open_database, open_runtime, prepare, read_configuration
from etl.engine.in_ddl import schema_names
from etl.errors import EnvironmentFault
from etl.metadata import Company, names
from etl.quoting import fold
from etl.quoting.json_text import json_text
from etl.settings import Settings
from etl.settings.web import web_settings
from etl.web.identity.store import SCHEMA as WEB_SCHEMA
from etl.web.store_of import web_store


@click.command()
@COMPANY
@click.option("--partner", metavar="ROLE", help="Who fills the in_ tables.  [default: COMPANY_partner]")
@click.option("--reader", metavar="ROLE", help="Who reads the out_ tables.  [default: COMPANY_reader]")
@click.option("--console", metavar="ROLE", help="Also grant what pages of `etl web` need under this role.")
@click.option("--create-roles", is_flag=True, help="Also make the roles that are missing, without login.")
@click.option("--apply", "is_applied", is_flag=True, help="Execute the grants instead of printing the statements.")
@click.option("--check", "is_check", is_flag=True, help="Only say what the engine's own role lacks; exit code 4.")
@click.option("--json", "as_json", is_flag=True, help="With --check: print JSON.")
@click.pass_context
def grants(
    context: click.Context,
    company: str | None,
    partner: str | None,
    reader: str | None,
    console: str | None,
    create_roles: bool,
    is_applied: bool,
    is_check: bool,
    as_json: bool,
) -> None:
    """Print the statements that grant partner and readers their privileges, and nothing more.

    The partner writes rows, status and marker, and reads errors, receipts and the two views. Readers select from the
    out_ schemas, and from the views in_migration. Further privileges of the role on these schemas are revoked.

    With --apply the statements are executed as the engine's role, after it has made what it keeps beside the in_
    tables; a second time nothing changes. What is not there yet is left out with a comment.
    """
    if as_json and not is_check:
        raise click.UsageError("--json goes with --check")
    url = config_url(context)
    settings, found = read_configuration(url, company)
    if is_check:
        _check(found, settings, as_json=as_json)
        return
    roles = (partner or fold(f"{found.code}_partner"), reader or fold(f"{found.code}_reader"))
    if is_applied:
        with open_runtime(url, found.code) as runtime:
            prepare(runtime)
    with _opened(settings) as databases:
        if is_applied and settings.has_out_migration:
            with transaction(databases.out, client_min_messages="warning") as connection:
                privileges.make_schema(connection, names.out_views_schema(found.code))
        made_roles = (*roles, *([console] if console else ())) if create_roles else ()
        parts = _parts(found, settings, databases, roles, made_roles)
        for part in chain(
            parts, _console(url, found, settings, databases, console, makes=is_applied) if console else ()
        ):
            if is_applied:
                _apply(part)
            else:
                click.echo(part.script.text + "\n")


@dataclass(frozen=True)
class _Databases:
    source: sqlalchemy.Engine
    store: sqlalchemy.Engine
    out: sqlalchemy.Engine


@dataclass(frozen=True)
class _Part:
    """A script, the role that it is about (none: the administrator's), its schemas, and where it belongs."""

    script: Script
    engine: sqlalchemy.Engine
    role: str = ""
    schemas: tuple[str, ...] = ()
    is_information: bool = False


@contextmanager
def _opened(settings: Settings) -> Iterator[_Databases]:
    with ExitStack() as stack:
        configured = (settings.import_database, settings.store_database, settings.out_database)
        yield _Databases(*(stack.enter_context(open_database(one, "etl:grants")) for one in configured))


def _parts(
    company: Company,
    settings: Settings,
    databases: _Databases,
    roles: tuple[str, str],
    made_roles: tuple[str, ...],
) -> Iterator[_Part]:
    schemas = schema_names(settings, company)
    in_schema = schemas["in_schema"]
    with transaction(databases.source) as connection:
        server = privileges.read_server(connection, (*roles, *made_roles), [in_schema])
        read = privileges.read_by_partner(connection, in_schema)
    readable = _out_schemas(company, schemas, databases)
    with transaction(databases.out) as connection:
        target = privileges.read_server(connection, roles, readable)
    lacks = tuple(f"lacks {line}" for line in _lacking(schemas, settings, databases))
    yield _Part(Script(f"{server.engine} is the engine: it owns the tables", (), lacks), databases.source)
    if made_roles:
        made = privileges.administrator_script(made_roles, server.roles, server.database, is_open=server.is_open)
        yield _Part(made, databases.source)
    partner, reader = roles
    if fold(in_schema) in server.schemas:
        granted = privileges.partner_script(company, in_schema, partner, read)
        yield _Part(granted, databases.source, partner, (in_schema,))
    else:
        note = f"schema {in_schema} is not there yet: `etl generate-ddl --apply` makes it; then ask again"
        yield _Part(Script(f"{partner} fills the in_ tables", (), (note,)), databases.source)
    present = tuple(schema for schema in readable if schema in target.schemas)
    selected = privileges.reader_script(readable, reader, target.engine, target.schemas)
    yield _Part(selected, databases.out, reader, present)
    yield from _information(company, settings, databases, reader)


def _information(company: Company, settings: Settings, databases: _Databases, reader: str) -> Iterator[_Part]:
    """The information tables beside import and store, where a run has made them."""
    configured = ((settings.store_database, databases.store), (settings.import_database, databases.source))
    for engine in {(one.host, one.port, one.database): engine for one, engine in configured}.values():
        with transaction(engine) as connection:
            schemas = information_schemas(connection, company.code)
            target = privileges.read_server(connection, (reader,), schemas)
        if schemas:
            script = privileges.reader_script(schemas, reader, target.engine, target.schemas, "information tables")
            yield _Part(script, engine, reader, tuple(schemas), is_information=True)


def _console(
    url: str, company: Company, settings: Settings, databases: _Databases, role: str, *, makes: bool
) -> Iterator[_Part]:
    """What pages of `etl web` read in each database, and what the console writes in its own schema."""
    with open_source(url) as source:
        tree = source.snapshot()
    web = web_settings(tree.contents, origin=tree.origin, environ=os.environ, open_texts=tree.open_texts)
    if makes:
        store = web_store(lambda: web, os.environ)
        with store.writing():
            pass
        store.close()
    schema_of = schema_names(settings, company)
    asked: dict[tuple[object, ...], tuple[sqlalchemy.Engine, list[str]]] = {}
    with ExitStack() as stack:
        own = stack.enter_context(open_database(web.database, "etl:grants"))
        for one, engine, schemas in (
            (settings.import_database, databases.source, [schema_of["in_schema"]]),
            (settings.store_database, databases.store, [schema_of["store_schema"]]),
            (settings.out_database, databases.out, _out_schemas(company, schema_of, databases)),
            (web.database, own, [WEB_SCHEMA]),
        ):
            asked.setdefault((one.host, one.port, one.database), (engine, []))[1].extend(schemas)
        for engine, schemas in asked.values():
            with transaction(engine) as connection:
                server = privileges.read_server(connection, (role,), schemas)
            there = tuple(dict.fromkeys(fold(name) for name in schemas if fold(name) in server.schemas))
            kept = WEB_SCHEMA if WEB_SCHEMA in there else ""
            script = privileges.console_script(there, role, server.engine, own=kept)
            yield _Part(script, engine, role, there)


def _out_schemas(company: Company, schemas: dict[str, str], databases: _Databases) -> list[str]:
    """Those of the views, and of all versions."""
    with transaction(databases.out) as connection:
        versions = privileges.versions(connection, schemas["store_schema"])
    return list(dict.fromkeys([names.out_views_schema(company.code), *versions, schemas["out_schema"]]))


def _lacking(schemas: dict[str, str], settings: Settings, databases: _Databases) -> list[str]:
    """What the engine's role lacks in each database, once for a database with several parts."""
    store, views = schemas["store_schema"], names.out_views_schema(settings.in_migration.company_code)
    held_at = [(databases.source, Held(source=schemas["in_schema"])), (databases.store, Held(store=store))]
    if settings.has_out_migration:
        held_at.append((databases.out, Held(store=store, out=schemas["out_schema"], views=views)))
    lines: list[str] = []
    for engine, held in held_at:
        with transaction(engine) as connection:
            lines += map(str, privileges.lacking(connection, held))
    return list(dict.fromkeys(lines))


def _apply(part: _Part) -> None:
    with transaction(part.engine) as connection:
        is_changed = privileges.apply_script(connection, part.script, part.role, part.schemas)
    if part.role:
        who = f"{part.role} in {', '.join(part.schemas)}" if part.is_information else part.role
        click.echo(f"{who}: privileges granted" if is_changed else f"{who}: has its privileges already")
    for note in part.script.notes:
        click.echo(f"  {note}")


def _check(company: Company, settings: Settings, *, as_json: bool) -> None:
    with _opened(settings) as databases:
        lines = _lacking(schema_names(settings, company), settings, databases)
        with transaction(databases.source) as connection:
            superuser = "" if settings.import_database.is_embedded else privileges.is_superuser(connection)
    if as_json:
        click.echo(json_text({"lacking": lines, "superuser": superuser or None}))
    else:
        click.echo("\n".join(lines) if lines else "the engine's role lacks nothing")
    if superuser and not as_json:
        click.echo(f"the engine's role {superuser} is a superuser: an ordinary role is safer")
    if lines:
        click.get_current_context().exit(EnvironmentFault.exit_code)
