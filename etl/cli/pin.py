"""`etl pin`: a person's corrections, which loads do not overwrite."""

from collections.abc import Iterable
from dataclasses import asdict
from getpass import getuser
from socket import gethostname

import click

from etl.cli.screen.log import follow_log
from etl.cli.screen.numbers import COUNT
from etl.cli.screen.printing import COMPANY, config_url, console
from etl.cli.screen.tables import plain_table
from etl.engine import ListedPin, list_pins, open_runtime, unpin
from etl.engine import pin as pin_field
from etl.quoting import printable, shown
from etl.quoting.json_text import json_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class _SetByDefault(click.Group):
    """A first word that is no command is the object of `set`."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["set", *args]
        return super().resolve_command(context, args)


@click.group(cls=_SetByDefault)
def pin() -> None:
    """Pin a field of an instance to a value that loads do not overwrite; list pins, and end them.

    `etl pin OBJECT ID FIELD VALUE --reason TEXT` is `etl pin set` with the same arguments.
    """


@pin.command(name="set")
@click.argument("table", metavar="OBJECT")
@click.argument("named", metavar="ID")
@click.argument("field", metavar="FIELD")
@click.argument("value", metavar="[VALUE]", required=False)
@click.option("--null", "is_null", is_flag=True, help="Pin it to no value.")
@click.option("--reason", required=True, help="Why this value is right; those who look at the instance see it.")
@click.option(
    "--until-changed", is_flag=True, help="End the pin when a source brings another value than the field has now."
)
@COMPANY
@_JSON
@click.pass_context
def set_(
    context: click.Context,
    table: str,
    named: str,
    field: str,
    value: str | None,
    is_null: bool,
    reason: str,
    until_changed: bool,
    company: str | None,
    as_json: bool,
) -> None:
    """Give FIELD of an instance a VALUE that no source overwrites until the pin ends.

    OBJECT is the code of a business object or its in_ table; ID an external id, the id in the store, or the value of a
    unique field. VALUE is written as in a record of Kafka and checked like one. A pin is a unit of work: `etl undo`
    reverts it, and the field has its former value again. The out_ tables follow; other sources wait meanwhile.
    """
    if (value is None) != is_null:
        raise click.UsageError("give a VALUE, or --null for no value")
    by = f"{getuser()} on {gethostname()}"
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = pin_field(runtime, table, named, field, value, reason=reason, by=by, until_changed=until_changed)
    if as_json:
        click.echo(json_text(asdict(done)))
        return
    one = done.pin
    had = "" if done.is_changed else ", which it had"
    click.echo(f"{_what(one)} is pinned to {_value(one.value)}{had}, by unit {one.unit}.")


@pin.command()
@click.argument("table", metavar="OBJECT")
@click.argument("named", metavar="ID")
@click.argument("field", metavar="FIELD")
@COMPANY
@_JSON
@click.pass_context
def remove(context: click.Context, table: str, named: str, field: str, company: str | None, as_json: bool) -> None:
    """End the pin of FIELD: it keeps its value until a source brings one.

    To get the former value back at once, revert the unit that pinned it: `etl pin list` names it.
    """
    with open_runtime(config_url(context), company, follow=follow_log()) as runtime:
        done = unpin(runtime, table, named, field)
    if as_json:
        click.echo(json_text(asdict(done)))
        return
    click.echo(
        f"{_what(done.pin)} is no longer pinned, by unit {done.unit}; it keeps {_value(done.pin.value)} until a source "
        f"brings a value. `etl undo {done.pin.unit}` gives back {_value(done.pin.before)}."
    )


@pin.command(name="list")
@click.argument("table", metavar="[OBJECT]", default="")
@click.argument("named", metavar="[ID]", default="")
@click.option("--limit", type=COUNT, default=1000, show_default=True, help="Maximum number of lines.")
@COMPANY
@_JSON
@click.pass_context
def list_(context: click.Context, table: str, named: str, limit: int, company: str | None, as_json: bool) -> None:
    """List pinned fields, the newest first: all, those of an object, or those of one instance."""
    with open_runtime(config_url(context), company) as runtime:
        found = list_pins(runtime, table, named, limit=limit)
    if as_json:
        click.echo(json_text({"pins": [asdict(one) for one in found]}))
    elif found:
        _show(found)
    else:
        click.echo("Nothing is pinned.")


def _show(pins: Iterable[ListedPin]) -> None:
    columns = ["unit", "object", "in_id", "field", "value", "before", "ends", "by", "at", "reason"]
    rows = [
        [
            str(one.unit),
            one.bo,
            printable(one.in_id if one.in_id is not None else one.instance),
            one.field,
            _value(one.value),
            _value(one.before),
            "when changed" if one.until_changed else "",
            printable(one.pinned_by),
            f"{one.pinned_at:%Y-%m-%d %H:%M:%S}",
            printable(one.reason),
        ]
        for one in pins
    ]
    console().print(plain_table(columns, rows, numbers={"unit"}))


def _what(one: ListedPin) -> str:
    return f"{one.bo} {shown(one.in_id) if one.in_id is not None else one.instance}: {one.field}"


def _value(value: str | None) -> str:
    return "null" if value is None else shown(value)
