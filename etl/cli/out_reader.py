"""`etl out reader`: the readers of a version that confirm what they were given."""

from dataclasses import asdict

import click

from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import readers_table
from etl.engine import add_reader, list_readers, open_runtime, remove_reader, reset_reader
from etl.quoting.json_text import json_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_VERSION = click.option("--version", metavar="V", help="Environment version; without it the current one.")


@click.group()
def reader() -> None:
    """Add, list, reset and remove readers that are given what changed in a version, and confirm it.

    A reader asks by SQL, in the schema out_<company>_<code version>_<environment version>_reader: `ask('NAME')` begins
    a delivery, the views <table>_changes have the ids that changed and that left, `confirm('NAME', upto)` ends it. The
    first delivery is a full delivery. A version without readers notes nothing.
    """


@reader.command()
@click.argument("name")
@COMPANY
@click.option("--role", metavar="ROLE", help="Whose members may act for it.  [default: COMPANY_reader]")
@_VERSION
@_JSON
@click.pass_context
def add(
    context: click.Context, name: str, company: str | None, role: str | None, version: str | None, as_json: bool
) -> None:
    """Add the reader NAME to a version.

    Its role gets what it needs in the schema of the readers; `etl grants` lets it select from the out_ tables.
    """
    with open_runtime(config_url(context), company) as runtime:
        schema, chosen, is_new = add_reader(runtime, name, role, version)
    if as_json:
        click.echo(json_text({"schema": schema, "reader": name, "role": chosen, "is_new": is_new}))
    else:
        how = "is now" if is_new else "is already"
        click.echo(
            f"{name} {how} a reader of {schema}, for members of {chosen}; it asks {schema}_reader.ask('{name}')."
        )


@reader.command("list")
@COMPANY
@_JSON
@click.pass_context
def list_(context: click.Context, company: str | None, as_json: bool) -> None:
    """Show all readers: what each has confirmed, and how many rows it has not."""
    with open_runtime(config_url(context), company) as runtime:
        found = list_readers(runtime)
    if as_json:
        click.echo(json_text([asdict(one) for one in found]))
    elif found:
        console().print(readers_table(found))
    else:
        click.echo("There is no reader: `etl out reader add` adds one.")


@reader.command()
@click.argument("name")
@COMPANY
@_VERSION
@_JSON
@click.pass_context
def reset(context: click.Context, name: str, company: str | None, version: str | None, as_json: bool) -> None:
    """Let NAME begin again with a full delivery, as after its own tables were lost or the server was set back."""
    with open_runtime(config_url(context), company) as runtime:
        schema = reset_reader(runtime, name, version)
    _answer(schema, name, f"The next delivery of {name} from {schema} is a full delivery.", as_json=as_json)


@reader.command()
@click.argument("name")
@COMPANY
@_VERSION
@_JSON
@click.pass_context
def remove(context: click.Context, name: str, company: str | None, version: str | None, as_json: bool) -> None:
    """Remove the reader NAME with its receipts; with the last one of a version nothing is noted any more."""
    with open_runtime(config_url(context), company) as runtime:
        schema = remove_reader(runtime, name, version)
    _answer(schema, name, f"{name} is no reader of {schema} any more.", as_json=as_json)


def _answer(schema: str, name: str, sentence: str, *, as_json: bool) -> None:
    click.echo(json_text({"schema": schema, "reader": name}) if as_json else sentence)
