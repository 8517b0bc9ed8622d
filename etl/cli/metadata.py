"""`etl metadata`: check, show and import business objects, print the JSON Schema of their documents."""

import os
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from etl.cli.screen.impact import impact_lines
from etl.cli.screen.printing import config_url, console
from etl.config import Clash, open_source, transfer
from etl.engine import open_runtime
from etl.errors import ConfigurationError, MetadataError, Problem
from etl.metadata import Company, companies, company_documents, parse_company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.platform_export import read_structure
from etl.metadata.schema import json_schema
from etl.monitoring.impact import MetadataImpact, as_json, read_impact
from etl.quoting.json_text import json_text
from etl.settings import parse_settings

_COMPANY = click.option("--company", metavar="CODE", help="One company; without it all companies of the configuration.")

_BREAKING = 1


@click.group()
def metadata() -> None:
    """Check and show business objects.

    A company's business objects are YAML documents of the configuration, one each:
    companies/COMPANY/business-objects/CODE.yaml
    """


@metadata.command()
@_COMPANY
@click.option(
    "--against",
    metavar="live|URL",
    help="Say what the documents change: against the live tables, or against the configuration in use at URL too.",
)
@click.option("--json", "is_json", is_flag=True, help="With --against: print JSON.")
@click.pass_context
def check(context: click.Context, company: str | None, against: str | None, is_json: bool) -> None:
    """Check all documents; name every problem with file, line, business object and field.

    With --against also what they change, and for whom: partners, readers of each out_ version, consumers of topics.
    Breaking: a statement that worked fails, or means something else; additive: neither. `live` compares with the
    tables of the database that the configuration names. A URL is that of the configuration in use: then its documents
    are compared, with what no table shows, and its out_ versions. Nothing is written.

    Exit code 0: the documents are sound, and nothing breaks; 1: with --against, a change is breaking; 2: the
    documents are not sound.
    """
    if is_json and not against:
        raise click.UsageError("--json goes with --against")
    sound = _companies(context, company)
    if not against:
        for found in sound:
            click.echo(f"company {found.code} is sound: {found.summary}")
        return
    impacts = [_impact(context, one, against) for one in sound]
    if is_json:
        click.echo(json_text({"companies": [as_json(one) for one in impacts]}))
    else:
        for impact in impacts:
            click.echo("\n".join(impact_lines(impact)))
    if any(one.is_breaking for one in impacts):
        context.exit(_BREAKING)


def _impact(context: click.Context, company: Company, against: str) -> MetadataImpact:
    is_live = against == "live"
    with open_runtime(config_url(context) if is_live else against, company.code) as runtime:
        return read_impact(runtime, company, None if is_live else runtime.company)


@metadata.command()
@_COMPANY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show business objects with their fields, types and flags."""
    shown = _companies(context, company)
    if as_json:
        click.echo(json_text({"companies": [_plain(found) for found in shown]}))
        return
    out = console()
    for found in shown:
        out.print(f"company {found.code}: {len(found.objects)} business objects", markup=False)
        for bo in found.objects:
            out.print(_table(bo))


@metadata.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it into this file.")
def schema(output: Path | None) -> None:
    """Print the JSON Schema of a business object's document, which explains each key, for editors and generators.

    An editor with the YAML language server takes it for a document with this line:
    # yaml-language-server: $schema=FILE
    """
    text = json_text(json_schema(), indent=2)
    if output is None:
        click.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}: name another file") from error
    click.echo(f"wrote {output}")


@metadata.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Directory for the documents.")
@click.option("--into-config", is_flag=True, help="Write them into the configuration in use.")
@click.option("--company", metavar="CODE", help="Company; without it companyCode decides.")
@click.option("--force", is_flag=True, help="Replace documents that differ.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_(
    context: click.Context,
    file: Path,
    output: Path | None,
    into_config: bool,
    company: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write documents from FILE: the platform's structure export (.mybpm.zip), or an answer of load-bo-structure.

    What cannot be carried is listed. Exit code 0: all business objects and fields were carried; 1: some were left out.
    """
    if (output is None) is not into_config:
        raise click.UsageError("say where to: -o DIRECTORY or --into-config")
    code, known, folder = "imported", {}, ""
    if into_config:
        with open_source(config_url(context)) as source:
            tree = source.snapshot()
        code = (
            company
            or parse_settings(
                tree.contents, origin=tree.origin, company=None, environ=os.environ
            ).in_migration.company_code
        )
        folder = f"companies/{code}/business-objects/"
        known = {path: text for path, text in tree.contents.items() if path.startswith(folder)}
    found = read_structure(file, code, known)
    texts = {f"{folder}{name}.yaml": text for name, text in found.documents.items()}
    with open_source(f"file:{output.absolute()}" if output else config_url(context)) as target:
        done = transfer(texts, target, Clash.REPLACE if force else Clash.REFUSE)
    if as_json:
        plain = {"written": done.written, "unchanged": done.unchanged, "leftOut": found.left_out}
        click.echo(json_text(plain))
    else:
        for path in done.written:
            click.echo(f"wrote {path}")
        click.echo(f"{len(done.written)} documents written, {len(done.unchanged)} unchanged")
        for line in found.left_out:
            click.echo(f"left out {line}")
    if found.is_partial:
        context.exit(1)


