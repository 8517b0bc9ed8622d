"""`etl contract`: write what a partner needs."""

from pathlib import Path

import click

from etl.cli.screen.printing import COMPANY, config_url
from etl.contract import Terms, contract_files, write_files
from etl.ddl.privileges import partner_script
from etl.engine import read_configuration
from etl.quoting import fold
from etl.quoting.json_text import json_text


@click.command()
@COMPANY
@click.option(
    "-o",
    "--output",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder to write into; it is made if it is missing.",
)
@click.option("--partner", metavar="ROLE", help="The partner's role.  [default: COMPANY_partner]")
@click.option("--without-excel", is_flag=True, help="Leave out the Excel template, which needs openpyxl.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def contract(
    context: click.Context,
    company: str | None,
    folder: Path,
    partner: str | None,
    without_excel: bool,
    as_json: bool,
) -> None:
    """Write what a partner needs: DDL, grants, a guide, checks, an Excel template, JSON Schemas.

    The guide tells every table and column in Russian and English, as Markdown and as one HTML page. Where the settings
    use Kafka, it has a chapter about records, with schemas and examples of them. The same metadata and settings always
    give the same bytes, so the folder can be kept under version control.
    """
    settings, found = read_configuration(config_url(context), company)
    terms = Terms.of(settings, found)
    grants = partner_script(found, terms.in_schema, partner or fold(f"{found.code}_partner")).text + "\n"
    files = contract_files(found, terms, grants=grants, with_excel=not without_excel)
    write_files(files, folder)
    if as_json:
        sizes = [{"path": path, "bytes": len(content)} for path, content in files.items()]
        click.echo(json_text({"company": found.code, "folder": str(folder), "files": sizes}))
        return
    for path, content in files.items():
        click.echo(f"{folder / path}  {len(content):,} bytes")