def _companies(context: click.Context, code: str | None) -> list[Company]:
    with open_source(config_url(context)) as source:
        tree = source.snapshot()
    origin, texts = tree.origin, tree.contents
    codes = [code] if code else companies(texts)
    if not codes:
        raise ConfigurationError(f"{origin} has no company: add companies/<company>/business-objects/<code>.yaml")
    found: list[Company] = []
    problems: list[Problem] = []
    for one in codes:
        try:
            found.append(parse_company(one, company_documents(one, texts, origin=origin)))
        except MetadataError as error:
            problems += error.problems
    if problems:
        raise MetadataError(*problems)
    return found


def _plain(company: Company) -> dict[str, object]:
    return {"code": company.code, "objects": [_plain_object(bo) for bo in company.objects]}


def _plain_object(bo: BusinessObject) -> dict[str, object]:
    data: dict[str, object] = bo.model_dump(mode="json", by_alias=True)
    fields = [
        field.model_dump(mode="json", by_alias=True) | {"sqlType": field.sql_type if bo.carries_data else None}
        for field in bo.fields
    ]
    return data | {"fields": fields, "hasInTable": bo.has_in_table, "hasOutTable": bo.has_out_table}


def _table(bo: BusinessObject) -> Table:
    title = f"{bo.code} · {bo.category}" + (f" · {bo.name}" if str(bo.name) else "")
    members = f"members: {', '.join(bo.bos)}" if bo.bos else None
    table = Table("field", "type", "column", "flags", "label", title=Text(title), title_justify="left", caption=members)
    for column in table.columns:
        column.overflow = "fold"
    for field in bo.fields:
        # Text, not str: a value in square brackets is no markup.
        column_type = field.sql_type if bo.carries_data else None
        row = (field.code, _kind(field), column_type or "", " ".join(_flags(field)), str(field.label))
        table.add_row(*(Text(cell) for cell in row))
    for native in bo.native_fields:
        flags = "out" if native.need_upload_to_out_table else ""
        column_type = native.sql_type if bo.carries_data and native.need_upload_to_out_table else ""
        table.add_row(Text(native.code), Text("native"), Text(column_type), Text(flags), Text(""))
    return table


def _kind(field: Field) -> str:
    target = field.bo or field.co or field.dictionary
    choices = ", ".join(option.code for option in field.options)
    return f"{field.type} → {target}" if target else f"{field.type} ({choices})" if choices else str(field.type)


def _flags(field: Field) -> list[str]:
    flags = {
        "in": field.need_load_from_in_tables,
        "out": field.need_upload_to_out_table,
        "key": field.use_as_key_in_migration,
        "unique": field.is_unique,
        "required": field.is_required,
        "single": field.is_link and field.is_single,
    }
    return [word for word, is_set in flags.items() if is_set]
